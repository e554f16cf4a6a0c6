"""Axes of the user's choosing: each goes from one token to another, such as ` he` to ` she`."""

from collections.abc import Iterator

import numpy as np

from tokviz.embedding.neighbors import Float64s
from tokviz.embedding.projections.layout import Layout, Options, Projection, ProjectionError
from tokviz.embedding.table import EmbeddingTable, Float32s


def along_axis(table: EmbeddingTable, start: int, end: int) -> Float32s:
    """How far each row is along the way from one row (0) to another (1), float32 (n_rows,).

    Raises `ProjectionError`.

    >>> rows = np.array([[0, 0], [2, 0], [1, 5], [4, 0]], np.float32)
    >>> along_axis(EmbeddingTable.of_array("small", rows), 0, 1).tolist()
    [0.0, 1.0, 0.5, 2.0]
    """
    origin, direction = _axis(table, start, end)
    unit = direction / (direction @ direction)
    found = np.zeros(table.n_rows, np.float32)
    for at, block in table.blocks():
        found[at : at + len(block)] = (block - origin.astype(np.float32)) @ unit.astype(np.float32)
    found[table.not_finite] = 0
    return found


def away_from_axis(table: EmbeddingTable, start: int, end: int) -> Float32s:
    """How far each row is from that line, in lengths of the axis: what the axis does not tell."""
    origin, direction = _axis(table, start, end)
    length = direction @ direction
    found = np.zeros(table.n_rows, np.float32)
    for at, block in table.blocks():
        offset = block - origin.astype(np.float32)
        along = offset @ direction.astype(np.float32)
        squares = np.einsum("nd,nd->n", offset, offset) - along**2 / length
        found[at : at + len(block)] = np.sqrt(np.maximum(squares, 0) / length)
    found[table.not_finite] = 0
    return found


def angle_between(table: EmbeddingTable, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Degrees between two axes: at 90 they tell different things. Raises `ProjectionError`."""
    a, b = _axis(table, *one)[1], _axis(table, *other)[1]
    cosine = (a @ b) / np.sqrt((a @ a) * (b @ b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _axis(table: EmbeddingTable, start: int, end: int) -> tuple[Float64s, Float64s]:
    for row in (start, end):
        if not 0 <= row < table.n_rows or row in table.not_finite:
            raise ProjectionError(
                f"{table.name} has no row of finite numbers {row:,}; choose two other tokens."
            )
    origin, goal = table.gather([start, end]).astype(np.float64)
    if not (goal != origin).any():
        raise ProjectionError(
            f"Rows {start:,} and {end:,} of {table.name} are equal; choose two that differ."
        )
    return origin, goal - origin


def _layouts(table: EmbeddingTable, options: Options) -> Iterator[Layout]:
    if not 1 <= len(options.axes) <= 2:
        raise ProjectionError("Choose two tokens, where the axis starts and where it ends.")
    across = along_axis(table, *options.axes[0])
    if len(options.axes) == 1:
        upward = away_from_axis(table, *options.axes[0])
        note = "Upward is the distance from the axis."
    else:
        upward = along_axis(table, *options.axes[1])
        note = f"The two axes are {angle_between(table, *options.axes):.0f}° apart."
    yield Layout(np.stack((across, upward), axis=1), 1.0, note)


PROJECTION = Projection("axes", "Your own axes", _layouts)
