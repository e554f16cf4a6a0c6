"""The map of a table that has rows for the tokens of the text alone, linked with the text."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.mapping import place_of
from tests.gui.replaying import Start
from tokviz.embedding.projections.alignment import aligned
from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
from tokviz.gui.panels.map.map_look import hover_words
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.window.learn_area import LearnArea

pytest.importorskip("torch")
TEXT = "The low and the lower, The newest and the widest of them all. " * 30


@pytest.fixture
def learned(start: Start, qtbot: QtBot) -> Session:
    """GPT-2's tokens of a text, learned for some steps."""
    session = start("gpt2")
    session.model.set_text(TEXT)
    session.window.modes.picked.emit(Mode.LEARN)
    area = session.window.docks.panel("learning")
    assert isinstance(area, LearnArea)
    settings = area.settings
    qtbot.waitUntil(lambda: "Taken instead: a row for each" in settings.memory.text())
    settings.fields.steps.setValue(200)
    qtbot.mouseClick(settings.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(settings.start_button.isEnabled, timeout=20_000)
    wait_for_the_last_map(session, qtbot)
    return session


def wait_for_the_last_map(session: Session, qtbot: QtBot) -> None:
    """HAZARD: there are points from the first table on, and they move until the last one's map."""
    model, panel = session.model, map_of(session)

    def is_there() -> bool:
        shown = panel._shown is model.token_table and model.points is not None
        return shown and not panel.runner.is_running

    qtbot.waitUntil(is_there, timeout=20_000)


def map_of(session: Session) -> EmbeddingPanel:
    panel = session.window.docks.panel("map")
    assert isinstance(panel, EmbeddingPanel)
    return panel


def test_the_rows_on_the_map_are_the_tokens_of_the_text(learned: Session, qtbot: QtBot) -> None:
    model, panel = learned.model, map_of(learned)
    known = model.token_table
    used = np.unique(model.text.ids())
    assert known is not None
    assert model.points is not None
    assert len(model.points) == len(used)
    assert known.ids_of(np.arange(len(used))).tolist() == used.tolist()
    qtbot.waitUntil(lambda: "do not occur in the text have none" in panel.area.hint.text())
    row = known.row_of(int(used[3]))
    assert row == 3
    words = hover_words(known, 3, 7)
    assert words[1].startswith(f"id {used[3]:,} · ")
    assert words[1].endswith("7 in the text")


def test_the_selection_goes_both_ways(learned: Session, qtbot: QtBot) -> None:
    model, panel = learned.model, map_of(learned)
    view, known = panel.area.view, model.token_table
    assert known is not None
    lower = int(model.text.token(4).ids[0])
    model.select([lower])
    assert view._scene.marks.selected.tolist() == [known.row_of(lower)]
    model.select([50_000])  # it does not occur
    assert view._scene.marks.selected.tolist() == []
    place = place_of(panel, 2)
    qtbot.mouseMove(view, QPoint(1, 1))
    qtbot.mouseMove(view, place)
    assert model.hovered is not None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    (token,) = model.selection.ids
    assert token == model.hovered
    assert token in model.text.ids()
    every = np.arange(known.table.n_rows)
    view.region_selected.emit(every)
    assert model.selection.ids == tuple(np.unique(model.text.ids()).tolist())


def test_the_map_moves_on_when_it_learns_on(learned: Session, qtbot: QtBot) -> None:
    model = learned.model
    area = learned.window.docks.panel("learning")
    assert isinstance(area, LearnArea)
    places = [model.points]
    model.points_changed.connect(lambda: places.append(model.points))
    qtbot.mouseClick(area.settings.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(area.settings.start_button.isEnabled, timeout=20_000)
    wait_for_the_last_map(learned, qtbot)
    maps = [points for points in places if points is not None]
    assert np.abs(maps[-1] - maps[0]).max() > 0
    # How far the rows move is the learning's affair; none moves by a turn of the map as a whole.
    for before, after in pairwise(maps):
        assert np.allclose(aligned(after, before), after, atol=1e-4)
