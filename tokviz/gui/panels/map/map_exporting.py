"""MapExporting: saves the map as a picture, its coordinates, or the selected part of them."""

import numpy as np
from PySide6.QtCore import QObject, QSize, Signal

from tokviz.gui.task import Task, failure
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.widgets.export_button import FileKind
from tokviz.gui.widgets.map.scatter_view import ScatterView
from tokviz.gui.widgets.pictures import png_of
from tokviz.map_files import SAVING, parquet_is_possible
from tokviz.text_files import TextFileError, shown, write_bytes

_SCALES = {"Picture (PNG)": 1.0, "Picture, twice as fine (PNG)": 2.0, "Picture, 4 × (PNG)": 4.0}
_SVG = FileKind("Picture (SVG)", "map.svg")
_SELECTION = FileKind("Selected tokens (CSV)", "selection.csv")


def file_kinds() -> list[FileKind]:
    """What can be saved here; parquet only where PyArrow is installed."""
    kinds = [FileKind(words, "map.png") for words in _SCALES]
    kinds += [_SVG, FileKind("Coordinates with ids and tokens (CSV)", "map.csv")]
    kinds += [FileKind("Coordinates with ids (numpy)", "map.npy")]
    if parquet_is_possible():
        kinds.append(FileKind("Coordinates with ids and tokens (parquet)", "map.parquet"))
    return [*kinds, _SELECTION]


class MapExporting(QObject):
    """Writes files whole or not at all; what takes long runs in a task."""

    problem = Signal(object)
    task_started = Signal(object)

    def __init__(self, model: TokenizerModel, view: ScatterView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view

    def save(self, kind: FileKind, path: str) -> None:
        try:
            if kind.suffix == "png":
                image = self._view.render(self._size(), _SCALES[kind.words])
                write_bytes(path, png_of(image))
            elif kind.suffix == "svg":
                self._view.save_svg(path, self._size())
            else:
                self._save_coordinates(kind, path)
        except (TextFileError, OSError) as error:
            self.problem.emit(failure(f"Saving {shown(path)}", error))

    def _size(self) -> QSize:
        return self._view.size()

    def _save_coordinates(self, kind: FileKind, path: str) -> None:
        known, points = self._model.token_table, self._model.points
        if known is None or points is None:
            return
        rows = np.arange(len(points))
        if kind == _SELECTION:
            rows = known.rows_of(self._model.selection.ids)
            if not len(rows):
                self.problem.emit("No token with a row is selected; select some on the map first.")
                return
        work = SAVING[kind.suffix](path, known, points, rows)
        task = Task(work, f"Saving {shown(path)}", parent=self)
        task.failed.connect(lambda error: self.problem.emit(failure("Saving the map", error)))
        self.task_started.emit(task)
        task.start()
