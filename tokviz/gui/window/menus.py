"""The menu bar: every action by name, tied to the part of the window that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton

from tokviz.gui.panels.go_to import KIND
from tokviz.gui.settings import Settings
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.widgets.menu_heading import MenuHeading
from tokviz.gui.widgets.mode_switch import Mode
from tokviz.gui.window.panel_walk import PanelWalk
from tokviz.text_files import shown

if TYPE_CHECKING:
    from tokviz.gui.main_window import MainWindow
    from tokviz.gui.window.help_pages import HelpPages

_Key = QKeySequence.StandardKey


def fill_menu_bar(bar: QMenuBar, window: MainWindow, theme: Theme, settings: Settings) -> None:
    """Add the menus, from File to Help."""
    _fill_file_menu(bar.addMenu("&File"), window, settings)
    _fill_edit_menu(bar.addMenu("&Edit"), window)
    _fill_view_menu(bar.addMenu("&View"), window, theme, settings)
    _fill_tokenizer_menu(bar.addMenu("&Tokenizer"), window)
    _fill_help_menu(bar.addMenu("&Help"), window, theme)


def _fill_file_menu(menu: QMenu, window: MainWindow, settings: Settings) -> None:
    document, tokenizers = window.document, window.tokenizers
    _add(menu, "&New", document.new, _Key.New)
    _add(menu, "&Open text …", document.ask_and_open, _Key.Open)
    recent = menu.addMenu("Open &recent")
    recent.aboutToShow.connect(lambda: _fill_recent(recent, window, settings))
    reload = _add(menu, "Re&load from disk", window.file_watch.reload)
    reload.setEnabled(bool(document.path))
    document.changed.connect(lambda: reload.setEnabled(bool(document.path)))
    menu.addSeparator()
    _add(menu, "Open &tokenizer …", tokenizers.ask_and_open, QKeySequence("Ctrl+Shift+O"))
    _add(menu, "Open tokenizer from a &model's folder …", tokenizers.ask_and_open_folder)
    _add(menu, "Open &embedding table …", lambda: window.table_opening().ask_and_open())
    both = "Open table and tokenizer from a model's &folder …"
    _add(menu, both, lambda: window.table_opening().ask_and_open_folder())
    menu.addSeparator()
    _add(menu, "&Save", document.save, _Key.Save)
    _add(menu, "Save &as …", document.save_as, QKeySequence("Ctrl+Shift+S"))
    export = menu.addMenu("E&xport tokens")
    window.sharing.fill_save_menu(export)
    _set_kind(export, "export tokens")
    _add(menu, "S&plit into files of N tokens …", window.text_area.split)
    menu.addSeparator()
    _add(menu, "&Quit", window.close, QKeySequence("Ctrl+Q"))


def _fill_recent(menu: QMenu, window: MainWindow, settings: Settings) -> None:
    menu.clear()
    for path in settings.recent:
        # An & in a name would underline the letter behind it.
        name = shown(path).replace("&", "&&")
        _add(menu, name, lambda p=path: window.document.open(p))
    if not settings.recent:
        menu.addAction("No files yet").setEnabled(False)


def _fill_edit_menu(menu: QMenu, window: MainWindow) -> None:
    view, text_area = window.text_panel.view, window.text_area
    undo = _add(menu, "&Undo", view.undo, _Key.Undo)
    redo = _add(menu, "&Redo", view.redo, QKeySequence("Ctrl+Shift+Z"))
    menu.addSeparator()
    _add(menu, "Cu&t", view.cut, _Key.Cut)
    _add(menu, "&Copy", view.copy, _Key.Copy)
    _add(menu, "&Paste", view.paste, _Key.Paste)
    copies = menu.addMenu("Copy to&kens as")
    window.sharing.fill_copy_menu(copies)
    _set_kind(copies, "copy tokens")
    _add(menu, "Select &all", view.select_all, _Key.SelectAll)
    menu.addSeparator()
    _add(menu, "&Find …", text_area.open_find_bar, _Key.Find)
    _add(menu, "Find &next", lambda: text_area.find_bar.go(1), _Key.FindNext)
    _add(menu, "Find pre&vious", lambda: text_area.find_bar.go(-1), _Key.FindPrevious)
    _add(menu, "&Go to …", window.go_to.begin, QKeySequence("Ctrl+K"))

    def show_what_can_be_undone() -> None:
        undo.setEnabled(view.can_undo)
        redo.setEnabled(view.can_redo)

    def enable() -> None:
        """A disabled action would swallow its key, which the view answers at any time."""
        undo.setEnabled(True)
        redo.setEnabled(True)

    menu.aboutToShow.connect(show_what_can_be_undone)
    menu.aboutToHide.connect(enable)


def _fill_view_menu(menu: QMenu, window: MainWindow, theme: Theme, settings: Settings) -> None:
    view = window.text_panel.view
    _fill_modes(menu.addMenu("&Mode"), window)
    panels = menu.addMenu("&Panels")
    panels.addActions(window.docks.view_actions())
    _set_kind(panels, "panel")
    _add(menu, "&Reset layout", window.docks.reset)
    walk = PanelWalk([view, *window.docks.docks, window.scrubber, window.toolbar])
    _add(menu, "Ne&xt panel", lambda: walk.go(1), QKeySequence("F6"))
    _add(menu, "Pre&vious panel", lambda: walk.go(-1), QKeySequence("Shift+F6"))
    _add(menu, "&Full screen", window.toggle_full_screen, QKeySequence("F11"))
    menu.addSeparator()
    _add(menu, "Zoom &in", lambda: view.set_zoom(view.zoom + 1), _Key.ZoomIn)
    _add(menu, "Zoom &out", lambda: view.set_zoom(view.zoom - 1), _Key.ZoomOut)
    _add(menu, "Original si&ze", view.reset_zoom, QKeySequence("Ctrl+0"))
    menu.addSeparator()
    for switch in window.text_panel.switches:
        _add_switch(menu, switch)
    same = menu.addAction("Same token, same &colour")
    same.setCheckable(True)
    same.setChecked(settings.same_colors)
    same.toggled.connect(window.text_panel.set_same_colors)
    menu.addSeparator()
    _add(menu, "&Why this boundary?", window.show_boundary, QKeySequence("Ctrl+B"))
    menu.addSeparator()
    _fill_themes(menu.addMenu("&Theme"), theme, settings)


def _fill_modes(menu: QMenu, window: MainWindow) -> None:
    """The keys belong to the buttons; here they are only told."""
    for number, mode in enumerate(Mode, 1):
        _add(menu, f"{mode.value}\tCtrl+{number}", lambda m=mode: window.set_mode(m))
    _set_kind(menu, "mode")


def _fill_themes(menu: QMenu, theme: Theme, settings: Settings) -> None:
    def set_theme(mode: ThemeMode) -> None:
        settings.theme = mode.value
        theme.set_mode(mode)

    group = QActionGroup(menu)
    for mode in ThemeMode:
        action = _add(menu, f"{mode.value} theme", lambda m=mode: set_theme(m))
        action.setCheckable(True)
        action.setChecked(mode is theme.mode)
        group.addAction(action)


def _add_switch(menu: QMenu, switch: QToolButton) -> None:
    """An entry that is on when a button is, and the other way round."""
    action = menu.addAction(switch.text().capitalize())
    action.setCheckable(True)
    action.setChecked(switch.isChecked())
    action.toggled.connect(switch.setChecked)
    switch.toggled.connect(action.setChecked)


def _fill_tokenizer_menu(menu: QMenu, window: MainWindow) -> None:
    def fill() -> None:
        window.chooser.menu.aboutToShow.emit()  # which lists those of files anew
        for action in menu.actions():
            menu.removeAction(action)  # clear() would delete those that both menus show
        menu.addActions(window.chooser.menu.actions())
        for action in menu.actions():
            if action.isCheckable():
                action.setProperty(KIND, "tokenizer")
        menu.addAction(in_text)
        menu.addActions(list(window.special.actions.values()))
        menu.addSeparator()
        menu.addAction(check)

    check = QAction("&Check against tiktoken, tokenizers or sentencepiece", menu)
    check.triggered.connect(window.library_check.check)
    in_text = MenuHeading("Names in the text", menu)
    menu.aboutToShow.connect(fill)
    fill()


def _fill_help_menu(menu: QMenu, window: MainWindow, theme: Theme) -> None:
    def pages() -> HelpPages:
        from tokviz.gui.window.help_pages import HelpPages  # the window opens without them

        return HelpPages(window, theme)

    _add(menu, "&Keys", lambda: pages().show_keys(), _Key.HelpContents)
    _add(menu, "&Guide", lambda: pages().show_guide())
    _add(menu, "&About tokviz", lambda: pages().show_about())


def _set_kind(menu: QMenu, kind: str) -> None:
    """What Ctrl+K calls the entries: their names alone would not tell."""
    for action in menu.actions():
        action.setProperty(KIND, kind)


def _add(
    menu: QMenu,
    text: str,
    call: Callable[..., object],
    keys: QKeySequence | QKeySequence.StandardKey | None = None,
) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: call())
    if keys is not None:
        action.setShortcut(QKeySequence(keys))
    return action
