"""Theme: which palette is on, System, Light or Dark, and the look Qt's widgets take from it."""

from enum import Enum

from PySide6.QtCore import QLoggingCategory, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from tokviz.gui.palette import DARK, LIGHT, Palette
from tokviz.gui.widgets.color_mixing import mixed
from tokviz.resources import ResourceError, resource_path

INTERFACE_FAMILY = "Inter"
_FONT_FILES = (
    "fonts/Inter-Regular.otf",
    "fonts/Inter-Medium.otf",
    "fonts/Inter-SemiBold.otf",
    "fonts/JetBrainsMono-Regular.ttf",
    "fonts/JetBrainsMono-Bold.ttf",
)


class ThemeMode(Enum):
    """What the user chose; the value is the name in menus and settings."""

    SYSTEM = "System"
    LIGHT = "Light"
    DARK = "Dark"


class Theme(QObject):
    """The palette in use. Follows the desktop's colour scheme while the mode is `SYSTEM`."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: ThemeMode = ThemeMode.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        _load_fonts()
        app.setStyle("Fusion")
        font = QFont(INTERFACE_FAMILY)
        font.setPointSizeF(10)
        app.setFont(font)
        app.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        self._apply()

    @property
    def mode(self) -> ThemeMode:
        return self._mode

    @property
    def palette(self) -> Palette:
        if self._mode is ThemeMode.SYSTEM:
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._mode is ThemeMode.DARK
        return DARK if dark else LIGHT

    def set_mode(self, mode: ThemeMode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self._apply()

    def _on_color_scheme_changed(self, _scheme: object) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        # Qt's own `setColorScheme` does nothing offscreen and on plain X11, so the palette is ours.
        self._app.setPalette(_qt_palette(self.palette))
        self._app.setStyleSheet(_style_sheet(self.palette))
        self.changed.emit()


def _load_fonts() -> None:
    """A missing font is no reason not to start: the system has others."""
    # Qt tells of each script our fonts leave to the system's, which is what those are for.
    QLoggingCategory.setFilterRules("qt.text.font.db.info=false\nqt.text.font.db.warning=false")
    for file in _FONT_FILES:
        try:
            QFontDatabase.addApplicationFont(str(resource_path(file)))
        except ResourceError:
            return


def _qt_palette(colors: Palette) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.window,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.panel,
        QPalette.ColorRole.AlternateBase: colors.window,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.Button: colors.panel,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.BrightText: colors.bad,
        QPalette.ColorRole.ToolTipBase: colors.panel,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.muted,
        QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.panel,
        QPalette.ColorRole.Link: colors.accent,
        QPalette.ColorRole.Mid: colors.line,
        QPalette.ColorRole.Light: colors.panel,
        QPalette.ColorRole.Dark: colors.line,
        QPalette.ColorRole.Shadow: colors.line,
    }
    for role, color in roles.items():
        palette.setColor(role, color)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colors.faint)
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, colors.faint)
    return palette


# A style sheet takes slashes on every system; a file that is missing leaves the arrow out.
_DOWN = resource_path("icons/down.svg").as_posix()


def _style_sheet(c: Palette) -> str:
    def n(color: QColor) -> str:
        return color.name()

    return f"""
    QMainWindow, QDialog {{ background: {n(c.window)}; }}
    QMainWindow::separator {{ width: 8px; height: 8px; background: {n(c.window)}; }}
    QToolBar {{ background: {n(c.panel)}; border: 0; border-bottom: 1px solid {n(c.line)};
               padding: 6px 8px; spacing: 8px; }}
    QMenuBar {{ background: {n(c.panel)}; }}
    QMenuBar::item {{ padding: 4px 9px; background: transparent; border-radius: 4px; }}
    QMenuBar::item:selected {{ background: {n(c.accent_soft)}; }}
    QMenu {{ background: {n(c.panel)}; border: 1px solid {n(c.line)}; padding: 5px; }}
    QMenu::item {{ padding: 5px 26px 5px 22px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {n(c.accent_soft)}; color: {n(c.text)}; }}
    QMenu::item:disabled {{ color: {n(c.faint)}; }}
    QLabel#menuHeading {{ color: {n(c.muted)}; padding: 7px 8px 3px 8px; }}
    QMenu::separator {{ height: 1px; background: {n(c.line)}; margin: 5px 8px; }}
    QStatusBar {{ background: {n(c.panel)}; border-top: 1px solid {n(c.line)}; }}
    QStatusBar::item {{ border: 0; }}
    QToolTip {{ background: {n(c.panel)}; color: {n(c.text)}; border: 1px solid {n(c.line)};
               padding: 4px 6px; }}
    #panel {{ background: {n(c.panel)}; border: 1px solid {n(c.line)}; border-radius: 6px; }}
    #panelHeader {{ border-bottom: 1px solid {n(c.line)}; }}
    QLabel#onMap {{ color: {n(c.muted)}; background: {n(c.panel)}; border-radius: 4px;
        padding: 1px 5px; }}
    #mapTools QToolButton#switch {{ padding: 2px 5px; }}
    #onMap QToolButton#switch {{ background: {n(c.panel)}; padding: 1px 5px; }}
    #onMap QToolButton#switch:checked {{ background: {n(c.accent_soft)}; }}
    #panelTitle {{ font-weight: 600; }}
    QLabel#trainingClock {{ color: {n(c.good)}; background: {n(c.window)};
        border-radius: 4px; padding: 2px 8px; font-weight: 600; }}
    QLabel#encodingClock {{ color: {n(c.accent)}; background: {n(c.accent_soft)};
        border-radius: 4px; padding: 2px 8px; font-weight: 600; }}
    #muted, QLabel#muted {{ color: {n(c.muted)}; }}
    QToolButton, QPushButton {{ border: 1px solid {n(c.line)}; border-radius: 5px;
        padding: 4px 10px; background: {n(c.panel)}; color: {n(c.text)}; }}
    QFileDialog QToolButton {{ padding: 3px; }}
    QToolButton:hover, QPushButton:hover {{ background: {n(c.window)}; }}
    QToolButton:checked {{ background: {n(c.accent_soft)}; border-color: {n(c.accent)}; }}
    QToolButton:focus, QPushButton:focus {{ border-color: {n(c.accent)}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {n(c.faint)};
        background: {n(c.window)}; }}
    QPushButton:default:enabled {{ background: {n(c.accent)}; color: {n(c.panel)};
        border-color: {n(c.accent)}; }}
    QToolButton#switch {{ border: 0; padding: 2px 7px; color: {n(c.muted)};
        background: transparent; }}
    QToolButton#switch:hover {{ color: {n(c.text)}; background: {n(c.window)}; }}
    QToolButton#switch:checked {{ color: {n(c.accent)}; background: {n(c.accent_soft)}; }}
    QToolButton#switch:disabled {{ color: {n(mixed(c.faint, c.panel, 0.4))}; }}
    QPushButton#chip {{ border: 1px solid {n(c.line)};
        border-radius: 4px; padding: 1px 5px; background: {n(c.window)}; }}
    QPushButton#chip:hover {{ border-color: {n(c.accent)}; background: {n(c.accent_soft)}; }}
    QPushButton#chip:focus {{ border-color: {n(c.accent)}; }}
    QAbstractSpinBox, QLineEdit, QComboBox {{ border: 1px solid {n(c.line)}; border-radius: 5px;
        padding: 3px 6px; background: {n(c.panel)}; color: {n(c.text)};
        selection-background-color: {n(c.accent)}; selection-color: {n(c.panel)}; }}
    QAbstractSpinBox {{ qproperty-alignment: 'AlignRight | AlignVCenter'; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 0;
        subcontrol-origin: border; }}
    QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: 0; padding: 0;
        background: transparent; }}
    QComboBox {{ padding: 3px 2px 3px 5px; }}
    QComboBox:hover {{ border-color: {n(c.faint)}; }}
    QComboBox::drop-down {{ border: 0; width: 18px; subcontrol-origin: border; }}
    QComboBox::down-arrow {{ image: url("{_DOWN}"); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ border: 1px solid {n(c.line)}; padding: 3px; outline: 0;
        background: {n(c.panel)}; color: {n(c.text)};
        selection-background-color: {n(c.accent_soft)}; selection-color: {n(c.text)}; }}
    QAbstractSpinBox:disabled, QLineEdit:disabled, QComboBox:disabled {{ color: {n(c.faint)};
        background: {n(c.window)}; }}
    QAbstractSpinBox:focus, QLineEdit:focus, QComboBox:focus {{ border-color: {n(c.accent)}; }}
    QCheckBox::indicator {{ width: 9px; height: 9px; padding: 2px; border-radius: 3px;
        border: 1px solid {n(c.faint)}; background-clip: content; }}
    QCheckBox::indicator:checked {{ background-color: {n(c.accent)}; }}
    QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {n(c.accent)}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {n(c.line)}; }}
    QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
    QTabBar::tab {{ padding: 6px 12px; color: {n(c.muted)}; background: transparent;
        border: 0; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {n(c.text)}; border-bottom-color: {n(c.accent)}; }}
    QTabBar::tab:hover {{ color: {n(c.text)}; }}
    #modes {{ background: {n(c.window)}; border-radius: 7px; }}
    QToolButton#mode {{ border: 0; padding: 5px 12px; background: transparent;
        color: {n(c.muted)}; }}
    QToolButton#mode:checked {{ background: {n(c.panel)}; color: {n(c.text)};
        font-weight: 600; }}
    QSplitter::handle {{ background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 2px; }}
    QScrollBar::handle {{ background: {n(c.line)}; border-radius: 4px; }}
    QScrollBar::handle:hover {{ background: {n(c.faint)}; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QScrollArea {{ background: transparent; border: 0; }}
    #results {{ background: {n(c.panel)}; border: 1px solid {n(c.line)}; border-radius: 6px;
        padding: 3px; outline: 0; }}
    #results::item {{ height: 26px; padding: 0 8px; border-radius: 4px; color: {n(c.text)}; }}
    #results::item:selected {{ background: {n(c.accent_soft)}; color: {n(c.text)}; }}
    #cardContent {{ background: {n(c.panel)}; }}
    QProgressBar {{ border: 0; border-radius: 3px; background: {n(c.line)}; max-height: 6px;
        min-height: 6px; }}
    QProgressBar::chunk {{ background: {n(c.accent)}; border-radius: 3px; }}
    #notice {{ background: {n(c.accent_soft)}; border-radius: 6px; }}
    #strip {{ background: {n(c.window)}; border: 0; border-bottom: 1px solid {n(c.line)}; }}
    #refused {{ background: {n(c.panel)}; border: 0; border-bottom: 1px solid {n(c.bad)}; }}
    #problem {{ background: {n(c.panel)}; border: 1px solid {n(c.bad)}; border-radius: 6px; }}
    """
