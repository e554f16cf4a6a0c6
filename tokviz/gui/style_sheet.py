"""The style sheet: how Qt's widgets, and ours by their object names, look in a palette's colours.

A `$name` is a colour of the palette. Where two rules are as specific, the later one wins.
"""

from string import Template

from PySide6.QtGui import QColor

from tokviz.gui.palette import Palette
from tokviz.gui.widgets.color_mixing import mixed
from tokviz.resources import resource_path

_RULES = Template("""
/* the window, its bars and menus */
QMainWindow, QDialog { background: $window; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QMainWindow::separator { width: 8px; height: 8px; background: $window; }
QToolBar { background: $panel; border: 0; border-bottom: 1px solid $line; padding: 6px 8px;
    spacing: 8px; }
QMenuBar { background: $panel; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $accent_soft; }
QMenu { background: $panel; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 22px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $faint; }
QLabel#menuHeading { color: $muted; padding: 7px 8px 3px 8px; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QStatusBar { background: $panel; border-top: 1px solid $line; }
QStatusBar::item { border: 0; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 6px; }

/* panels and their headers */
#panel { background: $panel; border: 1px solid $line; border-radius: 6px; }
#panelHeader { border-bottom: 1px solid $line; }
QLabel#onMap { color: $muted; background: $panel; border-radius: 4px; padding: 1px 5px; }
#mapTools QToolButton#switch { padding: 1px 4px; }
#onMap QToolButton#switch { background: $panel; padding: 0 4px; }
#onMap QToolButton#switch:checked { background: $accent_soft; }
#panelTitle { font-weight: 600; }
QLabel#trainingClock { color: $good; background: $window; border-radius: 4px; padding: 2px 8px;
    font-weight: 600; }
#muted, QLabel#muted { color: $muted; }

/* buttons */
QToolButton, QPushButton { border: 1px solid $line; border-radius: 5px; padding: 4px 10px;
    background: $panel; color: $text; }
QFileDialog QToolButton { padding: 3px; }
QToolButton:hover, QPushButton:hover { background: $window; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton:focus, QPushButton:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: $window; }
QPushButton:default:enabled { background: $accent; color: $panel; border-color: $accent; }
QPushButton:default:focus { border-color: $text; }
QToolButton#switch { border-color: transparent; padding: 1px 6px; color: $muted;
    background: transparent; }
QToolButton#switch:hover { color: $text; background: $window; }
QToolButton#switch:checked { color: $accent; background: $accent_soft; }
QToolButton#switch:disabled { color: $faintest; }
QToolButton#switch:focus, QToolButton#mode:focus { border-color: $accent; }
QPushButton#chip { border: 1px solid $line; border-radius: 4px; padding: 1px 5px;
    background: $window; }
QPushButton#chip:hover { border-color: $accent; background: $accent_soft; }
QPushButton#chip:focus { border-color: $accent; }

/* fields */
QAbstractSpinBox, QLineEdit, QComboBox { border: 1px solid $line; border-radius: 5px;
    padding: 3px 6px; background: $panel; color: $text; selection-background-color: $accent;
    selection-color: $panel; }
QAbstractSpinBox { qproperty-alignment: 'AlignRight | AlignVCenter'; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: 0;
    subcontrol-origin: border; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: 0; padding: 0; background: transparent; }
QComboBox { padding: 3px 2px 3px 5px; }
QComboBox:hover { border-color: $faint; }
QComboBox::drop-down { border: 0; width: 18px; subcontrol-origin: border; }
QComboBox::down-arrow { image: url("$down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { border: 1px solid $line; padding: 3px; outline: 0; background: $panel;
    color: $text; selection-background-color: $accent_soft; selection-color: $text; }
QDialog QTreeView, QDialog QListView, QDialog QPlainTextEdit, QDialog QTextBrowser {
    border: 1px solid $line; border-radius: 5px; outline: 0; background: $panel; }
QDialog QTreeView::item { padding: 4px 6px; border: 0; color: $text; }
QDialog QTreeView::item:selected { background: $accent_soft; color: $text; }
QDialog QHeaderView::section { border: 0; border-bottom: 1px solid $line; padding: 5px 6px;
    background: $panel; color: $muted; }
QAbstractSpinBox:disabled, QLineEdit:disabled, QComboBox:disabled { color: $faint;
    background: $window; }
QAbstractSpinBox:focus, QLineEdit:focus, QComboBox:focus { border-color: $accent; }
QCheckBox::indicator { width: 9px; height: 9px; padding: 2px; border-radius: 3px;
    border: 1px solid $faint; background-clip: content; }
QCheckBox::indicator:checked { background-color: $accent; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }

/* tabs and modes */
QTabWidget::pane { border: 0; border-top: 1px solid $line; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { padding: 6px 7px; color: $muted; background: transparent; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; background: $accent_soft; }
QTabBar::tab:hover { color: $text; }
QTabBar QToolButton, QTabBar QToolButton:disabled { border: 0; padding: 2px; background: $panel; }
#modes { background: $window; border-radius: 7px; }
QToolButton#mode { border-color: transparent; padding: 4px 11px; background: transparent;
    color: $muted; }
QToolButton#mode:checked { background: $panel; color: $text; font-weight: 600; }

/* splitters and scroll bars */
QSplitter::handle { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $line; border-radius: 4px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: 1px solid transparent; }
QScrollArea:focus { border-color: $accent; }

/* lists, cards and progress */
#results { background: $panel; border: 1px solid $line; border-radius: 6px; padding: 3px;
    outline: 0; }
#results::item { height: 26px; padding: 0 8px; border-radius: 4px; color: $text; }
#results::item:selected { background: $accent_soft; color: $text; }
#cardContent { background: $panel; }
QProgressBar { border: 0; border-radius: 3px; background: $line; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

/* notices */
#notice { background: $accent_soft; border-radius: 6px; }
#findBar, #windowsBar { border: 0; border-top: 1px solid $line; }
#strip { background: $window; border: 0; border-top: 1px solid $line; }
#refused { background: $panel; border: 0; border-top: 1px solid $bad; }
#problem { background: $panel; border: 1px solid $bad; border-radius: 6px; }
""")


def style_sheet(palette: Palette) -> str:
    """The rules with the colours of a palette."""
    colors = {name: c.name() for name, c in vars(palette).items() if isinstance(c, QColor)}
    faintest = mixed(palette.faint, palette.panel, 0.4).name()
    # A style sheet takes slashes on every system; a file that is missing leaves the arrow out.
    down = resource_path("icons/down.svg").as_posix()
    return _RULES.substitute(colors, faintest=faintest, down=down)
