"""The fonts and the measures of the token text: all distances follow from one size in points.

Rows have one height and one baseline whatever script stands on them, so a row's place is a product
and never a sum over fonts.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF

TEXT_FAMILY = "JetBrains Mono"
TAB_COLUMNS = 4


@dataclass(frozen=True, eq=False)
class TextStyle:
    """Fonts, marks and distances (pixels) of the text. Another zoom or palette is another style."""

    font: QFont
    small_font: QFont  # stand-ins, line break marks and the numbers in the gutter
    mark_color: QColor
    marks_shown: bool
    fixed_pitch: bool
    advance: float  # width of one Latin character
    row_height: int
    token_top: int  # of a token's rectangle, from the top of its row
    token_height: int
    baseline: int  # from the top of the row
    ascent: float

    @property
    def strip_top(self) -> int:
        """Top of the byte cells below a character that tokens cut."""
        return self.token_top + self.token_height

    @property
    def strip_height(self) -> int:
        return max(4, self.row_height - self.strip_top)

    @property
    def foot_height(self) -> int:
        """What shows of a token in its full colour below a character that tokens cut."""
        return max(2, self.token_height // 5)

    @property
    def tail_width(self) -> float:
        """Width of the cell that shows a line break."""
        return round(self.advance * 1.5)


def text_style(points: float, marks_shown: bool, mark_color: QColor) -> TextStyle:
    """The style for a zoom; asks the font system, so it needs a QGuiApplication."""
    font = token_font(points)
    metrics = QFontMetricsF(font)
    size = QFontInfo(font).pixelSize()
    row_height = max(4, round(size * 1.85))
    token_height = max(3, round(size * 1.45))
    token_top = (row_height - token_height) // 2
    slack = (token_height - metrics.ascent() - metrics.descent()) / 2
    return TextStyle(
        font=font,
        small_font=token_font(max(1.0, points * 0.62)),
        mark_color=mark_color,
        marks_shown=marks_shown,
        fixed_pitch=QFontInfo(font).fixedPitch(),
        advance=metrics.horizontalAdvance("m"),
        row_height=row_height,
        token_top=token_top,
        token_height=token_height,
        baseline=round(token_top + slack + metrics.ascent()),
        ascent=metrics.ascent(),
    )


def token_font(points: float) -> QFont:
    """The face for tokens, in which two characters are never drawn as one."""
    font = QFont(TEXT_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points)
    font.setKerning(False)
    for feature in ("liga", "calt"):  # a ligature would hide the edge between two tokens
        font.setFeature(QFont.Tag(feature), 0)
    return font
