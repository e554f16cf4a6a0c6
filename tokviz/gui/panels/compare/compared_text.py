"""ComparedText: the open text under another tokenizer, kept in step with the shared model."""

from PySide6.QtCore import QObject, Signal

from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer


class ComparedText(QObject):
    """Follows every edit of the shared model's text with a model of its own, which no panel sees.

    So a key costs what it costs in the text itself: the tokens around the edit.
    """

    changed = Signal()
    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, shared: TokenizerModel, tokenizer: Tokenizer, parent: QObject) -> None:
        super().__init__(parent)
        self._shared = shared
        self._revision = -1
        self._own = TokenizerModel(tokenizer, self)
        self._own.encoding_changed.connect(self.changed)
        self._own.problem.connect(self.problem)
        self._own.task_started.connect(self.task_started)
        self.follow()

    @property
    def tokenizer(self) -> Tokenizer:
        return self._own.tokenizer

    @property
    def text(self) -> TokenizedText:
        return self._own.text

    def follow(self) -> None:
        """Take over what happened to the shared text since the last time."""
        shared = self._shared
        if shared.revision == self._revision:
            return
        if shared.last_edit is not None and shared.revision == self._revision + 1:
            self._own.edit_text(*shared.last_edit)
        else:
            self._own.set_text(shared.text.raw_table())
        self._revision = shared.revision

    def close(self) -> None:
        """End what runs, before this is deleted."""
        self._own.close()
        self.deleteLater()
