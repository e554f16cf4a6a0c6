"""Whoever walks the window by Tab sees where the keys go, in every panel and both themes."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session
from tokviz.gui.theme import ThemeMode
from tokviz.gui.widgets.mode_switch import Mode

Start = Callable[..., Session]
Pixels = npt.NDArray[np.int16]

_LEAST = 40  # pixels that look different; a ring around the smallest chip has twice as many
_DIFFERENT = 24  # of 255


def _tab_stops(first: QWidget) -> Iterator[QWidget]:
    widget = first.nextInFocusChain()
    while widget is not first:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if takes and widget.isEnabled() and widget.isVisible():
            yield widget
        widget = widget.nextInFocusChain()


def _pixels(window: QWidget, widget: QWidget) -> Pixels:
    place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    image = window.grab(place).toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.width(), 4)[:, :, :3].astype(np.int16)


@pytest.mark.parametrize(
    ("mode", "theme"),
    [
        *((mode, ThemeMode.LIGHT) for mode in (Mode.INSPECT, Mode.REPLAY, Mode.TRAIN, Mode.LEARN)),
        (Mode.INSPECT, ThemeMode.DARK),
        (Mode.TRAIN, ThemeMode.DARK),
    ],
)
def test_every_stop_of_the_tab_key_shows_that_it_has_the_focus(
    start: Start, qtbot: QtBot, mode: Mode, theme: ThemeMode
) -> None:
    session = start()
    window = session.window
    window.resize(1440, 900)
    session.theme.set_mode(theme)
    window.set_mode(mode)
    qtbot.waitUntil(lambda: window.docks.is_complete)
    session.model.select_token(3)
    qtbot.wait(50)
    view = window.text_panel.view
    unseen, n_stops = [], 0
    for widget in _tab_stops(view):
        window.setFocus()
        QApplication.processEvents()
        before = _pixels(window, widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if QApplication.focusWidget() is not widget:
            continue  # the field of a spin box, which has the focus itself
        n_stops += 1
        after = _pixels(window, widget)
        if before.shape == after.shape:
            changed = np.abs(before - after).max(axis=2) > _DIFFERENT
            if int(changed.sum()) < _LEAST:
                unseen.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert n_stops > 20
    assert unseen == []
