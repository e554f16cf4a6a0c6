"""Whatever the text and whatever is done with the view: no exception, no warning, nothing lost.

Warnings of Qt fail the run by the project's settings. What is painted bit by bit must also be what
painting everything anew gives.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from tests.gui.widgets.conftest import Show, press
from tests.gui.widgets.flat_source import FlatSource
from tokviz.gui.palette import DARK, LIGHT
from tokviz.gui.widgets.text.row_painting import Highlights
from tokviz.gui.widgets.text.token_text_view import TokenTextView

_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *("\ud800", "\udfff", "\0", "\ufffe", "\ufdd0", "\ufeff", "\x07", "\x9b", "\u2028"),
            *("\r\n", "\r", "\n", "\t", "\xa0", "\u200b", "\u202e", "\u2066", "\u061c", "\u200f"),
            *(
                "שלום",
                "العربية",
                "नमस्ते",
                "วันนี้",
                "ខ្មែរ",
                "வணக்கம்",
                "한글",
                "ᄒ",
                "北京",
                "👩\u200d👧",
                "🇩🇪🇩",
            ),
            *("a" + "\u0301" * 40, "word " * 30, "x" * 200, " " * 50),
        ]
    ),
)
_TEXT = st.lists(_PIECES, max_size=25).map("".join)
_Do = Callable[[TokenTextView], object]
_Key = Qt.Key
_ROUNDING = 40  # of a colour's 256 steps: smooth edges come out differently where they are clipped
_SHARES = st.floats(0, 1)


def _at(view: TokenTextView, share: float) -> int:
    return round(view.source.n_chars * share)


def _choose(view: TokenTextView, share: float) -> None:
    marked: dict[str, Any] = {"context_end": int(view.source.n_tokens * share)}
    if view.source.n_tokens:
        index = min(int(view.source.n_tokens * share), view.source.n_tokens - 1)
        marked |= {"selected_index": index, "attended": (max(0, index - 3), index)}
    view.set_highlights(Highlights(**marked))


def _click(view: TokenTextView, share: float) -> None:
    point = QPointF(view.width() * share, view.height() * share)
    view.token_at(point)
    view.place_caret(*view.position_at(point)[:1], at_row_end=view.position_at(point)[1])


_DEEDS: st.SearchStrategy[_Do] = st.one_of(
    st.builds(lambda t: lambda view: view.set_source(_edited_by(view, t)), _TEXT),
    st.builds(
        lambda w, h: lambda view: view.resize(w, h), st.integers(60, 900), st.integers(1, 600)
    ),
    st.builds(lambda by: lambda view: view.scroll_by(by), st.floats(-2_000, 2_000)),
    st.builds(lambda a, b: lambda view: view.select(_at(view, a), _at(view, b)), _SHARES, _SHARES),
    st.builds(lambda points: lambda view: view.set_zoom(points), st.floats(1, 80)),
    st.builds(lambda on: lambda view: view.set_word_wrap(on), st.booleans()),
    st.builds(lambda on: lambda view: view.set_marks_shown(on), st.booleans()),
    st.builds(lambda dark: lambda view: view.set_colors(DARK if dark else LIGHT), st.booleans()),
    st.builds(lambda text: lambda view: view.insert_text(text), _PIECES),
    st.builds(lambda share: lambda view: view.reveal(_at(view, share), _at(view, share)), _SHARES),
    st.builds(lambda share: lambda view: _choose(view, share), _SHARES),
    st.builds(lambda share: lambda view: _click(view, share), _SHARES),
    st.builds(
        lambda key, modifiers: lambda view: press(view, key, modifiers),
        st.sampled_from(
            [
                *(_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down, _Key.Key_PageDown),
                *(_Key.Key_PageUp, _Key.Key_Home, _Key.Key_End, _Key.Key_Backspace),
                *(_Key.Key_Delete, _Key.Key_Return, _Key.Key_Z),
            ]
        ),
        st.sampled_from(
            [
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
                Qt.KeyboardModifier.ControlModifier,
                Qt.KeyboardModifier.AltModifier,
            ]
        ),
    ),
)


def _edited_by(view: TokenTextView, text: str) -> FlatSource:
    source = view.source
    assert isinstance(source, FlatSource)
    source.set_text(text)
    return source


def _pixels(picture: QPixmap) -> NDArray[np.int16]:
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), dtype=np.uint8).astype(np.int16)


@given(_TEXT, st.integers(1, 5), st.lists(_DEEDS, max_size=14))
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_breaks_the_view(show: Show, text: str, longest: int, deeds: list[_Do]) -> None:
    view, source = show(text, longest=longest)
    view.clearFocus()
    for deed in deeds:
        deed(view)
        QApplication.processEvents()
        start, end = view.selection()
        assert 0 <= start <= end <= source.n_chars
        rects = view.token_rects()
        assert all(0 <= index < source.n_tokens for index, _, _ in rects)
        place = view.viewport().geometry()
        on_screen = view.screen().grabWindow(view.winId(), *place.getRect())
        anew = view.viewport().grab()
        assert place.isEmpty() or np.abs(_pixels(on_screen) - _pixels(anew)).max() <= _ROUNDING
    view.deleteLater()
