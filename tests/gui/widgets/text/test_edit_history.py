"""Undo takes back what a person would call one step."""

from tokviz.gui.widgets.text.edit_history import Edit, EditHistory


def _type(history: EditHistory, text: str, at: int = 0, time: float = 0.0) -> None:
    for offset, character in enumerate(text, at):
        edit = Edit(offset, "", character, (offset, offset), (offset + 1, offset + 1))
        history.record(edit, typed=True, time=time)


def test_a_typed_word_is_one_step_and_its_space_belongs_to_it() -> None:
    history = EditHistory()
    _type(history, "two words")
    assert [history.undo().inserted for _ in range(2)] == ["words", "two "]  # type: ignore[union-attr]
    assert not history.can_undo


def test_a_pause_or_a_moved_caret_begins_a_step() -> None:
    history = EditHistory()
    _type(history, "ab")
    _type(history, "cd", at=2, time=60.0)
    history.end_step()
    _type(history, "ef", at=4, time=60.0)
    steps = []
    while edit := history.undo():
        steps.append(edit.inserted)
    assert steps == ["ef", "cd", "ab"]


def test_backspaces_join_backwards() -> None:
    history = EditHistory()
    for at in (4, 3, 2):
        history.record(Edit(at, "edcba"[4 - at], "", (0, 0), (0, 0)), typed=True, time=0.0)
    edit = history.undo()
    assert edit is not None
    assert (edit.start, edit.removed) == (2, "cde")


def test_clean_is_the_saved_state_and_only_that() -> None:
    history = EditHistory()
    assert history.is_clean
    _type(history, "a")
    history.mark_clean()
    history.end_step()
    _type(history, "b", at=1)
    assert not history.is_clean
    history.undo()
    assert history.is_clean
    history.undo()
    assert not history.is_clean
    history.redo()
    assert history.is_clean
    history.undo()
    _type(history, "c")  # the saved state can no longer be reached
    assert not history.is_clean
    history.undo()
    assert not history.is_clean
