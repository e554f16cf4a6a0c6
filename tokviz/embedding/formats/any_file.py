"""Finds the embedding tables of a file or a model's folder; content and name tell the format.

A new format is one file and one line in `_FORMATS`.
"""

import stat
from collections.abc import Callable
from pathlib import Path

from tokviz.embedding.formats import (
    Candidate,
    TableFileError,
    gguf,
    numpy_array,
    safetensors,
    torch_checkpoint,
)
from tokviz.embedding.table import EmbeddingTable

# name, what the content begins with, how the file's name ends, what lists its matrices
_FORMATS: list[tuple[bytes, tuple[str, ...], Callable[[Path], list[Candidate]]]] = [
    (b"GGUF", (), gguf.candidates),
    (b"\x93NUMPY", (), numpy_array.candidates),
    (b"PK", (".npz",), numpy_array.candidates),
    (b"PK", (), torch_checkpoint.candidates),
    (b"", (".safetensors", safetensors.INDEX), safetensors.candidates),
]
_BEGINNING = 1 << 16  # bytes in which a GGUF file with a tokenizer names its kind
_TOKENIZER_IN_GGUF = b"tokenizer.ggml.model"
# In a model's folder, in this order; the first that is there is taken.
_IN_FOLDER = (
    "model.safetensors",
    "model.safetensors.index.json",
    "*.safetensors.index.json",
    "*.safetensors",
    "*.gguf",
    "pytorch_model.bin",
    "*.npy",
    "*.npz",
    "*.pt",
    "*.pth",
)


def open_candidates(path: Path) -> list[Candidate]:
    """The matrices in a file or a model's folder, the likeliest embedding table first.

    Not empty. Raises `TableFileError`, `OSError`.
    """
    file = _file_in(path) if path.is_dir() else path
    if not stat.S_ISREG(file.stat().st_mode):
        raise TableFileError(f"{file} is not a file; name a file with an embedding table.")
    with file.open("rb") as opened:
        start = opened.read(8)
    for magic, endings, candidates in _FORMATS:
        if start.startswith(magic) and (not endings or file.name.endswith(endings)):
            found = candidates(file)
            break
    else:
        raise TableFileError(
            f"{file} is no table file known here; those are .safetensors (or its .index.json), "
            f".gguf, .npy, .npz and PyTorch checkpoints."
        )
    if not found:
        raise TableFileError(f"{file} holds no matrix of floats; choose another file.")
    return found


def looks_like_table(path: Path) -> bool:
    """Whether a file is rather a table than a text or a tokenizer, by its name and beginning."""
    try:
        if not path.is_file():
            return False  # a pipe would be waited for
        with path.open("rb") as opened:
            start = opened.read(_BEGINNING)
    except OSError:
        return False
    if start.startswith(b"GGUF"):
        return _TOKENIZER_IN_GGUF not in start
    if start.startswith(b"PK"):
        return path.name.endswith((".npz", ".pt", ".pth", ".bin"))
    return start.startswith(b"\x93NUMPY") or path.name.endswith((".safetensors", safetensors.INDEX))


def open_table(path: Path, name: str | None = None) -> EmbeddingTable:
    """The matrix `name` of a file, or the likeliest one. Raises `TableFileError`, `OSError`."""
    found = open_candidates(path)
    if name is None:
        if len(found) > 1 and not found[0].likely:
            names = ", ".join(candidate.name for candidate in found[:5])
            raise TableFileError(
                f"{path} holds {len(found):,} matrices and none is named like an embedding table; "
                f"choose one of {names}{', …' if len(found) > 5 else ''}."
            )
        return found[0].open()
    for candidate in found:
        if candidate.name == name:
            return candidate.open()
    raise TableFileError(f"{path} holds no matrix {name!r}; its likeliest is {found[0].name!r}.")


def _file_in(folder: Path) -> Path:
    for pattern in _IN_FOLDER:
        for file in sorted(folder.glob(pattern)):
            if file.is_file():
                return file
    raise TableFileError(
        f"{folder} holds no table file; it needs a model.safetensors, a .gguf or the like."
    )
