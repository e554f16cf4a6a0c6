"""PipelineStrip: the stages of encoding side by side, text → … → ids; a click shows a stage."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QWidget

from tokviz.gui.widgets.switch_button import switch_button


class PipelineStrip(QWidget):
    """One checked button among buttons with arrows between them."""

    stage_picked = Signal(int)

    def __init__(self, stages: Sequence[str]) -> None:
        super().__init__()
        self._buttons = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for i, stage in enumerate(stages):
            if i:
                arrow = QLabel("→")
                arrow.setObjectName("muted")
                row.addWidget(arrow)
            button = switch_button(stage, checkable=True)
            self._buttons.addButton(button, i)
            row.addWidget(button)
        row.addStretch(1)
        self._buttons.idClicked.connect(self.stage_picked)

    def set_stage(self, stage: int) -> None:
        self._buttons.button(stage).setChecked(True)

    def set_words(self, words: Sequence[str]) -> None:
        """What stands on the buttons: the stages with their counts."""
        for i, text in enumerate(words):
            self._buttons.button(i).setText(text)
