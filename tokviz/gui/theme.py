"""Theme: which palette is on, System, Light or Dark, and the look Qt's widgets take from it."""

from enum import Enum

from PySide6.QtCore import QLoggingCategory, QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from tokviz.gui.palette import DARK, LIGHT, Palette
from tokviz.gui.style_sheet import style_sheet
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
        self._app.setStyleSheet(style_sheet(self.palette))
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
