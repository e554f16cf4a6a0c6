"""EncodingPause: when to count a text anew whose tokens keep changing."""

from PySide6.QtCore import QObject, QTimer

from tokviz.gui.tokenizer_model import TokenizerModel


class EncodingPause(QTimer):
    """Times out once the tokens have not changed for a while.

    While a long text is being encoded it does so each time that twice as much of it is known, and
    when all is: what takes a time in proportion to the text then costs at most twice that.
    """

    def __init__(self, model: TokenizerModel, pause_ms: int, parent: QObject) -> None:
        super().__init__(parent, singleShot=True, interval=pause_ms)
        self._model = model
        self._n_counted = 0

    def begin(self) -> None:
        """The tokens changed."""
        text = self._model.text
        if not text.complete and self._n_counted <= text.n_encoded < 2 * self._n_counted:
            return
        self._n_counted = text.n_encoded
        self.start()
