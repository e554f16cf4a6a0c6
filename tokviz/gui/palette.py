"""The two palettes, light and dark: every colour of the program stands here and nowhere else.

Token colours come in three grey levels with two hues each. Neighbouring tokens always differ in
level (`index % 3`), so they stay apart in grey and for every kind of colour blindness; the tests
measure it. Curves and points use Okabe and Ito's set.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor


@dataclass(frozen=True)
class Palette:
    """Colours by their use on screen, not by their hue."""

    dark: bool
    window: QColor  # behind the panels
    panel: QColor  # behind text and tables
    text: QColor
    muted: QColor  # labels, line numbers
    faint: QColor  # marks for invisible characters, ticks
    line: QColor  # thin lines between things
    accent: QColor
    accent_soft: QColor  # a wash of the accent behind a selected row
    selection: QColor  # selected text, painted over token colours with its own alpha
    attended: QColor  # the tokens a selected token attends to
    densest: QColor  # where most points lie, at the end of a scale from the panel to the accent
    good: QColor
    good_soft: QColor  # a wash of it
    bad: QColor
    token_text: QColor
    token_border: QColor
    tokens: tuple[QColor, ...]
    curves: tuple[QColor, ...]  # Okabe and Ito's, for lines and points
    groups: tuple[QColor, ...]  # the same and more, for points of several kinds
    scale: tuple[QColor, ...]  # from low to high: cividis, without what vanishes in the ground
    unknown: QColor  # a point without a value


def _colors(*names: str) -> tuple[QColor, ...]:
    return tuple(QColor(name) for name in names)


LIGHT = Palette(
    dark=False,
    window=QColor("#f4f5f7"),
    panel=QColor("#ffffff"),
    text=QColor("#16181d"),
    muted=QColor("#6a7180"),
    faint=QColor("#8a919e"),
    line=QColor("#e1e4ea"),
    accent=QColor("#2456d6"),
    accent_soft=QColor("#dce5fa"),
    selection=QColor(36, 86, 214, 70),
    attended=QColor(36, 86, 214, 28),
    densest=QColor("#0b2559"),
    good=QColor("#15803d"),
    good_soft=QColor("#dcf2e3"),
    bad=QColor("#b42318"),
    token_text=QColor("#101216"),
    token_border=QColor(20, 24, 32, 120),
    tokens=_colors("#fdefa9", "#9adbf6", "#93c381", "#c3f6e4", "#ffbcc2", "#b7ace3"),
    curves=_colors("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00"),
    groups=_colors(
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b39200", "#56b4e9", "#333333", "#8c564b"
    ),
    scale=_colors(
        "#00224e",
        "#123570",
        "#3b496c",
        "#575d6d",
        "#707173",
        "#8a8678",
        "#a59c74",
        "#c3b369",
        "#dfc53f",
    ),
    unknown=QColor("#cfd3db"),
)

DARK = Palette(
    dark=True,
    window=QColor("#15171b"),
    panel=QColor("#1d2026"),
    text=QColor("#eceef2"),
    muted=QColor("#8f97a6"),
    faint=QColor("#7a8292"),
    line=QColor("#2e323b"),
    accent=QColor("#7aa2ff"),
    accent_soft=QColor("#2a3347"),
    selection=QColor(122, 162, 255, 90),
    attended=QColor(122, 162, 255, 36),
    densest=QColor("#f2f6ff"),
    good=QColor("#3fb968"),
    good_soft=QColor("#22392b"),
    bad=QColor("#ff7b6b"),
    token_text=QColor("#ffffff"),
    token_border=QColor(255, 255, 255, 110),
    tokens=_colors("#64763c", "#335684", "#622d31", "#187885", "#7a416c", "#1c4328"),
    curves=_colors("#56b4e9", "#e69f00", "#2fbf93", "#cc79a7", "#f0e442"),
    groups=_colors(
        "#56b4e9", "#e69f00", "#2fbf93", "#cc79a7", "#f0e442", "#8aa2ff", "#e8e8e8", "#c49a8c"
    ),
    scale=_colors(
        "#2b4a86",
        "#3f5a86",
        "#575d6d",
        "#707173",
        "#8a8678",
        "#a59c74",
        "#c3b369",
        "#e1cc55",
        "#fee838",
    ),
    unknown=QColor("#3a3f4a"),
)
