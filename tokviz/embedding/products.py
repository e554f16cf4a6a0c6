"""Products of a table's rows with each other, and how wrong they can be.

Where the processor multiplies bfloat16 natively, torch does it in half of the time of float32. A
trial of some milliseconds decides: a processor's list of features promises, a trial shows.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from tokviz.embedding.table import Float32s

_ROUNDING = 2.0**-24
_TRIAL_ROWS = 1024
_TRIAL = 0.2  # seconds
_WORTH_IT = 1.3
_SAMPLED = 64
_MOST_AGAIN = 6  # rows to compare again, for each neighbour


class RowProduct(Protocol):
    """Calling it gives the products of two ranges of rows, float32, the caller's to change.

    `error` bounds how far one is from the true product, for rows of at most unit length.
    """

    error: float

    def __call__(self, left: slice, right: slice) -> Float32s: ...


Product = Callable[[Float32s], RowProduct]


def float32_error(dim: int) -> float:
    """Each of dim products and sums rounds once, and the rows were rounded too."""
    return (dim + 8) * _ROUNDING


class Float32Product:
    """By numpy."""

    def __init__(self, rows: Float32s) -> None:
        self._rows = rows
        self.error = float32_error(rows.shape[1])

    def __call__(self, left: slice, right: slice) -> Float32s:
        found: Float32s = self._rows[left] @ self._rows[right].T
        return found


class Bfloat16Product:
    """By torch. The error is measured: how far the rounded rows are from the true ones."""

    def __init__(self, rows: Float32s) -> None:
        import torch

        self._rows: Any = torch.from_numpy(rows).to(torch.bfloat16)
        furthest = 0.0
        for start in range(0, len(rows), 4096):
            part = slice(start, start + 4096)
            rounded = self._rows[part].to(torch.float32).numpy()
            away = np.square(rounded - rows[part]).sum(axis=1).max()
            furthest = max(furthest, float(np.sqrt(away)))
        sums = float32_error(rows.shape[1])
        self.error = 2 * furthest + furthest**2 + sums + 2.0**-8  # the last rounds the product

    def __call__(self, left: slice, right: slice) -> Float32s:
        found: Float32s = (self._rows[left] @ self._rows[right].T).float().numpy()
        return found


def fastest_product(rows: Float32s, k: int) -> Product:
    """What finds k neighbours a row faster here, by a trial with some of the rows.

    HAZARD: where all rows are much alike, thousands lie within bfloat16's error of the k-th best,
    and comparing them again takes ten times as long as the product saves.
    """
    some = rows[:: max(1, len(rows) // _TRIAL_ROWS)][:_TRIAL_ROWS].copy()
    if len(some) < _TRIAL_ROWS:
        return Float32Product
    try:
        import torch
    except ImportError:
        return Float32Product
    del torch
    exact, rounded = Float32Product(some), Bfloat16Product(some)
    if _seconds(exact) < _WORTH_IT * _seconds(rounded):
        return Float32Product
    sample = some[:: _TRIAL_ROWS // _SAMPLED]
    scores = sample @ rows.T
    floor = np.partition(scores, -k - 1, axis=1)[:, [-k - 1]] - 2 * rounded.error
    crowd = np.count_nonzero(scores >= floor) / len(sample)
    return Bfloat16Product if crowd < _MOST_AGAIN * k else Float32Product


def _seconds(product: RowProduct) -> float:
    """The shortest of the times that fit into `_TRIAL`: where others use the processors, most take
    too long.

    HAZARD: the threads of numpy's products go on asking for work, at full speed, for a tenth of a
    second after the last one, and what torch does meanwhile takes twice as long.
    """
    whole = slice(0, _TRIAL_ROWS)
    taken: list[float] = []
    started = perf_counter()
    while perf_counter() - started < _TRIAL:
        begun = perf_counter()
        product(whole, whole)
        taken.append(perf_counter() - begun)
    return min(taken)
