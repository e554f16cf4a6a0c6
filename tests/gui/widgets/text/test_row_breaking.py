"""Rows are never wider than they may be, but for one hanging space."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tokviz.gui.widgets.text.row_breaking import TabStops, row_edges


def _broken(text: str, width: float) -> list[str]:
    spaces = np.array([character == " " for character in text], dtype=bool)
    ends = np.arange(len(text) + 1, dtype=np.float64)
    edges = row_edges(ends, np.concatenate([[False], spaces]), spaces, width)
    return [text[a:b] for a, b in itertools.pairwise(edges)]


def test_a_row_breaks_after_the_last_word_that_fits() -> None:
    assert _broken("one two three", 8) == ["one two ", "three"]


def test_a_word_that_is_too_long_breaks_anywhere() -> None:
    assert _broken("a" * 10, 4) == ["aaaa", "aaaa", "aa"]


def test_a_run_of_spaces_breaks_too() -> None:
    assert _broken(" " * 2_000, 80)[0] == " " * 81


@given(st.text("ab ", max_size=60), st.integers(1, 12))
def test_rows_join_to_the_text_and_fit(text: str, width: int) -> None:
    rows = _broken(text, width)
    assert "".join(rows) == text
    assert all(len(row) <= width or (len(row) == width + 1 and row[-1] == " ") for row in rows)


def _broken_at_tabs(text: str, width: float) -> list[str]:
    blanks = np.array([character in " \t" for character in text], dtype=bool)
    spaces = np.array([character == " " for character in text], dtype=bool)
    tabs = np.array([at for at, character in enumerate(text) if character == "\t"], dtype=np.int64)
    ends = np.arange(len(text) + 1, dtype=np.float64)
    opportunities = np.concatenate([[False], blanks])
    edges = row_edges(ends, opportunities, spaces, width, TabStops(tabs, 4.0))
    return [text[a:b] for a, b in itertools.pairwise(edges)]


def test_a_tab_is_as_wide_as_its_place_in_the_row_makes_it() -> None:
    assert _broken_at_tabs("abc\tabc\tabc\tabc", 15) == ["abc\tabc\tabc\tabc"]
    assert _broken_at_tabs("abc\tabc\tabc\tabc", 14) == ["abc\tabc\tabc\t", "abc"]
    assert _broken_at_tabs("\t\t\t", 8) == ["\t\t", "\t"]
    assert _broken_at_tabs("abcd\te", 8) == ["abcd\t", "e"]


@given(st.text("ab \t", max_size=60), st.integers(4, 14))
def test_rows_with_tabs_join_to_the_text_and_fit(text: str, width: int) -> None:
    rows = _broken_at_tabs(text, width)
    assert "".join(rows) == text
    for row in rows:
        assert len(row.expandtabs(4)) <= width or row[-1] == " "
