"""Safetensors files: the header is JSON of known length, the rows lie behind it.

A model in several files has an index that says which file holds which matrix. Read here and not by
the `safetensors` package, whose reader takes 13 s over a header that lists a million names.
Format: https://github.com/huggingface/safetensors#format
"""

import json
import math
import struct
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.formats.matrices import (
    FLOATS,
    is_likely,
    is_matrix,
    is_output,
    open_floats,
    sorted_candidates,
)

INDEX = ".index.json"
_LARGEST_HEADER = 2**24
_LARGEST_JSON = 2**26
_MOST_FILES = 1000
_SIZES = {name: np.dtype(stored).itemsize for name, (stored, _) in FLOATS.items()}


def candidates(path: Path) -> list[Candidate]:
    """The matrices of a file, or of all files of its index, the likeliest first.

    Raises `TableFileError`, `OSError`.
    """
    index = path if path.name.endswith(INDEX) else _index_of(path)
    if index is None:
        entries = {name: (path, entry) for name, entry in _header(path).items()}
    else:
        entries = _indexed(index)
    tied = _tied(path.parent, list(entries))
    found = []
    for name, (file, (dtype, shape, start)) in entries.items():
        own = tied if is_likely(name) else None
        opened = partial(open_floats, file, name, shape, dtype, start, own)
        found.append(Candidate(name, shape, dtype, is_likely(name), opened))
    return sorted_candidates(found)


_Entry = tuple[str, tuple[int, int], int]  # dtype, shape, place in the file


def read_header(path: Path) -> dict[str, Any]:
    """What a file says of its tensors, by name, unchecked. Raises `TableFileError`, `OSError`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        begin = file.read(8)
        length = struct.unpack("<Q", begin)[0] if len(begin) == 8 else 0
        if not 2 <= length <= size - 8:
            raise TableFileError(
                f"{path} is no safetensors file, or cut short: its first 8 bytes promise a header "
                f"of {length:,} bytes and {max(0, size - 8):,} follow; fetch the file again."
            )
        if length > _LARGEST_HEADER:
            raise TableFileError(
                f"{path} has a header of {length:,} bytes, more than the {_LARGEST_HEADER:,} that "
                f"are read here; save the embedding table in a file of its own."
            )
        return _json(file.read(length), path, "header")


def _header(path: Path) -> dict[str, _Entry]:
    """Every matrix of floats in one file."""
    listed, size = read_header(path), path.stat().st_size
    with path.open("rb") as file:
        data_start = 8 + int(struct.unpack("<Q", file.read(8))[0])
    found = {}
    for name, entry in listed.items():
        if name == "__metadata__":
            continue
        if not isinstance(entry, dict):
            raise _damaged(path, name, "is no entry of a tensor")
        if entry.get("dtype") in _SIZES and is_matrix(entry.get("shape")):
            found[name] = _matrix(path, name, entry, data_start, size)
    return found


def _matrix(path: Path, name: str, entry: dict[str, Any], data_start: int, size: int) -> _Entry:
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry.get("data_offsets")
    if (
        not isinstance(offsets, list)
        or len(offsets) != 2
        or not all(isinstance(n, int) and n >= 0 for n in offsets)
        or offsets[1] - offsets[0] != math.prod(shape) * _SIZES[dtype]
    ):
        raise _damaged(path, name, f"lies at {offsets!r}, which does not fit its shape {shape}")
    if data_start + offsets[1] > size:
        raise _damaged(path, name, f"ends at byte {data_start + offsets[1]:,} of {size:,}")
    return dtype, (shape[0], shape[1]), data_start + offsets[0]


def _damaged(path: Path, name: str, what: str) -> TableFileError:
    shown = name if len(name) <= 80 else f"{name[:80]}…"
    return TableFileError(f"{path} is damaged: {shown!r} {what}; fetch the file again.")


def _index_of(path: Path) -> Path | None:
    """The index beside a file that is one of several."""
    stem = path.name.removesuffix(".safetensors")
    base, of, _ = stem.rpartition("-of-")
    if not of:
        return None
    index = path.with_name(f"{base.rpartition('-')[0]}.safetensors{INDEX}")
    return index if index.is_file() else None


def _indexed(index: Path) -> dict[str, tuple[Path, _Entry]]:
    with index.open("rb") as file:
        content = file.read(_LARGEST_JSON + 1)
    if len(content) > _LARGEST_JSON:
        raise TableFileError(f"{index} is larger than any index; open one of the files it names.")
    map_of = _json(content, index, "index").get("weight_map")
    if not isinstance(map_of, dict) or not all(isinstance(f, str) for f in map_of.values()):
        raise TableFileError(f"{index} has no 'weight_map' from names to files; fetch it again.")
    files = sorted(set(map_of.values()))
    if len(files) > _MOST_FILES:
        raise TableFileError(f"{index} names {len(files):,} files; open one of them.")
    found: dict[str, tuple[Path, _Entry]] = {}
    for file_name in files:
        if Path(file_name).name != file_name or file_name in ("", ".", ".."):
            raise TableFileError(
                f"{index} names the file {file_name!r}, which is not beside it; mend the index."
            )
        shard = index.with_name(file_name)
        try:
            entries = _header(shard)
        except FileNotFoundError:  # the table may well be in another one
            continue
        found |= {n: (shard, e) for n, e in entries.items() if map_of.get(n) == file_name}
    if not found:
        raise TableFileError(
            f"{index} names {len(files):,} files and none of them holds a matrix here; "
            f"put {files[0] if files else 'them'} beside it."
        )
    return found


def _tied(folder: Path, names: list[str]) -> bool | None:
    """Whether input and output share the table: the model's configuration says, or its names."""
    try:
        with (folder / "config.json").open("rb") as file:
            config = json.loads(file.read(_LARGEST_HEADER))
        said = config.get("tie_word_embeddings") if isinstance(config, dict) else None
    except (OSError, ValueError, RecursionError):
        said = None
    if isinstance(said, bool):
        return said
    return False if any(is_output(name) for name in names) else None


def _json(content: bytes, path: Path, what: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        told = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise TableFileError(
            f"{path} is damaged: its {what} is not JSON ({told}); fetch the file again."
        ) from None
    if not isinstance(found, dict):
        raise TableFileError(f"{path} is damaged: its {what} is no JSON object; fetch it again.")
    return found
