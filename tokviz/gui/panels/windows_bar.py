"""The bar of context windows below the text: their size and stride, and the way through them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSpinBox, QToolButton, QVBoxLayout

from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.flow_layout import FlowLayout
from tokviz.tokenization.text.context_windows import ContextWindows

_LARGEST = 10_000_000
_UNLIMITED = 1_024  # tokens that windows begin with where the model's own window is not known


class WindowsBar(QFrame):
    """Windows over the tokens shown. `changed`: the windows or the current one are others now."""

    changed = Signal()
    went = Signal(int)  # the first character of the window gone to
    split_requested = Signal()  # the text into files as long as a window

    def __init__(self, model: TokenizerModel) -> None:
        super().__init__()
        self._model = model
        self._windows = ContextWindows(0, 1, 1)
        self._current = 0
        self.setObjectName("windowsBar")
        self.size_box = _box("Tokens in a window")
        self.stride_box = _box("Tokens from the start of a window to the start of the next")
        self.previous_button = _button("◀", "The window before")
        self.next_button = _button("▶", "The next window")
        self.place = _label("place")
        self.overlap = _label("muted")
        self.split_button = _button("Split into files …", "Save the text in files of that size")
        self.result = _label("muted")
        self.result.setWordWrap(True)
        self.result.hide()
        self._place_widgets()
        self.size_box.valueChanged.connect(self._on_size_edited)
        self.stride_box.valueChanged.connect(self._update)
        self.previous_button.clicked.connect(lambda: self.go(-1))
        self.next_button.clicked.connect(lambda: self.go(1))
        self.split_button.clicked.connect(self.split_requested)
        model.encoding_changed.connect(self._on_encoding_changed)
        model.context_changed.connect(self.take_context)
        self.take_context()
        self.hide()

    def _place_widgets(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 6)
        row = FlowLayout(gap=6)
        column.addLayout(row)
        column.addWidget(self.result)
        for widget in (
            _label("muted", "windows of"),
            self.size_box,
            _label("muted", "tokens, one every"),
            self.stride_box,
            self.previous_button,
            self.next_button,
            self.split_button,
            self.place,
            self.overlap,
        ):
            row.addWidget(widget)

    @property
    def windows(self) -> ContextWindows | None:
        """The windows to be shown, None while the bar is closed or there is no token."""
        return self._windows if not self.isHidden() and len(self._windows) else None

    @property
    def span(self) -> tuple[int, int]:
        """The tokens [first, end) of the current window."""
        return self._windows.span(self._current)

    def show_from(self, token: int | None) -> None:
        """Show the bar, and the first window that holds a token."""
        self.show()
        self._update()
        if token is not None and len(self._windows):
            self._current = self._windows.first_with(token)
        self._update()

    def show_result(self, words: str) -> None:
        """Tell what a split has written, until the tokens are others."""
        self.result.setText(words)
        self.result.show()

    def leave(self) -> None:
        self.hide()
        self.changed.emit()

    def go(self, step: int) -> None:
        """Go to the next window (1) or the one before (-1)."""
        wanted = self._current + step
        if 0 <= wanted < len(self._windows):
            self._current = wanted
            self._update()
            self.went.emit(self._model.text.token_span(self.span[0])[0])

    def take_context(self) -> None:
        """Begin with the model's window, each half over the one before."""
        size = self._model.context or _UNLIMITED
        self.size_box.setValue(size)
        self.stride_box.setMaximum(size)
        self.stride_box.setValue(max(1, size // 2))
        self._update()

    def _on_encoding_changed(self) -> None:
        self.result.hide()
        self._update()

    def _on_size_edited(self, size: int) -> None:
        """The stride keeps its share of the window."""
        share = self.stride_box.value() / max(1, self.stride_box.maximum())
        self.stride_box.setMaximum(size)
        self.stride_box.setValue(max(1, round(size * share)))
        self._update()

    def _update(self) -> None:
        if self.isHidden():
            return
        text = self._model.text
        size = self.size_box.value()
        self._windows = ContextWindows(text.n_tokens, size, min(self.stride_box.value(), size))
        n = len(self._windows)
        self._current = max(0, min(self._current, n - 1))
        self.previous_button.setEnabled(self._current > 0)
        self.next_button.setEnabled(self._current < n - 1)
        self.split_button.setEnabled(text.complete and text.n_chars > 0)
        so_far = "" if text.complete else " so far"
        if n:
            first, end = self.span
            self.place.setText(
                f"window {self._current + 1:,} of {n:,}{so_far}: tokens {first:,}–{end - 1:,}"
            )
        else:
            self.place.setText("no tokens")
        self.overlap.setText(overlap_in_words(self._windows))
        self.changed.emit()


def overlap_in_words(windows: ContextWindows) -> str:
    """How much of a window the next one repeats.

    >>> overlap_in_words(ContextWindows(5_000, 1_024, 512))
    'each shares 512 tokens, 50 %, with the next'
    """
    if len(windows) < 2:
        return "all of the text" if len(windows) else ""
    if not windows.overlap:
        return "side by side, none shared"
    share = windows.overlap / windows.size
    tokens = "1 token" if windows.overlap == 1 else f"{windows.overlap:,} tokens"
    return f"each shares {tokens}, {share:.0%}, with the next".replace("%", " %")


def _box(tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(1, _LARGEST)
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setKeyboardTracking(False)
    box.setFixedWidth(66)
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    return box


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    return button


def _label(name: str, words: str = "") -> QLabel:
    label = QLabel(words)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
