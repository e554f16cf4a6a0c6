"""HelpPages: what the Help menu shows. The keys come from the actions that answer them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import QIcon, QImage, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QMenu,
    QMessageBox,
    QTextBrowser,
    QVBoxLayout,
)

from tokviz import __version__
from tokviz.gui.panels.go_to import actions_below
from tokviz.gui.theme import Theme
from tokviz.gui.widgets.text.text_key_names import keys_of_text
from tokviz.resources import guide_path

if TYPE_CHECKING:
    from tokviz.gui.main_window import MainWindow

_PICTURE = 660  # pixels across, at most
_Rows = list[tuple[str, list[QKeySequence]]]

_OF_PANELS: dict[str, tuple[tuple[str, str], ...]] = {
    "Replay of merges": (
        ("Play, pause", "Space"),
        ("Next step", "Right"),
        ("Previous step", "Left"),
        ("First step", "Home"),
        ("Last step", "End"),
        ("Next pre-token", "Ctrl+Right"),
        ("Previous pre-token", "Ctrl+Left"),
    ),
    "Map": (
        ("Right, left, up, down", "Right, Left, Up, Down"),
        ("Nearer", "+"),
        ("Farther", "-"),
        ("All of it", "F"),
    ),
    "Find": (("Next", "Return"), ("Previous", "Shift+Return"), ("Close", "Esc")),
}
"""Keys that a panel answers while it has the focus."""


class HelpPages:
    """Each page is a window of its own beside the main one, which stays usable."""

    def __init__(self, window: MainWindow, theme: Theme) -> None:
        self._window = window
        self._theme = theme

    def show_keys(self) -> None:
        """All keys: of the modes, the menus, the text, and of single panels."""
        muted = self._theme.palette.muted.name()
        parts = [_section("Modes", self._window.modes.keys())]
        for menu in self._window.menuBar().actions():
            below = menu.menu()
            actions = actions_below(below) if isinstance(below, QMenu) else []
            of_menu = [(_plain(action.text()), action.shortcuts()) for action in actions]
            parts.append(_section(_plain(menu.text()), [row for row in of_menu if row[1]]))
        parts.append(_section("In the text", keys_of_text()))
        for title, rows in _OF_PANELS.items():
            parts.append(
                _section(
                    title,
                    [
                        (name, [QKeySequence(key) for key in keys.split(", ")])
                        for name, keys in rows
                    ],
                )
            )
        page = _Page(self._window, "Keys")
        page.text.setHtml(
            f"<style>h3 {{ color: {muted}; }} td {{ padding: 2px 24px 2px 0; }}</style>"
            + "".join(parts)
        )
        page.show()

    def show_guide(self) -> None:
        """The user guide, where it came with the program."""
        path = guide_path()
        if path is None:
            QMessageBox.information(
                self._window,
                "Guide",
                "The guide is docs/guide.md in the source of tokviz; it is no part of an installed "
                "package.",
            )
            return
        page = _Page(self._window, "Guide")
        page.text.setSearchPaths([str(path.parent)])
        page.text.setMarkdown(path.read_text(encoding="utf-8"))
        page.show()

    def show_about(self) -> None:
        QMessageBox.about(
            self._window,
            "About tokviz",
            f"<b>tokviz {__version__}</b><br>See text as a language model sees it.",
        )


class _Page(QDialog):
    """Text to read, which goes when it is closed."""

    def __init__(self, window: MainWindow, title: str) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(min(760, window.width()), min(680, window.height()))
        self.text = _Browser()
        self.text.setOpenExternalLinks(False)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(20)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(buttons)


class _Browser(QTextBrowser):
    """A page whose pictures are no wider than the page."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        found = super().loadResource(kind, name)
        picture = QImage.fromData(found) if isinstance(found, (bytes, QByteArray)) else QImage()
        if picture.isNull() or picture.width() <= _PICTURE:
            return found
        return picture.scaledToWidth(_PICTURE, Qt.TransformationMode.SmoothTransformation)


def _section(title: str, rows: _Rows) -> str:
    lines = "".join(
        f"<tr><td width='300'>{escape(name)}</td><td>{escape(_shown(keys))}</td></tr>"
        for name, keys in rows
    )
    return f"<h3>{escape(title)}</h3><table>{lines}</table>" if rows else ""


def _shown(keys: list[QKeySequence]) -> str:
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(key.toString(form) for key in keys)


def _plain(words: str) -> str:
    """A menu's text without the sign for its underlined letter."""
    return words.replace("&&", "\0").replace("&", "").replace("\0", "&")
