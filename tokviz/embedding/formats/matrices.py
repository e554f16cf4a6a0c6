"""What the table formats share: known names of embedding matrices, number types, reading rows."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.table import Decode, EmbeddingTable, Float32s, as_float32

_IN_MEMORY = 2**28
_MOST_ROWS = 2**31 - 1
_MOST_DIMENSIONS = 2**20

# Input tables first: of two likely matrices the earlier one is proposed.
_NAMES = (
    "token_embd.weight",
    "token_embedding_table.weight",
    "embed_tokens.weight",
    "wte.weight",
    "word_embeddings.weight",
    "tok_embeddings.weight",
    "token_embedding.weight",
    "embed_in.weight",
    "shared.weight",
    "embeddings",
    "embedding.weight",
    "lm_head.weight",
    "embed_out.weight",
    "output.weight",
)
_OUTPUTS = ("lm_head.weight", "embed_out.weight", "output.weight")


def likelihood(name: str) -> int:
    """0 for the surest name of an embedding table, `len` of the known names for none of them.

    >>> likelihood("model.embed_tokens.weight") < likelihood("lm_head.weight")
    True
    """
    for place, known in enumerate(_NAMES):
        if name == known or name.endswith(f".{known}"):
            return place
    return len(_NAMES)


def is_likely(name: str) -> bool:
    """Whether a matrix has a name that embedding tables have."""
    return likelihood(name) < len(_NAMES)


def is_output(name: str) -> bool:
    """Whether a matrix has a name that output layers have."""
    return any(name == known or name.endswith(f".{known}") for known in _OUTPUTS)


def sorted_candidates(found: Iterable[Candidate]) -> list[Candidate]:
    """The likeliest first, then those with the most rows."""
    return sorted(found, key=lambda c: (likelihood(c.name), -c.shape[0], c.name))


def is_matrix(shape: object) -> bool:
    """Whether a shape from a file is that of a matrix that could be held."""
    return (
        isinstance(shape, (list, tuple))
        and len(shape) == 2
        and all(isinstance(n, int) and not isinstance(n, bool) for n in shape)
        and 0 <= shape[0] <= _MOST_ROWS
        and 1 <= shape[1] <= _MOST_DIMENSIONS
    )


def bfloat16_to_float32(stored: npt.NDArray[Any]) -> Float32s:
    """uint16 bit patterns of bfloat16 as float32: the upper half of its bits.

    >>> bfloat16_to_float32(np.array([[0x3F80, 0xC000]], np.uint16)).tolist()
    [[1.0, -2.0]]
    """
    wide = stored.astype(np.uint32)
    wide <<= 16
    return wide.view(np.float32)


# name → (how numpy reads it, how it becomes float32)
FLOATS: dict[str, tuple[str, Decode]] = {
    "F64": ("<f8", as_float32),
    "F32": ("<f4", as_float32),
    "F16": ("<f2", as_float32),
    "BF16": ("<u2", bfloat16_to_float32),
}


def read_rows(path: Path, start: int, shape: tuple[int, int], dtype: str) -> npt.NDArray[Any]:
    """A matrix at byte `start` of a file: copied if small, mapped if large.

    A copy outlives whatever happens to the file. Raises `TableFileError`, `OSError`.
    """
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    size = path.stat().st_size
    if start + n_bytes > size:
        raise TableFileError(
            f"{path} ends at byte {size:,}, inside a matrix that goes from byte {start:,} to "
            f"{start + n_bytes:,}; fetch the file again."
        )
    if n_bytes > _IN_MEMORY:
        return np.memmap(path, dtype, "r", start, shape)
    found = np.fromfile(path, dtype, math.prod(shape), offset=start)
    if found.size != math.prod(shape):
        raise TableFileError(f"{path} became shorter while it was read; open it again.")
    return found.reshape(shape)


def check_rows(path: Path, name: str, shape: tuple[int, int]) -> None:
    """Raises `TableFileError` for a matrix without rows."""
    if shape[0] == 0:
        raise TableFileError(f"{path}: {name} has no rows; choose another matrix.")


def open_floats(
    path: Path, name: str, shape: tuple[int, int], dtype: str, start: int, tied: bool | None
) -> EmbeddingTable:
    """The table of plain floats at byte `start`; `dtype` is a key of `FLOATS`."""
    check_rows(path, name, shape)
    numpy_type, decode = FLOATS[dtype]
    stored = read_rows(path, start, shape, numpy_type)
    return EmbeddingTable(path.name, f"{path}: {name}", stored, shape[1], dtype, tied, decode)
