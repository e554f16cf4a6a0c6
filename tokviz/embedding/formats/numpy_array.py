"""Tables saved by numpy: `.npy`, and the members of an `.npz`. Never unpickled.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import zipfile
import zlib
from functools import partial
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.formats.matrices import (
    check_rows,
    is_likely,
    is_matrix,
    read_rows,
    sorted_candidates,
)
from tokviz.embedding.table import EmbeddingTable

_LARGEST_HEADER = 10_000
_LARGEST_MEMBER = 2**32
_MOST_MEMBERS = 10_000
_NOT_A_HEADER = (
    ValueError,
    SyntaxError,
    TypeError,
    RecursionError,
    MemoryError,
    EOFError,
    TokenError,  # of numpy's second try, with headers as Python 2 wrote them
)
_Header = tuple[tuple[int, ...], bool, "np.dtype[Any]"]


def candidates(path: Path) -> list[Candidate]:
    """The matrix of an `.npy`, or those of an `.npz`. Raises `TableFileError`, `OSError`."""
    with path.open("rb") as file:
        start = file.read(6)
    return _members(path) if start.startswith(b"PK") else _single(path)


def _single(path: Path) -> list[Candidate]:
    with path.open("rb") as file:
        header = _header(file, str(path))
        start = file.tell()
    return _candidate(path.stem, header, partial(_open_file, path, header, start))


def _members(path: Path) -> list[Candidate]:
    found: list[Candidate] = []
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > _MOST_MEMBERS:
                raise TableFileError(f"{path} has more than {_MOST_MEMBERS:,} members; split it.")
            for info in archive.infolist():
                if not info.filename.endswith(".npy"):
                    continue
                with archive.open(info) as file:
                    header = _header(file, f"{path}: {info.filename}")
                name = info.filename.removesuffix(".npy")
                found += _candidate(name, header, partial(_open_member, path, info, header))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise TableFileError(f"{path} is a damaged .npz: {error}; save it again.") from None
    return sorted_candidates(found)


def _candidate(name: str, header: _Header, opened: Any) -> list[Candidate]:
    shape, _, dtype = header
    if dtype.kind != "f" or dtype.itemsize > 8 or not is_matrix(shape):
        return []
    return [Candidate(name, (shape[0], shape[1]), dtype.name, is_likely(name), opened)]


def _header(file: IO[bytes], place: str) -> _Header:
    """Shape, whether columns come first, and type. Nothing but the header is read."""
    try:
        version = npy.read_magic(file)
        if version == (1, 0):
            return npy.read_array_header_1_0(file, max_header_size=_LARGEST_HEADER)
        return npy.read_array_header_2_0(file, max_header_size=_LARGEST_HEADER)
    except zipfile.BadZipFile:
        raise
    except _NOT_A_HEADER as error:
        told = str(error).partition("\n")[0].rstrip(".")
        raise TableFileError(
            f"{place} is no array saved by numpy: {told}; save it again."
        ) from None


def _open_file(path: Path, header: _Header, start: int) -> EmbeddingTable:
    shape, columns_first, dtype = header
    check_rows(path, path.stem, (shape[0], shape[1]))
    as_stored = (shape[1], shape[0]) if columns_first else (shape[0], shape[1])
    stored = read_rows(path, start, as_stored, dtype.str)
    rows = stored.T if columns_first else stored
    return EmbeddingTable(path.name, str(path), rows, shape[1], dtype.name)


def _open_member(path: Path, info: zipfile.ZipInfo, header: _Header) -> EmbeddingTable:
    shape, columns_first, dtype = header
    check_rows(path, info.filename, (shape[0], shape[1]))
    n_values = shape[0] * shape[1]
    n_bytes = n_values * dtype.itemsize
    if n_bytes > min(info.file_size, _LARGEST_MEMBER):
        raise TableFileError(
            f"{path}: {info.filename} should have {n_bytes:,} bytes of rows and has "
            f"{info.file_size:,}, of which {_LARGEST_MEMBER:,} are read; save it as .npy."
        )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(info) as file:
            _header(file, f"{path}: {info.filename}")
            content = file.read(n_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise TableFileError(f"{path} is a damaged .npz: {error}; save it again.") from None
    if len(content) != n_bytes:
        raise TableFileError(f"{path}: {info.filename} is cut short; save it again.")
    values: npt.NDArray[Any] = np.frombuffer(content, dtype)
    rows = values.reshape(shape[::-1]).T if columns_first else values.reshape(shape)
    return EmbeddingTable(path.name, f"{path}: {info.filename}", rows, shape[1], dtype.name)
