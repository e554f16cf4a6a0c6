"""A screen reader finds the text."""

from PySide6.QtGui import QAccessible

from tests.gui.widgets.conftest import Show
from tokviz.gui.widgets.text import text_accessibility


def test_a_screen_reader_finds_an_editable_text_with_what_is_in_view(show: Show) -> None:
    text_accessibility.install()
    view, _ = show("hello\ufffe\nworld\n" + "line\n" * 1_000)
    found = QAccessible.queryAccessibleInterface(view)
    assert found.role() == QAccessible.Role.EditableText
    value = found.text(QAccessible.Text.Value)
    assert value.startswith("hello\ufffd\nworld\nline")
    assert len(value) < 200
    assert found.text(QAccessible.Text.Name) == "Text and its tokens"


def test_a_screen_reader_learns_where_the_caret_is_and_what_is_selected(show: Show) -> None:
    text_accessibility.install()
    view, _ = show("hello\nworld")
    found = QAccessible.queryAccessibleInterface(view)
    view.set_caret(8)
    assert found.text(QAccessible.Text.Description) == "Line 2, column 3"
    view.select(0, 8)
    assert found.text(QAccessible.Text.Description) == "Line 2, column 3, 8 characters selected"
