"""Every character shows, and nothing that Qt would lose reaches a QString."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.text.character_marks import display_text, stand_in

_ANY = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\0", "NUL"),
        ("\x1b", "ESC"),
        ("\x85", "NEL"),
        ("\xa0", "NBSP"),
        ("\u200b", "ZWSP"),
        ("\ufeff", "BOM"),
        ("\ufffe", "U+FFFE"),
        ("\ufdd0", "U+FDD0"),
        ("\ud83d", "D83D"),
        ("\u202e", "RLO"),
    ],
)
def test_an_invisible_character_has_a_name_on_screen(character: str, name: str) -> None:
    assert stand_in(character) == name
    assert display_text(f"a{character}b", marks_shown=True).text == f"a{name}b"


@given(_ANY, st.booleans())
def test_the_shown_text_is_one_that_qt_keeps(text: str, marks_shown: bool) -> None:
    shown = display_text(text, marks_shown).text
    shown.encode("utf-8")  # no lone surrogate
    assert not set(shown) & {"\0", "\ufeff", "\ufffe", "\u2028", "\u2029", "\r", "\n", "\x0b"}


@given(_ANY, st.booleans())
def test_units_are_where_characters_begin_in_the_shown_text(text: str, marks_shown: bool) -> None:
    display = display_text(text, marks_shown)
    assert display.unit(len(text)) == len(display.text.encode("utf-16-le")) // 2
    for offset in range(len(text)):
        assert display.unit(offset) < display.unit(offset + 1)
        assert display.offset(display.unit(offset)) == offset


def test_joiners_stay_where_they_shape_and_show_where_they_stand_alone() -> None:
    family = "\U0001f469\u200d\U0001f467"
    assert display_text(family, True).text == family
    assert display_text("می\u200cخواهم", True).text == "می\u200cخواهم"
    assert display_text("\u200d", True).text == "ZWJ"
    assert display_text("a \u200cb", True).text == "a ZWNJb"


def test_without_marks_only_what_qt_cannot_show_has_a_stand_in() -> None:
    assert display_text("a\xa0b\u200bc", marks_shown=False).text == "a\xa0b\u200bc"
    assert display_text("\0\ud800", marks_shown=False).text == "NULD800"
