"""ProjectionBar: the way from rows to points, its options, and what is done to the rows before."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from tokviz.gui.widgets.flow_layout import FlowLayout

_MOST_SEEDS = 9999


@dataclass(frozen=True)
class ProjectionChoice:
    """What the bar says: components count from 1, `axes` are texts of tokens in pairs."""

    projection: str
    components: tuple[int, int]
    axes: tuple[tuple[str, str], ...]
    seed: int
    centered: bool
    n_dropped: int
    unit_length: bool


class ProjectionBar(QWidget):
    """Only what concerns the chosen projection is shown. `changed` follows what the user does."""

    changed = Signal()
    pause_requested = Signal()
    stop_requested = Signal()
    axis_from_selection_requested = Signal()

    def __init__(self, projections: list[tuple[str, str]]) -> None:
        super().__init__()
        self.projection = QComboBox()
        self.projection.setMaximumWidth(150)
        for name, title in projections:
            self.projection.addItem(title, name)
        self.across, self.upward = (
            _number(1, 1, "across: the component"),
            _number(2, 1, "upward: the component"),
        )
        self.seed = _number(0, 0, "the seed of t-SNE: the same one gives the same map")
        self.seed.setMaximum(_MOST_SEEDS)
        self.pause = _button("Pause", "Let the layout stand still, and go on later")
        self.stop = _button("Stop", "End here and keep the map as it is")
        self.ends = [_token_field(place) for place in (" he", " she", "…", "…")]
        self.from_selection = _button("from selection", "Take the two selected tokens as the axis")
        self.centered = _switch("− mean", "Subtract the mean row from every row")
        self.unit_length = _switch("length 1", "Scale every row to the length 1")
        self.dropped = _number(0, 0, "how many of the first principal components are left out")
        self.dropped.setMaximum(20)
        self.dropped.setPrefix("drop ")
        self._parts: dict[str, list[QWidget]] = {}
        self._place_widgets()
        self._connect()
        self.set_running(running=False, paused=False)
        self._show_parts()

    def _place_widgets(self) -> None:
        he, she, second_from, second_to = self.ends
        across = [_labelled("across from", he), _labelled("to", she)]
        upward = [_labelled("up from", second_from), _labelled("to", second_to)]
        self._parts = {
            "pca": [_labelled("across", self.across), _labelled("up", self.upward)],
            "tsne": [_labelled("seed", self.seed)],
            "axes": [*across, self.from_selection, *upward],
        }
        flow = FlowLayout(self, 4)
        flow.addWidget(self.projection)
        for parts in self._parts.values():
            for part in parts:
                flow.addWidget(part)
        for switch in (self.pause, self.stop, self.centered, self.dropped, self.unit_length):
            flow.addWidget(switch)

    def _connect(self) -> None:
        self.projection.currentIndexChanged.connect(self._show_parts)
        self.projection.currentIndexChanged.connect(self.changed)
        for box in (self.across, self.upward, self.seed, self.dropped):
            box.valueChanged.connect(self.changed)
        for switch in (self.centered, self.unit_length):
            switch.toggled.connect(self.changed)
        for field in self.ends:
            field.editingFinished.connect(self.changed)
        self.pause.clicked.connect(self.pause_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.from_selection.clicked.connect(self.axis_from_selection_requested)

    @property
    def choice(self) -> ProjectionChoice:
        """What the bar says now; an axis counts when both of its ends have a text."""
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

    def set_running(self, *, running: bool, paused: bool) -> None:
        """Whether something is computed that may be paused or stopped."""
        for button in (self.pause, self.stop):
            button.setVisible(running)
        self.pause.setText("Resume" if paused else "Pause")
        self.updateGeometry()

    def _show_parts(self) -> None:
        chosen = self.projection.currentData()
        for name, parts in self._parts.items():
            for part in parts:
                part.setVisible(name == chosen)
        self.updateGeometry()


def _number(value: int, low: int, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, 99_999)
    box.setValue(value)
    box.setToolTip(tip[:1].upper() + tip[1:])
    box.setAccessibleName(tip)
    box.setKeyboardTracking(False)
    box.setFixedWidth(58)
    return box


def _labelled(words: str, field: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    label = QLabel(words)
    label.setObjectName("muted")
    row.addWidget(label)
    row.addWidget(field)
    return both


def _button(words: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setToolTip(tip)
    button.setObjectName("switch")
    return button


def _switch(words: str, tip: str) -> QToolButton:
    switch = _button(words, tip)
    switch.setCheckable(True)
    return switch


def _token_field(placeholder: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(placeholder)
    field.setToolTip("The text of one token; · stands for a space")
    field.setFixedWidth(84)
    return field
