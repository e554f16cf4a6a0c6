"""The points of a map as files: CSV with ids and tokens, numpy's npy, and parquet with PyArrow."""

import csv
import importlib.util
import io
import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tokviz.text_files import write_bytes, write_text
from tokviz.token_tables import TokenTable
from tokviz.tokenization.vocabulary.visible_text import visible

COLUMNS = ("id", "token", "bytes", "x", "y")
_AT_A_TIME = 2000  # rows between two chances to cancel

Rows = npt.NDArray[np.int64]
Points = npt.NDArray[np.float32]


def parquet_is_possible() -> bool:
    """Whether PyArrow is installed; nothing else here needs it."""
    return importlib.util.find_spec("pyarrow") is not None


def point_rows(
    known: TokenTable, points: Points, rows: Rows
) -> Iterator[tuple[int, str, str, float, float]]:
    """Id, visible token, bytes in hex and place of some rows; no token: empty, no place: NaN."""
    for row, (x, y) in zip(rows.tolist(), _places(known, points, rows).tolist(), strict=True):
        data = known.vocab[row]
        token, written = ("", "") if data is None else (visible(data), data.hex())
        yield known.id_of(row), token, written, x, y


def _places(known: TokenTable, points: Points, rows: Rows) -> Points:
    """(len(rows), 2) float32; NaN for rows that hold a NaN or an infinity, drawn at the origin."""
    places = points[rows]
    places[np.isin(rows, known.table.not_finite)] = np.nan
    return places


def saving_csv(path: str, known: TokenTable, points: Points, rows: Rows) -> Iterator[int]:
    """Write some points with a line of headings; yields the rows made. Raises `TextFileError`."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(COLUMNS)
    for n_made, (*named, x, y) in enumerate(point_rows(known, points, rows), start=1):
        writer.writerow([*named, *("" if math.isnan(place) else place for place in (x, y))])
        if n_made % _AT_A_TIME == 0:
            yield n_made
    write_text(path, content.getvalue())
    yield len(rows)


def saving_npy(path: str, known: TokenTable, points: Points, rows: Rows) -> Iterator[int]:
    """Write a structured array of id, x and y. Raises `TextFileError`."""
    stored = np.empty(len(rows), [("id", "<i8"), ("x", "<f4"), ("y", "<f4")])
    stored["id"] = known.ids_of(rows)
    stored["x"], stored["y"] = _places(known, points, rows).T
    content = io.BytesIO()
    np.save(content, stored, allow_pickle=False)
    write_bytes(path, content.getvalue())
    yield len(rows)


def saving_parquet(path: str, known: TokenTable, points: Points, rows: Rows) -> Iterator[int]:
    """Write the columns of the CSV file, the bytes as such. Raises `TextFileError`."""
    import pyarrow
    import pyarrow.parquet

    made = list(point_rows(known, points, rows))
    places = _places(known, points, rows)
    yield len(made)
    columns = {
        "id": known.ids_of(rows),
        "token": [row[1] for row in made],
        "bytes": [bytes.fromhex(row[2]) for row in made],
        "x": places[:, 0],
        "y": places[:, 1],
    }
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), content)
    write_bytes(path, content.getvalue())
    yield len(rows)


SAVING = {"csv": saving_csv, "npy": saving_npy, "parquet": saving_parquet}
