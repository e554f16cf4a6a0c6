"""TokenizerModel: its setters and signals, and the tokens of a text that is being edited."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from tokviz.gui.tokenizer_model import Selection, TokenizerModel
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer, characters_tokenizer

NewModel = Callable[[Tokenizer], TokenizerModel]

SIGNALS = (
    "tokenizer_changed",
    "text_replaced",
    "encoding_changed",
    "selection_changed",
    "hovered_changed",
    "context_changed",
)
LONG = "The quick brown fox's 42 jumps, over\r\n\tthe lazy dog. " * 6000
"""More than a setter encodes before it returns."""


def _recorded(model: TokenizerModel) -> Counter[str]:
    """Counts the model's signals from now on."""
    counts: Counter[str] = Counter()
    for name in SIGNALS:
        getattr(model, name).connect(lambda name=name: counts.update([name]))
    return counts


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text).ids.tolist()
    return ids


def _check_complete(model: TokenizerModel, text: str) -> None:
    assert model.text.complete
    assert str(model.text) == text
    assert model.text.ids().tolist() == _ids(model.tokenizer, text)


def _until_complete(qtbot: QtBot, model: TokenizerModel) -> None:
    qtbot.waitUntil(lambda: model.text.complete, timeout=20_000)


# -- setters and signals -----------------------------------------------------------------------


def test_setters_that_set_an_equal_value_emit_nothing(new_model: NewModel, gpt2: Tokenizer) -> None:
    model = new_model(gpt2)
    model.set_text("Hello world")
    model.select_token(1)
    model.hover(995)
    model.set_context(7)
    counts = _recorded(model)
    model.set_tokenizer(gpt2)
    model.set_text("Hello " + "world")
    model.edit_text(3, 0, "")
    model.select([995, 995], 1)
    model.select_token(1)
    model.hover(995)
    model.set_context(7)
    assert counts == {}


def test_setters_that_set_another_value_emit_once(new_model: NewModel, gpt2: Tokenizer) -> None:
    model = new_model(gpt2)
    counts = _recorded(model)
    model.set_text("Hello world")
    assert counts == {"text_replaced": 1, "encoding_changed": 1}
    model.edit_text(0, 1, "h")
    assert counts == {"text_replaced": 1, "encoding_changed": 2}
    counts.clear()
    model.select([3])
    model.hover(3)
    model.set_context(None)
    assert counts == {"selection_changed": 1, "hovered_changed": 1, "context_changed": 1}
    counts.clear()
    model.set_tokenizer(bytes_tokenizer())
    assert counts == {
        "tokenizer_changed": 1,
        "encoding_changed": 1,
        "selection_changed": 1,
        "hovered_changed": 1,
    }


def test_everything_is_set_before_the_first_signal(new_model: NewModel, gpt2: Tokenizer) -> None:
    model = new_model(gpt2)
    model.set_text("Hello world")
    model.select_token(1)
    seen: list[tuple[str, int | None, tuple[int, ...], int]] = []

    def look() -> None:
        seen.append((model.tokenizer.name, model.context, model.selection.ids, model.text.n_tokens))

    for name in SIGNALS:
        getattr(model, name).connect(look)
    model.set_tokenizer(bytes_tokenizer())
    assert set(seen) == {("bytes", None, (), 11)}


def test_two_models_that_follow_each_other_do_not_echo(
    new_model: NewModel, gpt2: Tokenizer
) -> None:
    one, other = new_model(gpt2), new_model(gpt2)

    def follow(leader: TokenizerModel, follower: TokenizerModel) -> None:
        leader.tokenizer_changed.connect(lambda: follower.set_tokenizer(leader.tokenizer))
        leader.text_replaced.connect(lambda: follower.set_text(str(leader.text)))
        leader.hovered_changed.connect(lambda: follower.hover(leader.hovered))
        leader.context_changed.connect(lambda: follower.set_context(leader.context))
        leader.selection_changed.connect(
            lambda: follower.select(leader.selection.ids, leader.selection.place)
        )

    follow(one, other)
    follow(other, one)
    counts = _recorded(one)
    one.set_text("abc abc")
    other.select([39305], 0)
    one.hover(5)
    other.set_context(12)
    assert counts == {
        "text_replaced": 1,
        "encoding_changed": 1,
        "selection_changed": 1,
        "hovered_changed": 1,
        "context_changed": 1,
    }
    one.set_tokenizer(characters_tokenizer("cab"))
    other.set_text("abcdef")  # grows the vocabulary
    assert str(one.text) == "abcdef"
    assert one.tokenizer.vocab == other.tokenizer.vocab
    assert one.text.ids().tolist() == other.text.ids().tolist()


