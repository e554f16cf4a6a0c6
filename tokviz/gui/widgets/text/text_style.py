"""The fonts and the measures of the token text: all distances follow from one size in points.

Rows have one height and one baseline whatever script stands on them, so a row's place is a product
and never a sum over fonts.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF

TEXT_FAMILY = "JetBrains Mono"
TAB_COLUMNS = 4
_SMALL = 0.62  # of the text's size: stand-ins, numbers, the byte ruler
_RULER_GAP = 3  # pixels above and below the byte ruler


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
    text_height: int  # of the row without its byte ruler
    byte_cell: float  # width of a byte on the ruler; 0 without one

    @property
    def strip_top(self) -> int:
        """Top of the byte cells below a character that tokens cut."""
        return self.token_top + self.token_height

    @property
    def strip_height(self) -> int:
        return max(4, self.text_height - self.strip_top)

    @property
    def ruler_top(self) -> int:
        """Top of the byte ruler: of the characters above its cells."""
        return self.text_height + _RULER_GAP

    @property
    def ruler_cells(self) -> float:
        """Top of the ruler's cells."""
        return self.ruler_top + self.ruler_cell_height

    @property
    def ruler_cell_height(self) -> int:
        """Of a cell, and of the character above it."""
        return (self.row_height - self.ruler_top - _RULER_GAP) // 2

    @property
    def foot_height(self) -> int:
        """What shows of a token in its full colour below a character that tokens cut."""
        return max(2, self.token_height // 5)

    @property
    def tail_width(self) -> float:
        """Width of the cell that shows a line break."""
        return round(self.advance * 1.5)


def text_style(
    points: float, marks_shown: bool, mark_color: QColor, *, ruler: bool = False
) -> TextStyle:
    """The style for a zoom; asks the font system, so it needs a QGuiApplication."""
    font = token_font(points)
    metrics = QFontMetricsF(font)
    size = QFontInfo(font).pixelSize()
    text_height = max(4, round(size * 1.85))
    token_height = max(3, round(size * 1.45))
    token_top = (text_height - token_height) // 2
    small_font = token_font(max(1.0, points * _SMALL))
    small = QFontMetricsF(small_font)
    ruler_height = 2 * round(small.height() + 1) + 2 * _RULER_GAP
    slack = (token_height - metrics.ascent() - metrics.descent()) / 2
    return TextStyle(
        font=font,
        small_font=small_font,
        mark_color=mark_color,
        marks_shown=marks_shown,
        fixed_pitch=QFontInfo(font).fixedPitch(),
        advance=metrics.horizontalAdvance("m"),
        row_height=text_height + ruler * ruler_height,
        token_top=token_top,
        token_height=token_height,
        baseline=round(token_top + slack + metrics.ascent()),
        ascent=metrics.ascent(),
        text_height=text_height,
        byte_cell=ruler * (2 * small.horizontalAdvance("0") + 5.0),
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
