"""Proportions: the part of the window's width and height that each docked panel takes.

Qt keeps the docks' sizes in pixels and gives whatever a window gains to its middle, the text. So
the parts are kept, and the sizes follow from them. Hazard: sizes are rounded, and a small window
cuts them short; parts that were measured after each change of size would creep. They are measured
only when the user has dragged what lies between two panels.
"""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from tokviz.gui.window.arrangements import Arrangement

Parts = dict[str, list[float]]
"""Dock → its part of the window's width and of its height."""

Docks = Mapping[str, QDockWidget]


def beginning(arrangement: Arrangement, right_share: float) -> Parts:
    """The parts that a mode begins with, `right_share` for all that is beside the text."""
    rows = arrangement.right
    heights = arrangement.row_shares or (1.0,) * len(rows)
    parts = {
        name: [right_share / len(row), height]
        for row, height in zip(rows, heights, strict=True)
        for name in row
    }
    return parts | {name: [1.0, arrangement.bottom_share] for name in arrangement.bottom}


def measured(window: QMainWindow, docks: Docks) -> Parts:
    """The parts that the docks in view take now."""
    wide, tall = window.width(), window.height()
    return {
        name: [dock.width() / wide, dock.height() / tall]
        for name, dock in docks.items()
        if dock.isVisible()
    }


def take_up(window: QMainWindow, docks: Docks, parts: Parts) -> None:
    """Size the docks in view to their parts of the window as it is now."""
    shown = [name for name in parts if name in docks and not docks[name].isHidden()]
    placed = [docks[name] for name in shown]
    widths = [round(parts[name][0] * window.width()) for name in shown]
    heights = [round(parts[name][1] * window.height()) for name in shown]
    window.resizeDocks(placed, widths, Qt.Orientation.Horizontal)
    window.resizeDocks(placed, heights, Qt.Orientation.Vertical)