# -- text and edits ----------------------------------------------------------------------------


def test_a_new_text_is_encoded_whole(new_model: NewModel, gpt2: Tokenizer) -> None:
    model = new_model(gpt2)
    for text in ("", "a", "Hello world", "\ufeffa\r\n\x00\ud800\U0010fffd 👨‍👩‍👧"):
        model.set_text(text)
        _check_complete(model, text)


def test_a_new_tokenizer_encodes_the_text_again(
    new_model: NewModel, gpt2: Tokenizer, smollm2: Tokenizer
) -> None:
    model = new_model(gpt2)
    text = "Hello wörld, 1234567 =\x04="
    model.set_text(text)
    assert model.context == 1024
    for tokenizer in (smollm2, bytes_tokenizer(), characters_tokenizer("x"), gpt2):
        model.set_tokenizer(tokenizer)
        assert model.context == tokenizer.context
        _check_complete(model, text)


pieces = st.text(st.sampled_from("ab '1é\r\n\t😀\u0301\ud800\x04"), max_size=12)
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), pieces), max_size=12)


@pytest.mark.parametrize("name", ["gpt2", "smollm2", "characters", "bytes"])
@given(start=pieces, changes=edits)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edits_end_in_the_ids_of_a_full_encode(
    name: str,
    start: str,
    changes: list[tuple[float, int, str]],
    gpt2: Tokenizer,
    smollm2: Tokenizer,
) -> None:
    shipped = {"gpt2": gpt2, "smollm2": smollm2, "bytes": bytes_tokenizer()}
    model = TokenizerModel(shipped.get(name) or characters_tokenizer(start))
    model.set_text(start)
    text = start
    for at, removed, inserted in changes:
        place = round(at * len(text))
        removed = min(removed, len(text) - place)
        model.edit_text(place, removed, inserted)
        text = text[:place] + inserted + text[place + removed :]
    _check_complete(model, text)
    model.close()


