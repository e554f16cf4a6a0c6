"""TokenSharing: copies and saves the coloured tokens, those chosen in the text or all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from tokviz.gui.palette import LIGHT
from tokviz.gui.panels.text_panel import TextPanel
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.exact_clipboard import copy_text
from tokviz.gui.widgets.export_button import FileKind
from tokviz.text_files import TextFileError, shown, write_bytes, write_text
from tokviz.tokenization.text.token_export import (
    TokensToExport,
    csv_parts,
    html_parts,
    json_parts,
    tokens_to_export,
)

if TYPE_CHECKING:
    from tokviz.gui.widgets.text.text_picture import TextPicture

HTML = FileKind("Web page (HTML)", "tokens.html")
PNG, SVG = FileKind("Picture (PNG)", "tokens.png"), FileKind("Picture (SVG)", "tokens.svg")
CSV, JSON = FileKind("Table (CSV)", "tokens.csv"), FileKind("Table (JSON)", "tokens.json")
KINDS = (HTML, PNG, SVG, CSV, JSON)
_MOST_COPIED = 200_000
"""Tokens that fit a clipboard; more are better saved."""


class TokenSharing(QObject):
    """Fills two menus. What is chosen in the text is shared; all of it where nothing is."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, panel: TextPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._panel = panel

    def fill_copy_menu(self, menu: QMenu) -> None:
        for kind in KINDS:
            action = menu.addAction(kind.words)
            action.triggered.connect(lambda _on=False, kind=kind: self.copy(kind))

    def fill_save_menu(self, menu: QMenu) -> None:
        for kind in KINDS:
            action = menu.addAction(f"{kind.words} …")
            action.triggered.connect(lambda _on=False, kind=kind: self._ask(kind, menu))

    def copy(self, kind: FileKind) -> None:
        """Put the tokens on the clipboard, in that form."""
        if kind in (PNG, SVG):
            picture = self._picture()
            if kind is SVG:
                copy_text(picture.svg("Tokens").decode("utf-8"))
            else:
                QGuiApplication.clipboard().setImage(picture.image())
            return
        tokens = self._tokens()
        if len(tokens.rows.ids) > _MOST_COPIED:
            self.problem.emit(
                f"{len(tokens.rows.ids):,} tokens are too many for the clipboard, which takes "
                f"{_MOST_COPIED:,}; select a part of the text, or save them to a file."
            )
            return
        words = "".join(self._parts(kind, tokens))
        if kind is HTML:
            data = QMimeData()
            data.setHtml(words)
            data.setText(words)
            QGuiApplication.clipboard().setMimeData(data)
        else:
            copy_text(words)

    def save(self, kind: FileKind, path: str) -> None:
        """Write the tokens to a file, whole or not at all; tables and pages in a task."""
        if kind in (PNG, SVG):
            picture = self._picture()
            try:
                write_bytes(path, picture.svg("Tokens") if kind is SVG else picture.png())
            except TextFileError as error:
                self.problem.emit(str(error))
                return
            if not picture.is_whole:
                self.problem.emit(
                    f"The picture holds the first {picture.n_rows:,} rows; select a part of the "
                    f"text for another, or save a web page."
                )
            return
        title = f"Saving the tokens to {shown(path)}"
        task = Task(_saving(path, self._parts(kind, self._tokens())), title, parent=self)
        task.failed.connect(lambda error: self.problem.emit(failure(title, error)))
        self.task_started.emit(task)
        task.start()

    def _ask(self, kind: FileKind, menu: QMenu) -> None:
        pattern = f"{kind.suffix.upper()} (*.{kind.suffix})"
        path, _ = QFileDialog.getSaveFileName(menu.window(), kind.words, kind.name, pattern)
        if path:
            self.save(kind, path)

    def _span(self) -> tuple[int, int]:
        start, end = self._panel.view.selection()
        return (start, end) if start < end else (0, self._model.text.n_chars)

    def _tokens(self) -> TokensToExport:
        return tokens_to_export(self._model.text, *self._span())

    def _picture(self) -> TextPicture:
        from tokviz.gui.widgets.text.text_picture import TextPicture  # with Qt's SVG

        view = self._panel.view
        return TextPicture(self._model.text, self._span(), view.page.look, view.viewport().width())

    def _parts(self, kind: FileKind, tokens: TokensToExport) -> Iterator[str]:
        colors = [color.name() for color in LIGHT.tokens]
        makers: dict[FileKind, Callable[[], Iterator[str]]] = {
            HTML: lambda: html_parts(tokens, colors, f"Tokens of {tokens.tokenizer.name}"),
            CSV: lambda: csv_parts(tokens),
            JSON: lambda: json_parts(tokens),
        }
        return makers[kind]()


def _saving(path: str, parts: Iterator[str]) -> Iterator[int]:
    """Write a file; yields how many parts are made, between which it can be cancelled."""
    made: list[str] = []
    for part in parts:
        made.append(part)
        yield len(made)
    write_text(path, "".join(made))
    yield len(made)
