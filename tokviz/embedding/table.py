"""EmbeddingTable: the rows of one matrix, kept as the file stores them and decoded on demand.

A row that holds a NaN or an infinity is handed out as zeros and named in `not_finite`, so that no
sum downstream is spoiled.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]
Int64s = npt.NDArray[np.int64]
Decode = Callable[[npt.NDArray[Any]], Float32s]

_BLOCK_VALUES = 2**22
LARGE = 2**30
"""Bytes of float32 beyond which a table is decoded block by block and never held whole."""


def as_float32(stored: npt.NDArray[Any]) -> Float32s:
    """Rows of any float type as float32; too large for it becomes infinite.

    >>> as_float32(np.array([[0.5, 1e300]])).tolist()
    [[0.5, inf]]
    """
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(stored, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class EmbeddingTable:
    """`stored` has the rows as they are in the file; `decode` makes float32 (rows, dim) of some.

    `name` is what it is called on screen, `source` the file and matrix it comes from, `dtype` how
    the file stores it; `tied`: whether the output layer uses the same rows, `None` when unknown.
    `variant` names what `decode` does beyond decoding, so that caches tell the two apart. Of a
    table that is being learned, `never_updated` tells the rows that are still random and
    `gradient_norms` how hard the last step pulled each of them. `ids` (n_rows,) rising: the tokens
    that the rows belong to, `None` where row n is token n.
    """

    name: str
    source: str
    stored: npt.NDArray[Any]
    dim: int
    dtype: str
    tied: bool | None = None
    decode: Decode = field(default=as_float32, repr=False)
    variant: str = ""
    never_updated: npt.NDArray[np.bool_] | None = field(default=None, repr=False)
    gradient_norms: Float32s | None = field(default=None, repr=False)
    ids: Int64s | None = field(default=None, repr=False)

    @classmethod
    def of_array(cls, name: str, rows: npt.NDArray[Any], source: str = "") -> "EmbeddingTable":
        """The table of an array in memory, which must not change afterwards."""
        return cls(name, source, rows, rows.shape[1], rows.dtype.name)

    @property
    def n_rows(self) -> int:
        return len(self.stored)

    @property
    def is_large(self) -> bool:
        """Whether `rows` would take more memory than a viewer should."""
        return self.n_rows * self.dim * 4 > LARGE

    @cached_property
    def rows(self) -> Float32s:
        """All rows, float32 (n_rows, dim), read-only; decoded at first use and then kept.

        Rows stored as float32 are not copied: a mapped file stays mapped.
        """
        as_they_are = self.stored.dtype == np.float32 and self.stored.flags.c_contiguous
        if self.decode is as_float32 and as_they_are and len(self.not_finite) == 0:
            found: Float32s = self.stored.view()
        else:
            found = np.empty((self.n_rows, self.dim), np.float32)
            for start, block in self._decoded_blocks():
                found[start : start + len(block)] = block
        found.flags.writeable = False
        return found

    def block(self, start: int, stop: int) -> Float32s:
        """Rows `start` to `stop`, not to be written to; decoded unless `rows` are there already."""
        if "rows" in self.__dict__:
            return self.rows[start:stop]
        block = self.decode(self.stored[start:stop])
        known_good = "not_finite" in self.__dict__ and len(self.not_finite) == 0
        return block if known_good else _without_bad_rows(block)

    def blocks(self) -> Iterator[tuple[int, Float32s]]:
        """All rows in blocks of some MB, each with the number of its first row.

        What is not large is decoded once and kept.
        """
        if not self.is_large:
            _ = self.rows
        step = max(1, _BLOCK_VALUES // max(1, self.dim))
        for start in range(0, self.n_rows, step):
            yield start, self.block(start, min(start + step, self.n_rows))

    def gather(self, ids: npt.ArrayLike) -> Float32s:
        """The rows of some ids, float32 (len(ids), dim), a copy."""
        wanted = np.asarray(ids, np.int64)
        if "rows" in self.__dict__:
            return self.rows[wanted]
        return _without_bad_rows(self.decode(self.stored[wanted]))

    @cached_property
    def not_finite(self) -> Int64s:
        """The ids of rows with a NaN or an infinity, rising."""
        bad = [
            start + np.flatnonzero(_bad_rows(block)) for start, block in self._decoded_blocks(True)
        ]
        return np.concatenate([np.zeros(0, np.int64), *bad])

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the stored rows, their type, shape and variant: the key of caches."""
        sums = hashlib.sha256(f"{self.dtype} {self.n_rows} {self.dim} {self.variant}".encode())
        step = max(1, 2**24 // max(1, self.stored[:1].nbytes))
        for start in range(0, self.n_rows, step):
            sums.update(np.ascontiguousarray(self.stored[start : start + step]).data.cast("B"))
        return sums.hexdigest()

    def _decoded_blocks(self, bad: bool = False) -> Iterator[tuple[int, Float32s]]:
        step = max(1, _BLOCK_VALUES // max(1, self.dim))
        for start in range(0, self.n_rows, step):
            block = self.decode(self.stored[start : start + step])
            yield start, block if bad else _without_bad_rows(block)


def _bad_rows(block: Float32s) -> npt.NDArray[np.bool_]:
    """Which rows hold a NaN or an infinity."""
    with np.errstate(over="ignore", invalid="ignore"):
        suspect = ~np.isfinite(block @ np.ones(block.shape[1], np.float32))
    if suspect.any():  # or the sum of finite numbers was too large
        suspect[suspect] = ~np.isfinite(block[suspect]).all(axis=1)
    return suspect


def _without_bad_rows(block: Float32s) -> Float32s:
    bad = _bad_rows(block)
    return np.where(bad[:, None], np.float32(0), block) if bad.any() else block
