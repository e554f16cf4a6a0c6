"""What the tests read off the window, and what they do with its parts."""

import re

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tokviz.gui.session import Session

Left = Qt.MouseButton.LeftButton


def text_of(session: Session) -> str:
    return str(session.model.text)


def set_text(session: Session, text: str) -> None:
    """Type a text over what is there, as the view would from a paste."""
    view = session.window.text_panel.view
    view.select_all()
    view.insert_text(text)
    QApplication.processEvents()


def menu_action(session: Session, *path: str) -> QAction:
    """An action by the titles that lead to it, without their & signs."""
    actions = session.window.menuBar().actions()
    action: QAction | None = None
    for title in path:
        action = next(a for a in actions if a.text().replace("&", "") == title)
        menu = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()
            actions = menu.actions()
            menu.aboutToHide.emit()
    assert action is not None
    return action


def click_token(qtbot: QtBot, session: Session, index: int) -> None:
    view = session.window.text_panel.view
    rect = next(rect for i, rect, _ in view.token_rects() if i == index)
    qtbot.mouseClick(view.viewport(), Left, pos=rect.center().toPoint())


def labels_of(widget: QWidget) -> list[str]:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


def card_of(session: Session) -> str:
    """All that the token card says, once it follows the selection."""
    card = session.window.card
    QApplication.processEvents()
    return "\n".join(labels_of(card))


def chips_of(session: Session) -> list[QPushButton]:
    card = session.window.card  # made now, if it was not yet
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [b for b in card.findChildren(QPushButton) if b.objectName() == "chip"]


def status_of(session: Session) -> str:
    """The status bar's counts as plain text."""
    rich = " ".join(labels_of(session.window.status))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", rich).replace("&nbsp;", " ")).strip()


def badge_of(session: Session) -> QToolButton:
    return session.window.status.findChildren(QToolButton)[0]


def until_checked(qtbot: QtBot, session: Session) -> str:
    qtbot.waitUntil(lambda: "…" not in badge_of(session).text(), timeout=10_000)
    return badge_of(session).text()


def button_of(parent: QWidget, text: str) -> QToolButton:
    return next(b for b in parent.findChildren(QToolButton) if b.text() == text)
