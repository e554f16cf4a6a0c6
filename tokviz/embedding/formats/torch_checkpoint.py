"""PyTorch checkpoints (`.bin`, `.pt`, `.pth`): opened by a child process under limits.

A checkpoint is a pickle in a zip. Only zips whose entries are stored as they are get that far, so
that torch maps them instead of unpacking them; see `torch_reader.py` for the child.
"""

import json
import math
import os
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.formats.matrices import (
    FLOATS,
    check_rows,
    is_likely,
    is_matrix,
    sorted_candidates,
)
from tokviz.embedding.table import EmbeddingTable

_MOST_ENTRIES = 100_000
_LARGEST_PICKLE = 2**26
_MEMORY = 4 * 2**30  # addresses, most of which torch's libraries only reserve
_SECONDS = 60
_BYTES_A_SECOND = 20 * 2**20


def candidates(path: Path) -> list[Candidate]:
    """The matrices of a checkpoint, the likeliest first. Raises `TableFileError`, `OSError`."""
    _check_archive(path)
    answer = _ask(path, None)[0]
    found = [entry for entry in answer if isinstance(entry, dict) and _is_usable(entry)]
    return sorted_candidates(
        Candidate(
            entry["name"],
            (entry["shape"][0], entry["shape"][1]),
            entry["dtype"],
            is_likely(entry["name"]),
            partial(_open, path, entry["name"], tuple(entry["shape"]), entry["dtype"]),
        )
        for entry in found
    )


def _is_usable(entry: dict[str, Any]) -> bool:
    known = isinstance(entry.get("name"), str) and entry.get("dtype") in FLOATS
    return known and is_matrix(entry.get("shape"))


def _open(path: Path, name: str, shape: tuple[int, int], dtype: str) -> EmbeddingTable:
    check_rows(path, name, shape)
    numpy_type, decode = FLOATS[dtype]
    n_bytes = math.prod(shape) * np.dtype(numpy_type).itemsize
    # A view that repeats one number can be of any size; honest rows lie in the file.
    if n_bytes > path.stat().st_size:
        raise TableFileError(
            f"{path}: {name} would be {n_bytes:,} bytes, more than the file has; "
            f"save it with .contiguous()."
        )
    _, content = _ask(path, name)
    if len(content) != n_bytes:
        raise TableFileError(f"{path} changed while it was read ({name}); open it again.")
    stored = np.frombuffer(content, numpy_type).reshape(shape)
    return EmbeddingTable(path.name, f"{path}: {name}", stored, shape[1], dtype, None, decode)


def _check_archive(path: Path) -> None:
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise TableFileError(
            f"{path} is no checkpoint in a zip, as torch writes since 1.6, or is cut short "
            f"({error}); save it again with torch.save or as safetensors."
        ) from None
    stored = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not stored or len(entries) > _MOST_ENTRIES or sum(e.file_size for e in entries) > size:
        raise TableFileError(
            f"{path} has packed or overlapping entries, which torch never writes; "
            f"take the file from its source again, or one in safetensors."
        )
    pickles = [entry.file_size for entry in entries if entry.filename.endswith(".pkl")]
    if not pickles or max(pickles) > _LARGEST_PICKLE:
        raise TableFileError(f"{path} holds no pickle of a model; choose another file.")


def _ask(path: Path, name: str | None) -> tuple[list[Any], bytes]:
    """What the child says about the file, and the rows of the matrix `name`."""
    size = path.stat().st_size
    command = [sys.executable, "-m", "tokviz.embedding.formats.torch_reader"]
    arguments = [str(path.resolve()), str(_MEMORY + 3 * size), *([name] if name else [])]
    package_folder = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "PYTHONPATH": package_folder, "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS + size / _BYTES_A_SECOND,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TableFileError(
            f"{path} was not read after {_SECONDS} s and more; save its table as safetensors."
        ) from None
    line, _, rows = done.stdout.partition(b"\n")
    try:
        answer = json.loads(line)
    except ValueError:
        raise TableFileError(
            f"{path} ended the process that read it (status {done.returncode}); "
            f"save its table as safetensors."
        ) from None
    if isinstance(answer, list):
        return answer, rows
    told = str(answer.get("error", "")).rstrip(".") if isinstance(answer, dict) else ""
    if "No module named 'torch'" in told:
        raise TableFileError(
            f"{path} is a PyTorch checkpoint, which the Python package torch reads; "
            f"install it with: pip install torch."
        )
    if "Weights only load failed" in told:
        raise TableFileError(
            f"{path} holds more than numbers, which could run code when it is opened, or is "
            f"damaged; take a file in safetensors."
        )
    raise TableFileError(
        f"{path} cannot be read by torch with weights_only ({told}); take a file in safetensors."
    )