@given(changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20_000), pieces), max_size=6))
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_edits_while_the_rest_is_being_encoded_end_in_the_ids_of_a_full_encode(
    changes: list[tuple[float, int, str]], gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = TokenizerModel(gpt2)
    model.set_text(LONG)
    text = LONG
    for at, removed, inserted in changes:
        place = round(at * len(text))
        removed = min(removed, len(text) - place)
        model.edit_text(place, removed, inserted)
        text = text[:place] + inserted + text[place + removed :]
        qtbot.wait(5)  # some of what the thread has done is taken in, some waits
    _until_complete(qtbot, model)
    _check_complete(model, text)
    model.close()


def test_a_long_text_is_counted_so_far_and_then_whole(
    new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    model.set_text(LONG)
    text = model.text
    assert not text.complete
    assert 1 << 13 <= text.n_encoded < len(LONG)
    assert text.ids().tolist() == _ids(gpt2, LONG)[: text.n_tokens]
    counts = [text.n_tokens]
    model.encoding_changed.connect(lambda: counts.append(text.n_tokens))
    _until_complete(qtbot, model)
    assert counts == sorted(counts)
    _check_complete(model, LONG)


@pytest.mark.parametrize(
    "where", ["before", "at the edge", "behind", "across", "all that is encoded", "all"]
)
@pytest.mark.parametrize("inserted", ["", "x", " new words "])
def test_edits_around_the_part_not_encoded_yet(
    where: str, inserted: str, new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    model.set_text(LONG)
    edge, n = model.text.n_encoded, len(LONG)
    start, removed = {
        "before": (10, 3),
        "at the edge": (edge, 0),
        "behind": (n - 5, 5),
        "across": (edge - 2, 4),
        "all that is encoded": (0, edge),
        "all": (0, n),
    }[where]
    if inserted or removed:
        model.edit_text(start, removed, inserted)
    text = LONG[:start] + inserted + LONG[start + removed :]
    assert str(model.text) == text
    _until_complete(qtbot, model)
    _check_complete(model, text)


def test_a_text_encoded_elsewhere_is_taken_over_if_it_fits(
    new_model: NewModel, gpt2: Tokenizer, smollm2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    fits = TokenizedText(gpt2, LONG)
    fits.encode_more(5000)
    model.set_text(fits)
    assert model.text is fits
    _until_complete(qtbot, model)
    _check_complete(model, LONG)
    model.set_text(TokenizedText(smollm2, "one" + LONG))
    assert model.text.tokenizer is gpt2
    _until_complete(qtbot, model)
    _check_complete(model, "one" + LONG)
    model.set_text(TokenizedText(gpt2, "two<|endoftext|>" + LONG, special=True))
    assert not model.text.special
    _until_complete(qtbot, model)
    _check_complete(model, "two<|endoftext|>" + LONG)


def test_a_huge_paste_is_encoded_part_by_part(
    new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    model.set_text("before after")
    model.edit_text(6, 0, LONG)
    assert not model.text.complete
    _until_complete(qtbot, model)
    _check_complete(model, "before" + LONG + " after")
    model.edit_text(6, len(LONG), "")
    _check_complete(model, "before after")


@pytest.mark.parametrize("text", [" " * 150_000, "\n" * 150_000, "x" * 150_000])
def test_a_very_long_pre_token_is_left_to_the_task(
    text: str, new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    model.set_text(text + " end")
    assert not model.text.complete  # the setter did not wait for it
    _until_complete(qtbot, model)
    _check_complete(model, text + " end")
    model.edit_text(70_000, 1, "?")
    assert not model.text.complete
    edited = text[:70_000] + "?" + text[70_001:] + " end"
    assert str(model.text) == edited
    _until_complete(qtbot, model)
    _check_complete(model, edited)
    model.edit_text(len(edited), 0, "!")
    _until_complete(qtbot, model)
    _check_complete(model, edited + "!")


def test_another_text_or_tokenizer_ends_the_encoding_of_the_old_one(
    new_model: NewModel, gpt2: Tokenizer, smollm2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    started = []
    model.task_started.connect(started.append)
    model.set_text(LONG)
    model.set_text("x" + LONG)
    model.set_tokenizer(smollm2)
    assert [task.is_active for task in started] == [False, False, True]
    _until_complete(qtbot, model)
    _check_complete(model, "x" + LONG)
    model.set_text(LONG)
    model.close()
    assert not started[-1].is_active
    assert all(task.wait() for task in started)


def test_an_encoding_that_fails_is_told(
    new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Iterator[list[Encoding]]:
        raise MemoryError
        yield

    model = new_model(gpt2)
    problems: list[str] = []
    model.problem.connect(problems.append)
    monkeypatch.setattr("tokviz.tokenization.text.tokenized_text._encode", fail)
    model.set_text(LONG)
    qtbot.waitUntil(lambda: bool(problems))
    assert problems == ["Encoding with gpt2 failed: there is not enough memory."]


# -- a vocabulary that grows -------------------------------------------------------------------


def test_a_growing_vocabulary_appends_new_characters_and_keeps_the_ids(
    new_model: NewModel,
) -> None:
    model = new_model(characters_tokenizer("bd"))
    model.set_text("bd")
    counts = _recorded(model)
    model.edit_text(1, 0, "ca")
    assert model.text.ids().tolist() == [0, 3, 2, 1]
    assert counts == {"tokenizer_changed": 1, "encoding_changed": 1}
    counts.clear()
    model.edit_text(1, 2, "")  # as undo does
    assert model.tokenizer.n_vocab == 4
    model.edit_text(0, 0, "a")
    assert model.text.ids().tolist() == [2, 0, 1]
    assert counts == {"encoding_changed": 2}


def test_rebuilding_sorts_a_grown_vocabulary_again(new_model: NewModel) -> None:
    model = new_model(characters_tokenizer("bd"))
    model.set_text("bd")
    model.edit_text(2, 0, "ca")
    model.edit_text(0, 1, "")
    model.set_tokenizer(characters_tokenizer(str(model.text)))
    assert [bytes(data or b"") for data in model.tokenizer.vocab] == [b"a", b"c", b"d"]
    assert model.text.ids().tolist() == [2, 1, 0]
    counts = _recorded(model)
    model.set_tokenizer(characters_tokenizer(str(model.text)))
    assert counts == {}


def test_a_vocabulary_that_does_not_know_the_text_is_extended_when_it_is_set(
    new_model: NewModel, gpt2: Tokenizer
) -> None:
    model = new_model(gpt2)
    model.set_text("xyz")
    model.set_tokenizer(characters_tokenizer("z"))
    assert model.text.ids().tolist() == [1, 2, 0]
    model.set_text("new!")
    _check_complete(model, "new!")


def test_a_vocabulary_grows_while_a_long_text_is_being_encoded(
    new_model: NewModel, qtbot: QtBot
) -> None:
    model = new_model(characters_tokenizer(LONG))
    model.set_text(LONG * 3)
    assert not model.text.complete
    model.edit_text(5, 0, "☃")
    model.edit_text(3 * len(LONG), 0, "☺")
    _until_complete(qtbot, model)
    _check_complete(model, LONG[:5] + "☃" + LONG[5:] + LONG + LONG[:-1] + "☺" + LONG[-1])
    assert [bytes(data or b"").decode() for data in model.tokenizer.vocab[-2:]] == ["☃", "☺"]


# -- the selection -----------------------------------------------------------------------------


def _selected(model: TokenizerModel, word: str) -> None:
    """Select the token that is a word of the text."""
    index = model.text.index_at(str(model.text).index(word))
    assert index is not None
    model.select_token(index)


@pytest.mark.parametrize(
    ("word", "start", "removed", "inserted"),
    [
        (" birds", 0, 0, "Well, "),
        (" birds", 0, 5, ""),
        (" birds", 0, 3, "ab\U0001f680é "),
        (" birds", 6, 0, "x"),
        (" birds", 22, 0, "s"),
        ("Three", 13, 4, "t"),
    ],
)
def test_the_selected_place_stays_on_its_token_through_edits_around_it(
    word: str, start: int, removed: int, inserted: str, new_model: NewModel, gpt2: Tokenizer
) -> None:
    model = new_model(gpt2)
    model.set_text("Three small birds sang")
    _selected(model, word)
    ids = model.selection.ids
    model.edit_text(start, removed, inserted)
    assert model.selection.ids == ids
    assert model.selection.place is not None
    first, end = model.text.token_span(model.selection.place)
    assert str(model.text)[first:end] == word


def test_the_selected_place_is_forgotten_with_its_token(
    new_model: NewModel, gpt2: Tokenizer
) -> None:
    model = new_model(gpt2)
    for start, removed, inserted in ((13, 0, "x"), (11, 2, ""), (0, 22, ""), (12, 5, "other")):
        model.set_text("Three small birds sang")
        _selected(model, " birds")
        ids = model.selection.ids
        counts = _recorded(model)
        model.edit_text(start, removed, inserted)
        assert model.selection == Selection(ids, None)
        assert counts["selection_changed"] == 1


def test_the_selected_place_follows_a_piece_of_a_cut_character(
    new_model: NewModel, gpt2: Tokenizer
) -> None:
    model = new_model(gpt2)
    model.set_text("a 🦤 b")  # the dodo's four bytes are three tokens or more
    rows = model.text.tokens(2, 3)
    assert len(rows.ids) >= 3
    for offset in range(1, len(rows.ids)):
        model.set_text("a 🦤 b")
        model.select_token(rows.first + offset)
        model.edit_text(0, 1, "some é more")
        place = model.selection.place
        assert place is not None
        assert int(model.text.token(place).ids[0]) == int(rows.ids[offset])
        assert place == model.text.tokens(12, 13).first + offset


def test_the_selected_place_holds_while_the_text_around_it_is_encoded_again(
    new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    model.set_text(LONG)
    index = model.text.index_at(5_000)
    assert index is not None
    model.select_token(index)
    char = model.text.token_span(index)[0]
    model.edit_text(4_000, 0, "many words " * 10_000)  # too many to be encoded at once
    place = model.selection.place
    assert place is None or model.text.token_span(place)[0] == char + 110_000
    _until_complete(qtbot, model)
    assert place is None or model.text.token_span(place)[0] == char + 110_000


def test_only_tokens_of_the_vocabulary_are_selected(new_model: NewModel) -> None:
    model = new_model(bytes_tokenizer())
    model.select([300, 108, -1])
    assert model.selection.ids == (108,)
    model.hover(300)
    assert model.hovered is None


def test_a_new_text_keeps_the_selected_ids_and_a_new_tokenizer_forgets_them(
    new_model: NewModel, gpt2: Tokenizer
) -> None:
    model = new_model(gpt2)
    model.set_text("Hello")
    model.select_token(0)
    model.hover(3)
    model.set_text("Other")
    assert model.selection == Selection((15496,), None)
    assert model.hovered is None
    model.set_tokenizer(bytes_tokenizer())
    assert model.selection == Selection()


def test_the_context_is_the_tokenizers_own_until_it_is_set(
    new_model: NewModel, gpt2: Tokenizer, smollm2: Tokenizer
) -> None:
    model = new_model(gpt2)
    assert model.context == 1024
    model.set_context(16)
    assert model.context == 16
    model.set_tokenizer(smollm2)
    assert model.context == smollm2.context
    model.set_context(None)
    assert model.context is None
