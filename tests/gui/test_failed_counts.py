"""A count of a long text that fails says so in one sentence, where one looks for its result."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.replaying import Start, open_replay, panel_of, scope
from tokviz.gui import id_counting
from tokviz.gui.panels import scrubber_panel
from tokviz.gui.panels.replay import encoding_clock, merge_list_panel
from tokviz.gui.panels.replay.replay_scope import Stretch
from tokviz.gui.session import Session
from tokviz.tokenization.text.tokenized_text import TokenizedText

_WHY = "failed: there is not enough memory."
_LONG = "a cat and the hat, " * 11_000


def fail() -> NoReturn:
    raise MemoryError


def without_memory(*_: object) -> Iterator[NoReturn]:
    return (fail() for _ in range(1))


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    return open_replay(start, qtbot, "a cat")


def set_long_text(session: Session, qtbot: QtBot) -> None:
    session.model.set_text(_LONG)
    qtbot.waitUntil(lambda: session.model.text.complete)


def test_the_curve_of_the_scrubber(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubber_panel, "count_curve", without_memory)
    set_long_text(session, qtbot)
    told = session.window.notices
    qtbot.waitUntil(lambda: told.problem == f"Counting the merges {_WHY}")


def test_the_firings_in_the_merge_list(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_list_panel, "count_firings", without_memory)
    merges = session.window.replay.merges
    set_long_text(session, qtbot)
    qtbot.waitUntil(lambda: merges.message.text() == f"Counting where merges fire {_WHY}")
    assert merges.table.source.n_rows() == 50_000


def test_where_a_marked_merge_fires(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_list_panel, "find_firings", without_memory)
    merges = session.window.replay.merges
    set_long_text(session, qtbot)
    session.model.mark(3)
    qtbot.waitUntil(lambda: merges.message.text() == f"Counting where merges fire {_WHY}")


def test_the_order_of_the_merges_of_a_text(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_order = encoding_clock.putting_in_order

    def putting(text: TokenizedText, start: int, end: int, *, by_rank: bool) -> Iterator[Stretch]:
        first_page = end - start <= encoding_clock._AT_ONCE
        return in_order(text, start, end, by_rank=by_rank) if first_page else without_memory()

    panel = panel_of(session)
    scope(panel, "Whole text")
    monkeypatch.setattr(encoding_clock, "putting_in_order", putting)
    set_long_text(session, qtbot)
    sentence = panel.view.sentence
    qtbot.waitUntil(lambda: sentence.text() == f"Putting the merges in order {_WHY}")


def test_the_ids_are_asked_for_once(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[None] = []

    def counted(*_: object) -> Iterator[NoReturn]:
        begun.append(None)
        return without_memory()

    monkeypatch.setattr(id_counting, "count_ids", counted)
    set_long_text(session, qtbot)
    counting, told = session.model.id_counting, session.window.notices
    counting.begin()
    qtbot.waitUntil(lambda: told.problem == f"Counting the tokens {_WHY}")
    n_begun = len(begun)
    counting.begin()
    assert len(begun) == n_begun
    monkeypatch.undo()
    session.model.edit_text(0, 0, "x")  # another text is counted again
    counting.begin()
    qtbot.waitUntil(lambda: counting.is_known)
