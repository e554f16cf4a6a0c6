"""What can be done with a trained tokenizer: save it in a format, rename it, remove it."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMessageBox

from tokviz.gui.files.kept_tokenizers import KeptTokenizers, TokenizerNameError, checked_name
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.training.trained_saving import KINDS, TrainedSaver
from tokviz.gui.widgets.export_button import ExportButton, FileKind


class TrainedActions(ExportButton):
    """A menu about the tokenizer in use; `saved` carries what the check of the file showed."""

    saved = Signal(object)
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, kept: KeptTokenizers) -> None:
        super().__init__(KINDS)
        self._model = model
        self._kept = kept
        self._saver = TrainedSaver(self)
        self.setText("Save tokenizer ▾")
        self.setToolTip("Save the tokenizer in use to a file, rename it or remove it")
        self.setAccessibleName("Save tokenizer")
        menu = self.menu()
        menu.addSeparator()
        self.rename_action = menu.addAction("Rename …")
        self.rename_action.triggered.connect(lambda: self._ask_for_name())
        self.remove_action = menu.addAction("Remove from the list …")
        self.remove_action.triggered.connect(lambda: self._ask_and_remove())
        menu.aboutToShow.connect(self.update_actions)
        self.chosen.connect(self._on_chosen)
        self._saver.saved.connect(self.saved)
        self._saver.problem.connect(self.problem)
        self._saver.task_started.connect(self.task_started)

    def update_actions(self) -> None:
        """Only what was trained and kept has a name to change."""
        is_kept = self._model.tokenizer.name in self._kept.names
        self.rename_action.setEnabled(is_kept)
        self.remove_action.setEnabled(is_kept)

    def rename(self, name: str) -> None:
        """Give the tokenizer in use another name; who else uses it sees the new one, too."""
        tokenizer, training = self._model.tokenizer, self._model.training
        try:
            new = checked_name(name)
            if new == tokenizer.name:
                return
            self._kept.rename(tokenizer.name, new)
        except TokenizerNameError as error:
            self.problem.emit(str(error))
            return
        self._model.set_tokenizer(replace(tokenizer, name=new))
        if training is not None:
            self._model.set_training(training)

    def _on_chosen(self, kind: FileKind, path: str) -> None:
        self._saver.save(self._model.tokenizer, kind, path, str(self._model.text))

    def _ask_for_name(self) -> None:
        old = self._model.tokenizer.name
        name, accepted = QInputDialog.getText(self, "Rename", "Another name:", text=old)
        if accepted:
            self.rename(name)

    def _ask_and_remove(self) -> None:
        name = self._model.tokenizer.name
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Remove {name} from the list?")
        box.setInformativeText("It is not kept for the next start; files you saved stay.")
        box.setStandardButtons(QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel)
        answer = QMessageBox.StandardButton(box.exec())
        box.deleteLater()
        if answer == QMessageBox.StandardButton.Ok:
            self._kept.remove(name)
