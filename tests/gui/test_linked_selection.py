"""A selection in a long text and on the map: both are painted in the frame that follows it."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.mapping import letters_table, place_of, settled
from tests.gui.replaying import Start, settle
from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
from tokviz.gui.session import Session
from tokviz.gui.widgets.mode_switch import Mode

Left = Qt.MouseButton.LeftButton
TEXT = "The quick brown fox jumps over the lazy dog, and back again.\n" * 1640  # 100 kB


class Painted(QObject):
    """Which widgets were painted since it was asked last."""

    def __init__(self, **widgets: QWidget) -> None:
        super().__init__()
        self._names = {widget: name for name, widget in widgets.items()}
        self._seen: set[str] = set()
        for widget in widgets.values():
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            self._seen.add(self._names[watched])
        return False

    def in_the_next_frame(self) -> set[str]:
        """No timer comes between, and nothing that waits for one."""
        self._seen.clear()
        QApplication.sendPostedEvents()
        return set(self._seen)


@pytest.fixture
def session(start: Start, qtbot: QtBot) -> Session:
    session = start("bytes")
    session.model.set_text(TEXT)
    settle(qtbot, session)
    session.model.set_table(letters_table())
    session.window.modes.picked.emit(Mode.MAP)
    settled(qtbot, map_of(session))
    return session


def map_of(session: Session) -> EmbeddingPanel:
    panel = session.window.docks.panel("map")
    assert isinstance(panel, EmbeddingPanel)
    return panel


def test_text_and_map_show_it_in_the_same_frame(session: Session, qtbot: QtBot) -> None:
    view, points = session.window.text_panel.view, map_of(session).area.view
    painted = Painted(text=view.viewport(), map=points)
    index, rect, _ = view.token_rects()[6]
    qtbot.mouseClick(view.viewport(), Left, pos=rect.center().toPoint())
    assert painted.in_the_next_frame() == {"text", "map"}
    row = int(session.model.text.token(index).ids[0])
    assert points._scene.marks.selected.tolist() == [row]
    other = ord("z")
    qtbot.mouseClick(points, Left, pos=place_of(map_of(session), other))
    assert painted.in_the_next_frame() == {"text", "map"}
    assert session.model.selection.ids == (other,)
    assert view._highlights.selected_ids == {other}
