"""SpecialChoice: the entries of the Tokenizer menu that say what names of special tokens mean."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup

from tokviz.gui.panels.inspect.special_meanings import MEANINGS
from tokviz.gui.settings import Settings
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Special


class SpecialChoice(QObject):
    """Follows the model, and keeps what was chosen in the settings."""

    def __init__(self, model: TokenizerModel, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._settings = settings
        self._group = QActionGroup(self)
        self.actions = {special: self._action(special) for special in Special}
        model.special_changed.connect(self._show)
        self._show()

    def _action(self, special: Special) -> QAction:
        words, tip = MEANINGS[special]
        action = QAction(f"Special tokens {words}", self, checkable=True)
        action.setToolTip(tip)
        action.triggered.connect(lambda: self._model.set_special(special))
        self._group.addAction(action)
        return action

    def _show(self) -> None:
        self._settings.special = self._model.special.value
        self.actions[self._model.special].setChecked(True)


def special_named(name: str) -> Special:
    """What the settings say; text where they say something else."""
    return next((special for special in Special if special.value == name), Special.TEXT)
