"""A map as a picture without a window, painted by the same view as in the window."""

import os

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from tokviz.gui.panels.map import map_look
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.widgets.map.color_scale import color_groups
from tokviz.gui.widgets.map.scatter_view import ScatterView
from tokviz.gui.widgets.pictures import png_of
from tokviz.point_values import by_leading_space
from tokviz.text_files import write_bytes
from tokviz.token_tables import TokenTable


def save_picture(
    known: TokenTable, points: npt.NDArray[np.float32], path: str, size: tuple[int, int]
) -> None:
    """Write a map as PNG or, if the path ends so, as SVG. Raises `TextFileError`, `OSError`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(["tokviz"])
    assert isinstance(app, QApplication)
    theme = Theme(app, ThemeMode.LIGHT)
    view = ScatterView()
    pixels = QSize(*size)
    view.resize(pixels)
    view.set_palette(theme.palette)
    view.set_points(points)
    view.set_classes(map_look.hollow_rows(known))
    values = by_leading_space(known)
    view.set_colors(color_groups(values.groups, values.names, theme.palette)[0])
    nowhere = np.zeros(known.table.n_rows, np.int64)
    view.set_labels(map_look.labels_of(known), map_look.label_order(known, nowhere))
    if path.lower().endswith(".svg"):
        view.save_svg(path, pixels)
    else:
        write_bytes(path, png_of(view.render(pixels, 1.0)))
    view.deleteLater()
    theme.deleteLater()
