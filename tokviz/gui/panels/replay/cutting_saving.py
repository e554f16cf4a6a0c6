"""CuttingSaver: saves the attempts or the lattice that is shown, as a table or as a picture."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal

from tokviz.gui.panels.replay.replay_saving import PANEL_PNG, PANEL_SVG, Pictures
from tokviz.gui.widgets.export_button import FileKind
from tokviz.gui.widgets.pictures import png_of, svg_of
from tokviz.gui.widgets.replay.lattice_view import LatticeView
from tokviz.text_files import TextFileError, write_bytes, write_text
from tokviz.tokenization.replay.cut_stretch import CutStretch

CSV, JSON = FileKind("Steps as CSV", "steps.csv"), FileKind("Steps as JSON", "steps.json")
LATTICE_SVG = FileKind("Lattice as SVG", "lattice.svg")
LATTICE_PNG = FileKind("Lattice as PNG", "lattice.png")
ATTEMPTS_KINDS = (CSV, JSON, PANEL_SVG, PANEL_PNG)
LATTICE_KINDS = (CSV, JSON, LATTICE_SVG, LATTICE_PNG, PANEL_SVG, PANEL_PNG)


class CuttingSaver(QObject):
    """`pictures` draws each kind of picture as it is now. What goes wrong is told in a sentence."""

    problem = Signal(object)

    def __init__(self, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def save(self, kind: FileKind, path: str, stretch: CutStretch | None) -> None:
        """Write a file."""
        if stretch is None:
            self.problem.emit("There is no replay to save yet.")
            return
        try:
            if kind in self._pictures:
                write_bytes(path, self._pictures[kind]())
            else:
                rows = list(step_rows(stretch))
                write_text(path, _as_json(rows) if kind == JSON else _as_csv(rows))
        except TextFileError as error:
            self.problem.emit(str(error))


def step_rows(stretch: CutStretch) -> Iterator[dict[str, Any]]:
    """One row for each look into the vocabulary, or for each arc at the place where it ends.

    Characters count in the word as it is looked up. `wins`: the best way to the place ends with
    this arc; `on_path`: the best way through goes over it.
    """
    for number, word in enumerate(stretch.words):
        for step, attempt in enumerate(word.attempts, 1):
            yield {
                "word": number,
                "step": step,
                "start": attempt.start,
                "end": attempt.end,
                "text": word.word[attempt.start : attempt.end],
                "id": attempt.id,
            }
    for number, lattice in enumerate(stretch.lattices):
        path = set(map(id, lattice.best_path))
        for place in range(1, len(lattice.text) + 1):
            for arc in lattice.arcs_to(place):
                yield {
                    "word": number,
                    "step": place,
                    "start": arc.start,
                    "end": arc.end,
                    "text": lattice.text[arc.start : arc.end],
                    "id": arc.id,
                    "score": arc.score,
                    "total": lattice.best[arc.start] + arc.score,
                    "wins": arc is lattice.arcs[lattice.path[place]],
                    "on_path": id(arc) in path,
                }


def lattice_svg(view: LatticeView) -> bytes:
    """The whole lattice, whatever is in view."""
    return svg_of(view.size(), "Lattice", lambda painter: view.paint(painter, view.rect()))


def lattice_png(view: LatticeView) -> bytes:
    """The lattice as it is shown, as a PNG."""
    return png_of(view.grab().toImage())


def _as_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _as_json(rows: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n"
