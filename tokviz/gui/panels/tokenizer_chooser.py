"""The tokenizer chooser in the toolbar: name, size and context window of the one in use."""

import os
from collections.abc import Iterator
from functools import partial
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSpinBox, QToolButton, QWidget

from tokviz.catalog import TOKENIZERS, load_tokenizer, name_of_file, title_of
from tokviz.gui.files.kept_tokenizers import KeptTokenizers, load_kept
from tokviz.gui.settings import LARGEST_CONTEXT, Settings
from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.menu_heading import MenuHeading
from tokviz.text_files import shown
from tokviz.tokenization.tokenizer import Tokenizer

_WIDEST_TITLE = 150  # pixels
_SHIPPED = {shipped.name for shipped in TOKENIZERS}


class TokenizerChooser(QWidget):
    """Loads the tokenizer one picks (once, off the GUI thread) and hands it to the model."""

    problem = Signal(object)
    task_started = Signal(object)
    file_requested = Signal(object)  # the path of a tokenizer that was open before
    other_requested = Signal()  # one that is to be asked for

    def __init__(self, model: TokenizerModel, settings: Settings, kept: KeptTokenizers) -> None:
        super().__init__()
        self._model = model
        self._settings = settings
        self._kept = kept
        self._gone: set[str] = set()  # names that leave the menu once they are not in use
        self._loaded: dict[str, Tokenizer] = {}
        self._name = ""  # of the tokenizer that was last asked about, in the folder of kept ones
        self._task: Task | None = None
        self._button = QToolButton()
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu("Tokenizer", self._button)
        self._actions = QActionGroup(self)
        self._add_heading("Shipped")
        for shipped in TOKENIZERS:
            self._add_action(shipped.name, shipped.title)
        self._trained = self._add_heading("Trained here")
        for name in kept.names:
            self._add_action(name, name)
        self._files = self._add_heading("Opened files")
        self._end = self.menu.addSeparator()
        # The key is the File menu's and is only told here.
        other = self.menu.addAction("Open tokenizer …\tCtrl+Shift+O")
        other.triggered.connect(self.other_requested)
        self.menu.aboutToShow.connect(self._list_files)
        self._button.setMenu(self.menu)
        self._rebuild = QToolButton()
        self._rebuild.setText("Rebuild")
        self._rebuild.setToolTip("Make the vocabulary anew: the text's characters, sorted")
        self._rebuild.clicked.connect(self._on_rebuild_clicked)
        self._context = _context_box()
        self._context.valueChanged.connect(self._on_context_edited)
        self._place_widgets()
        model.tokenizer_changed.connect(self._update)
        kept.changed.connect(self._on_kept_changed)
        kept.gone.connect(self._on_gone)
        model.context_changed.connect(self._update)
        self._update()

    def _add_heading(self, words: str) -> MenuHeading:
        heading = MenuHeading(words, self)
        self.menu.addAction(heading)
        return heading

    def _add_action(self, name: str, title: str, before: QAction | None = None) -> None:
        action = QAction(title.replace("&", "&&"), self, checkable=True)
        action.setData(name)
        action.triggered.connect(lambda: self.choose(name))
        self._actions.addAction(action)
        self.menu.insertAction(before, action)  # type: ignore[arg-type]  # None: at the end

    def _list_files(self) -> None:
        """The files that were opened, the last one first, below their heading."""
        actions = self.menu.actions()
        for action in actions[actions.index(self._files) + 1 : actions.index(self._end)]:
            self._actions.removeAction(action)
            self.menu.removeAction(action)
            action.deleteLater()
        for path in self._settings.recent_tokenizers:
            action = QAction(shown(path).replace("&", "&&"), self, checkable=True)
            action.setChecked(path == self._settings.tokenizer)
            action.triggered.connect(partial(self._on_file_picked, path))
            self._actions.addAction(action)
            self.menu.insertAction(self._end, action)
        trained = actions.index(self._files) - actions.index(self._trained) > 1
        self._trained.setVisible(trained)
        self._files.setVisible(bool(self._settings.recent_tokenizers))

    def _on_file_picked(self, path: str) -> None:
        self._list_files()  # the check mark stays where it was until the file is read
        self.file_requested.emit(path)

    def _place_widgets(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._button)
        label = QLabel("context")
        label.setObjectName("muted")
        row.addWidget(label)
        row.addWidget(self._context)
        row.addWidget(self._rebuild)

    def choose(self, name: str) -> None:
        """Switch to a shipped tokenizer; the text's own characters are always read anew."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if name in self._loaded:
            self._use(self._loaded[name])
            return
        text = str(self._model.text) if name == "characters" else ""
        task = Task(_loading(name, text), f"Loading {title_of(name)}", parent=self)
        task.stepped.connect(self._on_loaded)
        task.failed.connect(self._on_failed)
        self._task = task
        self.task_started.emit(task)
        task.start()

    def _on_loaded(self, batch: list[Tokenizer]) -> None:
        self._use(batch[-1])

    def _on_failed(self, error: BaseException) -> None:
        self._update()
        self.problem.emit(failure("Loading the tokenizer", error))

    def _use(self, tokenizer: Tokenizer) -> None:
        self._keep(tokenizer)
        if tokenizer.name in _SHIPPED:
            self._settings.tokenizer = tokenizer.name
        self._model.set_tokenizer(tokenizer)
        own = self._settings.contexts.get(tokenizer.name)
        if own is not None:
            self._model.set_context(own or None)

    def _keep(self, tokenizer: Tokenizer) -> None:
        if not tokenizer.growing:
            self._loaded[tokenizer.name] = tokenizer

    def _on_kept_changed(self) -> None:
        self._gone.difference_update(self._kept.names)
        self._remember_kept()

    def _on_gone(self, name: str) -> None:
        self._gone.add(name)
        self._remove_gone()

    def _remove_gone(self) -> None:
        in_use = self._model.tokenizer.name
        for action in self._actions.actions():
            if action.data() in self._gone - {in_use}:
                self._loaded.pop(action.data(), None)
                self._gone.discard(action.data())
                self._actions.removeAction(action)
                self.menu.removeAction(action)
                action.deleteLater()

    def _remember_kept(self) -> None:
        """Begin the next start with the trained tokenizer in use."""
        name = self._model.tokenizer.name
        if name in self._kept.names:
            self._settings.tokenizer = name

    def _on_rebuild_clicked(self) -> None:
        self.choose(self._model.tokenizer.name)

    def _on_context_edited(self, value: int) -> None:
        if (value or None) != self._model.context:
            self._settings.contexts[self._model.tokenizer.name] = value
            self._model.set_context(value or None)

    def _update(self) -> None:
        tokenizer = self._model.tokenizer
        self._remove_gone()
        if tokenizer.name != self._name:  # while one is trained, others of its name come and go
            self._name = tokenizer.name
            self._remember_kept()
        path = self._settings.tokenizer
        from_file = os.path.isabs(path) and tokenizer.name == name_of_file(path)
        known = [action.data() for action in self._actions.actions()]
        if tokenizer.name not in known and not from_file:
            self._add_action(tokenizer.name, title_of(tokenizer.name), before=self._files)
        if not from_file:
            self._keep(tokenizer)
        title = title_of(tokenizer.name)
        self._button.setToolTip(f"<qt>The tokenizer: {escape(title)}</qt>")
        # A long name would leave the modes no room in the toolbar.
        short = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, _WIDEST_TITLE)
        short = short.replace("&", "&&")  # one would underline the next letter
        self._button.setText(f"{short}   {tokenizer.n_vocab:,} tokens  ▾")
        self._rebuild.setVisible(tokenizer.growing)
        for action in self._actions.actions():
            action.setChecked(action.data() == tokenizer.name and not from_file)
        self._list_files()
        self._context.setValue(self._model.context or 0)


def _context_box() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, LARGEST_CONTEXT)
    box.setSpecialValueText("no limit")
    box.setGroupSeparatorShown(True)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setKeyboardTracking(False)
    box.setFixedWidth(84)
    box.setToolTip("Tokens in the context window; 0 for no limit")
    return box


def _loading(name: str, text: str) -> Iterator[Tokenizer]:
    tokenizer = load_tokenizer(name, text) if name in _SHIPPED else load_kept(name)
    yield tokenizer.prepare()
