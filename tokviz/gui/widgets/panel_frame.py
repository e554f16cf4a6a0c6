"""PanelFrame: the thin frame all panels stand in, with a title and room for their switches."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tokviz.gui.widgets.switch_bar import SwitchBar
from tokviz.gui.widgets.switch_button import switch_button

_HEADER = 33  # pixels: as high as with switches, so that titles side by side stand on one line

_SHORTEST_TITLE = 40  # pixels


class PanelFrame(QFrame):
    """A title, small controls at its right, and the panel's content below."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel")
        header = QFrame(self)
        header.setObjectName("panelHeader")
        self._title = _label(title, "panelTitle")
        self._note = _label("", "muted")
        self._note.hide()
        self._controls = QHBoxLayout()
        self._switches: SwitchBar | None = None
        self._controls.setSpacing(4)
        row = QHBoxLayout(header)
        row.setContentsMargins(12, 5, 8, 5)
        # Not a least height of the header: that would let higher controls be cut off.
        row.addStrut(_HEADER - 10)
        row.addWidget(self._title)
        # A long note is cut off rather than that it makes the window wider.
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._note, 10)
        self._leading = QHBoxLayout()
        row.addLayout(self._leading)
        row.addStretch(1)
        row.addLayout(self._controls)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(content, 1)

    def let_title_be_cut(self) -> None:
        """Of several panels side by side none makes the window wider by its title."""
        self._title.setMinimumWidth(_SHORTEST_TITLE)
        self._title.setToolTip(self._title.text())

    def show_title(self, shown: bool) -> None:
        """Controls that say what the panel is may need the title's room."""
        self._title.setVisible(shown)

    def set_note(self, note: str) -> None:
        """A few grey words beside the title."""
        self._note.setText(note)
        self._note.setVisible(bool(note))

    @property
    def note(self) -> str:
        return self._note.text()

    def add_switch(self, text: str, tip: str, *, checked: bool) -> QToolButton:
        """A small button that is on or off; in a narrow panel it stands in a menu."""
        if self._switches is None:
            self._switches = SwitchBar()
            self._controls.addWidget(self._switches)
        switch = switch_button(text, tip, checkable=True)
        switch.setChecked(checked)
        self._switches.add(switch)
        return switch

    def add_bar(self, bar: QWidget) -> None:
        """A bar that comes and goes: below the content, which would move under the eye."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(bar)

    def add_leading(self, control: QWidget) -> None:
        """A small widget beside the title, or in its place."""
        self._leading.addWidget(control)

    def add_control(self, control: QWidget) -> None:
        """Any small widget at the right of the title."""
        self._controls.addWidget(control)


def _label(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    # A label guesses HTML otherwise, and shows nothing for "<s>".
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
