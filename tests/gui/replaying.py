"""The window in its Replay mode, for the tests of the panels there."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget, QToolButton
from pytestqt.qtbot import QtBot

from tokviz.gui.panels.replay.merge_history_panel import MergeHistoryPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.tables.row_table import RowTable

Start = Callable[..., Session]
Left = Qt.MouseButton.LeftButton
TOKENIZATION = "Some tokenization of words."


def open_replay(
    start: Start, qtbot: QtBot, text: str = TOKENIZATION, tokenizer: str | None = None
) -> Session:
    """Start the window with a text, and switch to Replay by its key."""
    session = start(tokenizer)
    window = session.window
    window.resize(1300, 900)
    window.activateWindow()
    session.model.set_text(text)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.replay.history.isVisible())
    settle(qtbot, session)
    return session


def open_tokenization(start: Start, qtbot: QtBot) -> Session:
    """GPT-2, with the pre-token ` tokenization` replayed to its end."""
    session = open_replay(start, qtbot)
    click_token(qtbot, session, " tokenization")
    return session


def panel_of(session: Session) -> MergeHistoryPanel:
    return session.window.replay.history


def words_on(panel: MergeHistoryPanel) -> list[str]:
    return [button.text() for button in panel.strip._buttons.buttons()]


def scope(panel: MergeHistoryPanel, name: str) -> None:
    """Pick by keys: the first letter of the choice."""
    panel.scope.setFocus()
    QTest.keyClick(panel.scope, name[0])
    assert panel.scope.currentText() == name


def settle(qtbot: QtBot, session: Session) -> None:
    """Let the text be encoded, and the panels follow after their pause."""
    qtbot.waitUntil(lambda: session.model.text.complete, timeout=20_000)
    qtbot.wait(100)


def click_token(qtbot: QtBot, session: Session, part: str) -> None:
    """Click the token in which a part of the text begins."""
    text = session.model.text
    index = text.index_at(str(text).index(part))
    assert index is not None
    view = session.window.text_panel.view
    view.reveal(*text.token_span(index))
    QApplication.processEvents()
    rect = next(rect for i, rect, _ in view.token_rects() if i == index)
    qtbot.mouseClick(view.viewport(), Left, pos=rect.center().toPoint())
    settle(qtbot, session)


def key(
    qtbot: QtBot,
    panel: MergeHistoryPanel,
    which: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """A key while the tree has the focus."""
    panel.tree.setFocus()
    QApplication.processEvents()
    qtbot.keyClick(panel.tree, which, modifier)
    QApplication.processEvents()


def click_stage(qtbot: QtBot, panel: MergeHistoryPanel, name: str) -> None:
    button = next(b for b in panel.strip.findChildren(QToolButton) if b.text().startswith(name))
    qtbot.mouseClick(button, Left)


def click_row(qtbot: QtBot, table: RowTable, row: int) -> None:
    y = table.rowViewportPosition(row) + table.rowHeight(row) // 2
    qtbot.mouseClick(table.viewport(), Left, pos=QPoint(30, y))


def show_tab(qtbot: QtBot, session: Session, title: str) -> None:
    """Click a tab of the panel beside the merge history."""
    tabs = session.window.replay.findChild(QTabWidget)
    assert isinstance(tabs, QTabWidget)
    bar = tabs.tabBar()
    index = next(i for i in range(bar.count()) if bar.tabText(i) == title)
    qtbot.mouseClick(bar, Left, pos=bar.tabRect(index).center())
    QApplication.processEvents()


def chips(panel: MergeHistoryPanel) -> tuple[list[str], list[str]]:
    """The words of the tokens in view before and after the step."""
    before, after = panel.row._rows
    return [chip.token.label for chip in before.chips], [c.token.label for c in after.chips]
