"""ProjectionSettings: the way from rows to points, and what is done to the rows before.

A card that opens below a button, above all else in the window. It closes when the focus goes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

_MOST_SEEDS = 9999


@dataclass(frozen=True)
class ProjectionChoice:
    """What is chosen: components count from 1, `axes` are texts of tokens in pairs."""

    projection: str
    components: tuple[int, int]
    axes: tuple[tuple[str, str], ...]
    seed: int
    centered: bool
    n_dropped: int
    unit_length: bool


class ProjectionSettings(QFrame):
    """Only what concerns the chosen projection is shown. `changed` follows what the user does."""

    changed = Signal()
    axis_from_selection_requested = Signal()

    def __init__(self, projections: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.setObjectName("panel")
        self.projection = QComboBox()
        for name, title in projections:
            self.projection.addItem(title, name)
        self.across = _number(1, 1, "The component that goes across")
        self.upward = _number(2, 1, "The component that goes upward")
        self.seed = _number(0, 0, "The same seed gives the same map")
        self.seed.setMaximum(_MOST_SEEDS)
        self.ends = [_token_field(place) for place in (" he", " she", "…", "…")]
        self.from_selection = QToolButton()
        self.from_selection.setText("Take the two selected tokens")
        self.centered = _switch("Without the mean row", "Subtract the mean row from every row")
        self.dropped = _number(0, 0, "How many of the first principal components are left out")
        self.dropped.setMaximum(20)
        self.unit_length = _switch("Each of length 1", "Scale every row to the length 1")
        self._place_widgets()
        self._connect()
        self._show_parts()

    def _place_widgets(self) -> None:
        self._form = QFormLayout(self)
        self._form.setContentsMargins(14, 12, 14, 12)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.addRow(self.projection)
        components = _side_by_side(self.across, QLabel("and"), self.upward)
        he, she, second_from, second_to = self.ends
        rows: list[tuple[str, str, QWidget]] = [
            ("pca", "Components", components),
            ("tsne", "Seed", self.seed),
            ("axes", "Across, from", _side_by_side(he, QLabel("to"), she)),
            ("axes", "", self.from_selection),
            ("axes", "Upward, from", _side_by_side(second_from, QLabel("to"), second_to)),
        ]
        self._parts = [(name, field) for name, _words, field in rows]
        for _name, words, field in rows:
            self._form.addRow(words, field)
        dropped = _side_by_side(self.dropped, QLabel("first components"))
        self._form.addRow("Rows", self.centered)
        self._form.addRow("Without", dropped)
        self._form.addRow("", self.unit_length)

    def _connect(self) -> None:
        self.projection.currentIndexChanged.connect(self._show_parts)
        self.projection.currentIndexChanged.connect(self.changed)
        for box in (self.across, self.upward, self.seed, self.dropped):
            box.valueChanged.connect(self.changed)
        for switch in (self.centered, self.unit_length):
            switch.toggled.connect(self.changed)
        for field in self.ends:
            field.editingFinished.connect(self.changed)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        self.from_selection.clicked.connect(self.axis_from_selection_requested)

    @property
    def choice(self) -> ProjectionChoice:
        """What is chosen now; an axis counts when both of its ends have a text."""
        ends = [field.text() for field in self.ends]
        pairs = ((ends[0], ends[1]), (ends[2], ends[3]))
        return ProjectionChoice(
            projection=str(self.projection.currentData()),
            components=(self.across.value(), self.upward.value()),
            axes=tuple(pair for pair in pairs if all(pair)),
            seed=self.seed.value(),
            centered=self.centered.isChecked(),
            n_dropped=self.dropped.value(),
            unit_length=self.unit_length.isChecked(),
        )

    @property
    def words(self) -> str:
        """The choice in a few words, for the button that opens these settings."""
        choice, title = self.choice, self.projection.currentText()
        across, upward = choice.components
        parts = {
            "pca": [f"Components {across}, {upward}"],
            "tsne": [title, f"seed {choice.seed}"] if choice.seed else [title],
            "axes": [f"{start} → {end}" for start, end in _dotted(choice.axes)] or [title],
        }.get(choice.projection, [title])
        if choice.centered:
            parts.append("no mean")
        if choice.n_dropped:
            parts.append(f"without {choice.n_dropped}")
        if choice.unit_length:
            parts.append("length 1")
        return ", ".join(parts)

    def open_below(self, button: QWidget) -> None:
        """Show the card, inside the window; a second time closes it.

        HAZARD: not a window of its own; a platform without windows cannot give one the keyboard.
        """
        if self.isVisible():
            self.hide()
            return
        window = button.window()
        self.setParent(window)
        self.adjustSize()
        place = button.mapTo(window, QPoint(0, button.height() + 4))
        x = min(place.x(), window.width() - self.width())
        y = min(place.y(), window.height() - self.height())
        self.move(max(x, 0), max(y, 0))
        self.show()
        self.raise_()
        self.projection.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and not self._holds(new):
            self.hide()

    def _holds(self, widget: QWidget | None) -> bool:
        """HAZARD: a box's open list is a window of its own, which `isAncestorOf` does not count."""
        while widget is not None and widget is not self:
            widget = widget.parentWidget()
        return widget is self

    def set_projection(self, name: str) -> None:
        self.projection.setCurrentIndex(self.projection.findData(name))

    def set_axis(self, start: str, end: str) -> None:
        """Fill in the first axis."""
        self.ends[0].setText(start)
        self.ends[1].setText(end)
        self.changed.emit()

    def set_n_components(self, n: int) -> None:
        """How many components there are to choose from."""
        for box in (self.across, self.upward):
            box.setMaximum(max(n, 1))
        self.dropped.setMaximum(max(0, min(20, n - 1)))

    def _show_parts(self) -> None:
        chosen = self.projection.currentData()
        for name, part in self._parts:
            self._form.setRowVisible(part, name == chosen)
        self.adjustSize()


def _dotted(axes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Their ends with the spaces that could not be seen."""
    return [(start.replace(" ", "·"), end.replace(" ", "·")) for start, end in axes]


def _number(value: int, low: int, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, 99_999)
    box.setValue(value)
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    box.setKeyboardTracking(False)
    box.setFixedWidth(64)
    return box


def _switch(words: str, tip: str) -> QToolButton:
    switch = QToolButton()
    switch.setText(words)
    switch.setToolTip(tip)
    switch.setCheckable(True)
    return switch


def _side_by_side(*fields: QWidget) -> QWidget:
    together = QWidget()
    row = QHBoxLayout(together)
    row.setContentsMargins(0, 0, 0, 0)
    for field in fields:
        row.addWidget(field)
    row.addStretch(1)
    return together


def _token_field(placeholder: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(placeholder)
    field.setToolTip("The text of one token; · stands for a space")
    field.setFixedWidth(96)
    return field
