"""ExportButton: a menu of what can be saved, and the question where to save it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton


@dataclass(frozen=True)
class FileKind:
    """A line of the menu. `name` is the name offered for the file, with its suffix."""

    words: str
    name: str

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2]


class ExportButton(QToolButton):
    """Asks for a file of the kind one picks."""

    chosen = Signal(object, object)  # a FileKind, the path as a str

    def __init__(self, kinds: Sequence[FileKind]) -> None:
        super().__init__()
        self.setObjectName("switch")
        self.setText("Export ▾")
        self.setToolTip("Save steps or pictures to a file")
        self.setAccessibleName("Export")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._kinds: tuple[FileKind, ...] = ()
        self.set_kinds(kinds)

    def set_kinds(self, kinds: Sequence[FileKind]) -> None:
        """What the menu offers."""
        if tuple(kinds) == self._kinds:
            return
        self._kinds = tuple(kinds)
        old, menu = self.menu(), QMenu(self)
        for kind in kinds:
            action = menu.addAction(f"{kind.words} …")
            action.triggered.connect(lambda _on=False, kind=kind: self._ask(kind))
        self.setMenu(menu)
        if old is not None:
            old.deleteLater()

    def _ask(self, kind: FileKind) -> None:
        pattern = f"{kind.suffix.upper()} (*.{kind.suffix})"
        path, _ = QFileDialog.getSaveFileName(self, kind.words, kind.name, pattern)
        if path:
            # What one types without a suffix gets the one of its kind.
            named = "." in path.replace("\\", "/").rpartition("/")[2].lstrip(".")
            self.chosen.emit(kind, path if named else f"{path}.{kind.suffix}")
