"""What the tests of the map share: a small table, and a panel that shows it."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.embedding.tables import table_of
from tokviz.embedding.table import EmbeddingTable
from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer

NewModel = Callable[[Tokenizer], TokenizerModel]


def letters_table(n_rows: int = 256, dim: int = 8) -> EmbeddingTable:
    """Rows on a widening spiral, so that no two points lie on each other."""
    rows = np.random.default_rng(1).standard_normal((n_rows, dim)) * 0.01
    turn = np.arange(n_rows) * 2.4
    rows[:, 0] += np.sqrt(np.arange(n_rows)) * np.cos(turn)
    rows[:, 1] += np.sqrt(np.arange(n_rows)) * np.sin(turn)
    return table_of(rows)


def open_panel(qtbot: QtBot, model: TokenizerModel) -> EmbeddingPanel:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    panel = EmbeddingPanel(model, Theme(app, ThemeMode.LIGHT))
    qtbot.addWidget(panel, before_close_func=lambda _: panel.close_map())
    panel.resize(760, 720)
    panel.show()
    return panel


def mapped(qtbot: QtBot, new_model: NewModel, text: str = "abcab") -> EmbeddingPanel:
    """A panel with a map of the letters table."""
    model = new_model(bytes_tokenizer())
    model.set_text(text)
    model.set_table(letters_table())
    panel = open_panel(qtbot, model)
    settled(qtbot, panel)
    return panel


def settled(qtbot: QtBot, panel: EmbeddingPanel) -> None:
    """Wait until the map, its classes and its measures are there."""

    def done() -> bool:
        words = " ".join(panel.area.strip.words)
        known = "unknown" not in words and "measuring" not in words
        return not panel.runner.is_running and known

    qtbot.waitUntil(done, timeout=20_000)
    qtbot.waitUntil(lambda: bool(panel.area.hint.text()), timeout=5_000)


def place_of(panel: EmbeddingPanel, row: int) -> QPoint:
    place = panel.area.view.screen_place(row)
    assert place is not None
    return place.toPoint()


def click(qtbot: QtBot, panel: EmbeddingPanel, row: int) -> None:
    qtbot.mouseClick(panel.area.view, Qt.MouseButton.LeftButton, pos=place_of(panel, row))
