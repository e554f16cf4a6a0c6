"""Typing, pasting, deleting and undoing change exactly what they should, and nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication

from tests.gui.widgets.conftest import Show, clipboard_text, press, type_keys
from tokviz.gui.widgets.exact_clipboard import mime_data
from tokviz.gui.widgets.text.text_menu import context_menu
from tokviz.gui.widgets.text.token_text_view import TokenTextView

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier
_Key = Qt.Key
_HARD = "\ufeffa\r\nb\rc\xa0\u2028\u2029\0\ufffe\ufdd0\ud83d e\u0301\ufeff"


def test_typing_around_hard_characters_loses_none(show: Show) -> None:
    view, source = show(_HARD)
    view.set_caret(1)
    type_keys(view, "é北")
    view.set_caret(source.n_chars)
    type_keys(view, "👩z")
    assert source.text == "\ufeffé北" + _HARD[1:] + "👩z"
    while view.can_undo:
        view.undo()
    assert source.text == _HARD


def test_copy_and_paste_inside_the_program_keep_every_character(show: Show) -> None:
    view, source = show(_HARD)
    press(view, _Key.Key_A, _CONTROL)
    press(view, _Key.Key_C, _CONTROL)
    press(view, _Key.Key_End, _CONTROL)
    press(view, _Key.Key_V, _CONTROL)
    assert source.text == _HARD * 2
    assert clipboard_text()  # other programs get plain text


def test_pasted_plain_text_keeps_its_line_breaks_and_html_is_not_taken(show: Show) -> None:
    view, source = show("")
    data = QMimeData()
    data.setData("text/plain", b"a\r\nb\rc")
    data.setHtml("<b>bold</b>")
    QGuiApplication.clipboard().setMimeData(data)
    view.paste()
    assert source.text == "a\r\nb\rc"


def test_cut_removes_and_undo_restores_text_and_selection(show: Show) -> None:
    view, source = show("hello world")
    view.select(0, 6)
    press(view, _Key.Key_X, _CONTROL)
    assert source.text == "world"
    press(view, _Key.Key_Z, _CONTROL)
    assert source.text == "hello world"
    assert view.selection() == (0, 6)
    press(view, _Key.Key_Z, _CONTROL | _SHIFT)
    assert source.text == "world"


def test_return_and_tab_type_themselves(show: Show) -> None:
    view, source = show("ab")
    view.set_caret(1)
    press(view, _Key.Key_Return, text="\r")
    press(view, _Key.Key_Tab, text="\t")
    assert source.text == "a\n\tb"


@pytest.mark.parametrize(
    ("text", "left"),
    [("ae\u0301", "ae"), ("a👩\u200d👧", "a"), ("a\r\n", "a"), ("🇩🇪🇫🇷", "🇩🇪"), ("ab", "a")],
)
def test_backspace_takes_a_mark_or_a_whole_emoji(show: Show, text: str, left: str) -> None:
    view, source = show(text)
    view.set_caret(len(text))
    press(view, _Key.Key_Backspace)
    assert source.text == left


def test_delete_takes_a_whole_cluster(show: Show) -> None:
    view, source = show("e\u0301b")
    press(view, _Key.Key_Delete)
    assert source.text == "b"


def test_words_are_deleted_both_ways(show: Show) -> None:
    view, source = show("one two three")
    view.set_caret(8)
    press(view, _Key.Key_Backspace, _CONTROL)
    assert source.text == "one three"
    press(view, _Key.Key_Delete, _CONTROL)
    assert source.text == "one "


def test_a_typed_word_is_undone_at_once(show: Show) -> None:
    view, source = show("")
    type_keys(view, "two words")
    press(view, _Key.Key_Z, _CONTROL)
    assert source.text == "two "
    assert not view.history.is_clean
    press(view, _Key.Key_Z, _CONTROL)
    assert source.text == ""
    assert view.history.is_clean


def test_altgr_types_and_shortcuts_do_not(show: Show) -> None:
    view, source = show("")
    press(view, _Key.Key_Q, _CONTROL | _ALT, "@")
    press(view, _Key.Key_Q, _CONTROL, "\x11")
    press(view, _Key.Key_F, _ALT, "f")
    assert source.text == "@"


def test_what_is_not_editable_stays_as_it_is(show: Show) -> None:
    view, source = show("hello")
    view.set_editable(False)
    view.select_all()
    type_keys(view, "x")
    for key in (_Key.Key_Delete, _Key.Key_Backspace, _Key.Key_Return):
        press(view, key)
    press(view, _Key.Key_X, _CONTROL)
    view.paste()
    assert source.text == "hello"


def test_an_input_method_composes_in_place_and_commits(show: Show) -> None:
    view, source = show("ab")
    view.set_caret(1)
    before = view.viewport().grab().toImage()
    QApplication.sendEvent(view, QInputMethodEvent("にほ", []))
    assert source.text == "ab"
    assert view.viewport().grab().toImage() != before
    event = QInputMethodEvent()
    event.setCommitString("日本")
    QApplication.sendEvent(view, event)
    assert source.text == "a日本b"
    assert view.caret == 3


def test_an_input_method_may_replace_what_is_before_the_caret(show: Show) -> None:
    view, source = show("x👩e")
    view.set_caret(3)
    event = QInputMethodEvent()
    event.setCommitString("é", -1, 1)
    QApplication.sendEvent(view, event)
    assert source.text == "x👩é"


def test_an_input_method_learns_what_surrounds_the_caret(show: Show) -> None:
    view, _ = show("x👩e\ud83d")
    view.set_caret(2)
    query = view.inputMethodQuery
    assert query(Qt.InputMethodQuery.ImSurroundingText) == "x👩e\ufffd"
    assert query(Qt.InputMethodQuery.ImCursorPosition) == 3
    assert query(Qt.InputMethodQuery.ImAnchorPosition) == 3
    assert query(Qt.InputMethodQuery.ImCursorRectangle) == view.caret_rect()
    assert query(Qt.InputMethodQuery.ImEnabled) is True


def _drop(view: TokenTextView, data: QMimeData, at: QPointF) -> None:
    actions = Qt.DropAction.CopyAction
    left = Qt.MouseButton.LeftButton
    event = QDropEvent(at, actions, data, left, Qt.KeyboardModifier.NoModifier)
    view.dropEvent(event)


def test_dropped_text_goes_where_it_falls_and_dropped_files_are_told(show: Show) -> None:
    view, source = show("ab")
    files: list[object] = []
    view.files_dropped.connect(files.append)
    at = view.caret_rect(1).center()
    _drop(view, mime_data("X\ufffe"), at)
    assert source.text == "aX\ufffeb"
    assert view.selection() == (1, 3)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/some/file.txt")])
    _drop(view, data, at)
    assert files == [["/some/file.txt"]]


def test_the_menu_offers_what_can_be_done(show: Show) -> None:
    view, source = show("abc")
    view.select(0, 1)
    menu = context_menu(view)
    actions = {action.text(): action for action in menu.actions()}
    assert not actions["Undo"].isEnabled()
    actions["Delete"].trigger()
    assert source.text == "bc"
    menu.deleteLater()


_PIECES = st.lists(
    st.sampled_from(["a", " ", "\n", "\r", "é", "👩\u200d👧", "\0", "\ud800", "ש"]), max_size=5
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), _PIECES.map("".join)),
        st.tuples(st.just("paste"), _PIECES.map("".join)),
        st.tuples(st.just("select"), st.tuples(st.integers(0, 40), st.integers(0, 40))),
        st.tuples(st.sampled_from(["backspace", "delete", "undo", "redo", "cut"]), st.none()),
    ),
    max_size=20,
)


@given(_PIECES.map("".join), _STEPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_editing_equals_a_plain_string_and_undoes_to_the_start(
    show: Show, start: str, steps: list[tuple[str, object]]
) -> None:
    view, source = show(start)
    model = [start]
    view.edited.connect(lambda a, n, text: model.append(model[-1][:a] + text + model[-1][a + n :]))
    for what, value in steps:
        low, high = view.selection()
        before = source.text
        if what == "type":
            type_keys(view, str(value).replace("\n", "").replace("\r", "").replace("\0", ""))
        elif what == "paste":
            view.insert_text(str(value))
            assert source.text == before[:low] + str(value) + before[high:]
        elif what == "select":
            view.select(*value)  # type: ignore[misc]
        else:
            getattr(view, what, lambda: None)()
            if what in ("backspace", "delete"):
                press(view, _Key.Key_Backspace if what == "backspace" else _Key.Key_Delete)
        assert source.text == model[-1]
        assert 0 <= view.caret <= source.n_chars
    end = source.text
    while view.can_undo:
        view.undo()
    assert source.text == start
    while view.can_redo:
        view.redo()
    if not any(step[0] in ("undo", "redo") for step in steps):
        assert source.text == end
    view.deleteLater()
