"""MainWindow: places the panels and ties the menus to them. Does no work itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QLayout,
    QMainWindow,
    QSizePolicy,
    QToolBar,
    QWidget,
)

from tokviz.gui.files.document import Document
from tokviz.gui.files.file_watch import FileWatch
from tokviz.gui.files.kept_tokenizers import KeptTokenizers
from tokviz.gui.files.tokenizer_opening import TokenizerOpening
from tokviz.gui.library_check import LibraryCheck
from tokviz.gui.panels.go_to import GoToField, actions_below
from tokviz.gui.panels.notices_panel import Answer, NoticesPanel
from tokviz.gui.panels.scrubber_panel import ScrubberPanel
from tokviz.gui.panels.status_panel import StatusPanel
from tokviz.gui.panels.tokenizer_chooser import TokenizerChooser
from tokviz.gui.settings import Settings
from tokviz.gui.theme import Theme
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.file_drop import accept_files
from tokviz.gui.widgets.mode_switch import Mode, ModeSwitch
from tokviz.gui.window.arrangements import Shared
from tokviz.gui.window.docks import Docks
from tokviz.gui.window.menus import fill_menu_bar
from tokviz.gui.window.special_choice import SpecialChoice
from tokviz.gui.window.text_area import TextArea
from tokviz.gui.window.text_column import TextColumn
from tokviz.gui.window.token_sharing import TokenSharing
from tokviz.text_files import shown

if TYPE_CHECKING:
    from tokviz.gui.files.table_opening import TableOpening
    from tokviz.gui.panels.inspect.token_card_panel import TokenCardPanel
    from tokviz.gui.panels.map.embedding_panel import EmbeddingPanel
    from tokviz.gui.panels.train.bpe_training_panel import BpeTrainingPanel
    from tokviz.gui.window.replay_area import ReplayArea

_SMALLEST = (640, 440)  # pixels


class MainWindow(QMainWindow):
    """The window. Its parts know the model and not each other; what ties two of them is here."""

    def __init__(self, model: TokenizerModel, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.document = Document(model, settings, self)
        self.file_watch = FileWatch(model, self.document, self)
        self.notices = NoticesPanel()
        self.text_area = TextArea(model, theme, settings)
        self.text_panel = self.text_area.panel
        self.kept = KeptTokenizers(self)
        self.chooser = TokenizerChooser(model, settings, self.kept)
        self.tokenizers = TokenizerOpening(model, settings, self)
        self.status = StatusPanel(model, theme)
        self.library_check = LibraryCheck(model, settings, self)
        self.special = SpecialChoice(model, settings, self)
        self.scrubber = ScrubberPanel(model, theme)
        self.sharing = TokenSharing(model, self.text_panel, self)
        self.modes = ModeSwitch()
        self.go_to = GoToField(model, lambda: actions_below(self.menuBar()))
        self.docks = Docks(self, Shared(model, theme, settings, self.kept))
        self._place_panels()
        fill_menu_bar(self.menuBar(), self, theme, settings)
        self._connect(model)
        self._restore_layout()
        self._update_title()
        self.setAcceptDrops(True)
        self.text_panel.view.setFocus()

    def _place_panels(self) -> None:
        self.toolbar = bar = QToolBar("Toolbar", self)
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.addWidget(self.chooser)
        bar.addWidget(self.modes)
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spring)
        bar.addWidget(self.go_to)
        self.addToolBar(bar)
        column = TextColumn(self.notices, self.text_area, self.scrubber)
        self.docks.reached_below.connect(column.leave_no_gap_below)
        self.setCentralWidget(column)
        self.setStatusBar(self.status)
        # Of itself the layout would make the window larger for each bar, notice or long word that
        # comes, and not smaller again when it goes: here the panels give way instead.
        if (layout := self.layout()) is not None:
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(*_SMALLEST)

    @property
    def card(self) -> TokenCardPanel:
        return cast("TokenCardPanel", self.docks.panel("token"))

    @property
    def replay(self) -> ReplayArea:
        return cast("ReplayArea", self.docks.panel("replay"))

    @property
    def training(self) -> BpeTrainingPanel:
        return cast("BpeTrainingPanel", self.docks.panel("training"))

    # -- what menus and panels ask for -----------------------------------------------------------

    def set_mode(self, mode: Mode) -> None:
        """A mode is an arrangement of the same panels."""
        self._settings.mode = mode.value
        self.modes.set_mode(mode)
        self.docks.set_mode(mode)

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_boundary(self) -> None:
        """Explain the gap at the caret of the text."""
        self.set_mode(Mode.REPLAY)
        self.replay.show_boundary()

    def table_opening(self) -> TableOpening:
        """What opens embedding tables, beside the map that shows them."""
        self.set_mode(Mode.MAP)
        return cast("EmbeddingPanel", self.docks.panel("map")).opening

    def _replay_pre_token(self, char: int) -> None:
        self.set_mode(Mode.REPLAY)
        self.replay.history.show_pre_token(char)

    # -- what ties the parts -------------------------------------------------------------------

    def _connect(self, model: TokenizerModel) -> None:
        panel, document = self.text_panel, self.document
        self.modes.picked.connect(self.set_mode)
        self.go_to.mode_requested.connect(self.set_mode)
        self.go_to.place_requested.connect(self.text_area.show_place)
        self.go_to.left.connect(panel.view.setFocus)
        self.docks.panel_made.connect(self._connect_panel)
        panel.view.boundary_asked.connect(self.show_boundary)
        panel.view.replay_asked.connect(self._replay_pre_token)
        panel.modified_changed.connect(document.set_modified)
        # Queued: a question asked within the drop would hold the program one drags from.
        panel.files_dropped.connect(self.open_files, Qt.ConnectionType.QueuedConnection)
        document.saved.connect(panel.mark_clean)
        document.saved.connect(self.notices.close_problem)  # it told why an earlier try failed
        document.opened.connect(panel.mark_clean)
        if document.is_modified:
            panel.mark_dirty()
        document.changed.connect(self._update_title)
        document.encoding_needed.connect(self._offer_encoding)
        self._connect_file_watch()
        self.library_check.told.connect(self.notices.show_result)
        self.library_check.place_requested.connect(self.text_area.show_place)
        sources = (
            model,
            document,
            self.file_watch,
            self.sharing,
            self.chooser,
            self.tokenizers,
            self.library_check,
            self.text_area.splitting,
        )
        for bar in (
            self.text_area.special_notice,
            self.text_area.strip,
            self.scrubber,
            self.status,
        ):
            bar.problem.connect(self.notices.show_problem)
        for source in sources:
            source.problem.connect(self.notices.show_problem)
            source.task_started.connect(self.notices.show_task)
        self.chooser.file_requested.connect(self.tokenizers.open)
        self.chooser.other_requested.connect(self.tokenizers.ask_and_open)
        self.status.place_requested.connect(self._show_place)

    def _connect_file_watch(self) -> None:
        watch, notices, panel = self.file_watch, self.notices, self.text_panel
        answers = [
            Answer("Reload", "Read the file again; undo brings this text back", watch.reload),
            Answer("Keep mine", "Leave the text as it is here", watch.keep),
        ]
        watch.changed.connect(lambda sentence: notices.show_question(sentence, answers))
        watch.gone.connect(notices.show_result)
        watch.differs.connect(panel.mark_dirty)
        watch.reread.connect(lambda change: panel.view.replace_text(*change))
        for settled in (self.document.saved, self.document.opened):
            settled.connect(notices.close_question)

    def _offer_encoding(self, sentence: str, ask: Callable[[], None]) -> None:
        """A binary file is seldom meant, but it may be a text of some rare encoding."""
        tip = "Say which encoding it has, and see how it reads then"
        answers = [Answer("Choose encoding …", tip, ask), Answer("Leave it", "", lambda: None)]
        self.notices.show_question(sentence, answers)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.file_watch.look()

    def _connect_panel(self, panel: QWidget) -> None:
        """What a docked panel may wish for, each by a signal of that name, if it has one."""
        answers = {
            "problem": self.notices.show_problem,
            "task_started": self.notices.show_task,
            "mode_requested": self.set_mode,
            "tokenizer_requested": self.chooser.choose,
            "text_offered": self._take_text,
            "share_wanted": partial(self.docks.set_right_share, Mode.COMPARE),
        }
        for name, answer in answers.items():
            if (signal := getattr(panel, name, None)) is not None:
                signal.connect(answer)

    def _take_text(self, text: str) -> None:
        """Put a text in place of the whole one; undo brings that back."""
        view = self.text_panel.view
        view.select_all()
        view.insert_text(text)

    def open_files(self, paths: list[str]) -> None:
        """Open the first text, tokenizer and table among files; say which, of several."""
        from tokviz.embedding.formats.any_file import looks_like_table
        from tokviz.tokenization.formats.any_file import looks_like_tokenizer

        tables = [path for path in paths if looks_like_table(Path(path))]
        others = [path for path in paths if path not in tables]
        tokenizers = [path for path in others if looks_like_tokenizer(Path(path))]
        texts = [path for path in others if path not in tokenizers]
        opened = [*tokenizers[:1], *tables[:1], *texts[:1]]
        self.notices.close_problem()  # which told of what was opened before
        if len(paths) > len(opened):
            names = " and ".join(map(shown, opened))
            which = f"{names} is opened" if len(opened) == 1 else f"{names} are opened"
            self.notices.show_problem(f"Of {len(paths):,} files only {which}; drop one at a time.")
        open_table = partial(self._open_table, tables[0]) if tables else None
        if tokenizers:  # first: the rows of a table are held against the tokenizer's ids
            self.tokenizers.open(tokenizers[0], then=open_table)
        elif open_table is not None:
            open_table()
        if texts:
            self.document.open(texts[0])

    def _open_table(self, path: str) -> None:
        self.table_opening().open(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may fall anywhere; panels that know more about them take them before."""
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if files := accept_files(event):
            # A question asked within the drop would hold the program one drags from.
            QTimer.singleShot(0, self, lambda: self.open_files(files))

    def _show_place(self, position: int) -> None:
        self.text_area.show_place(position, position + 1)
        self.text_panel.view.setFocus()

    def _update_title(self) -> None:
        name = self.document.title.replace("[*]", "[*][*]")  # Qt's way to write a plain [*]
        self.setWindowTitle(f"{name}[*] – tokviz")
        self.setWindowModified(self.document.is_modified)

    # -- between starts ------------------------------------------------------------------------

    def _restore_layout(self) -> None:
        self.resize(1280, 820)
        if self._settings.geometry:
            self.restoreGeometry(_from_text(self._settings.geometry))
        self.set_mode(next((m for m in Mode if m.value == self._settings.mode), Mode.INSPECT))

    def remember_layout(self) -> None:
        self._settings.geometry = _to_text(self.saveGeometry())
        self.docks.remember()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.document.may_close():
            event.ignore()
            return
        self.remember_layout()
        event.accept()


def _to_text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _from_text(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "replace")))
