"""Bigram language models in safetensors files, by the names that torch's layers have.

`token_embedding_table.weight`; with an output layer `lm_head.weight`, unless it is tied; and
`token_ids` where only the tokens that occur have rows. The tokenizer stands in a file beside it.
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tokviz.embedding.bigram_table import BigramTable, TableKind
from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.formats.safetensors import candidates, read_header
from tokviz.embedding.table import Float32s, Int64s

TABLE, OUTPUT, IDS = "token_embedding_table.weight", "lm_head.weight", "token_ids"
_FORMAT = "tokviz bigram"
_TYPES = {np.dtype(np.float32): "F32", np.dtype(np.int64): "I64"}


def tokenizer_path(path: Path) -> Path:
    """Where the tokenizer of a language model stands.

    >>> tokenizer_path(Path("out/model.safetensors")).name
    'model.tokenizer.json'
    """
    return path.with_name(path.name.removesuffix(".safetensors") + ".tokenizer.json")


def to_safetensors(table: BigramTable) -> bytes:
    """The content of a file that `safetensors.torch.load_file` reads."""
    tensors: dict[str, npt.NDArray[Any]] = {TABLE: table.rows}
    if table.output is not None:
        tensors[OUTPUT] = table.output
    if table.ids is not None:
        tensors[IDS] = table.ids
    if table.n_updates is not None:
        tensors["n_updates"] = table.n_updates
    header: dict[str, Any] = {
        "__metadata__": {"format": _FORMAT, "kind": table.kind.value, "step": str(table.step)}
    }
    at = 0
    for name, values in tensors.items():
        header[name] = {
            "dtype": _TYPES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [at, at + values.nbytes],
        }
        at += values.nbytes
    written = json.dumps(header).encode("ascii")
    written += b" " * (-len(written) % 8)  # the numbers begin at a multiple of 8
    parts = [np.ascontiguousarray(values).tobytes() for values in tensors.values()]
    return b"".join([struct.pack("<Q", len(written)), written, *parts])


def read_bigram(path: Path, n_vocab: int, tokenizer: str) -> BigramTable:
    """A language model for a tokenizer of that name and `n_vocab` tokens.

    Also reads what others saved by these names. Raises `TableFileError`, `OSError`.
    """
    header = read_header(path)
    found = {candidate.name: candidate for candidate in candidates(path)}
    rows = _rows(found, TABLE)
    if rows is None:
        raise TableFileError(
            f"{path} holds no {TABLE}, so it is no bigram language model; choose another file."
        )
    ids = _integers(path, header, IDS)
    output = _rows(found, OUTPUT)
    kind = _kind(path, rows, output, ids, header)
    _check_shape(path, rows, ids, n_vocab, tokenizer)
    return BigramTable(
        kind,
        rows,
        output if kind is TableKind.FACTORED else None,
        ids,
        _step(header),
        _integers(path, header, "n_updates"),
    )


def _rows(found: dict[str, Candidate], name: str) -> Float32s | None:
    return found[name].open().rows if name in found else None


def _kind(
    path: Path, rows: Float32s, output: Float32s | None, ids: Int64s | None, header: dict[str, Any]
) -> TableKind:
    if output is not None:
        if output.shape != rows.shape:
            raise TableFileError(
                f"{path}: the table is {_shape(rows)} and the output layer {_shape(output)}; both "
                f"must have one shape."
            )
        return TableKind.FACTORED
    said = _said(header, "kind")
    if said == TableKind.TIED.value:
        return TableKind.TIED
    if rows.shape[0] != rows.shape[1]:
        raise TableFileError(
            f"{path}: a table of {_shape(rows)} needs an output layer ({OUTPUT}) to be a language "
            f"model; choose another file."
        )
    return TableKind.FULL if ids is None else TableKind.OCCURRING


def _check_shape(
    path: Path, rows: Float32s, ids: Int64s | None, n_vocab: int, tokenizer: str
) -> None:
    if ids is None and len(rows) != n_vocab:
        raise TableFileError(
            f"{path} has {len(rows):,} rows and the tokenizer {tokenizer} has {n_vocab:,} tokens; "
            f"choose the tokenizer it was trained with."
        )
    if ids is not None and (
        len(ids) != len(rows)
        or not len(ids)
        or int(ids[0]) < 0
        or bool((np.diff(ids) <= 0).any())
        or int(ids[-1]) >= n_vocab
    ):
        highest = int(ids.max()) if len(ids) else -1
        raise TableFileError(
            f"{path} has {len(rows):,} rows for {len(ids):,} tokens up to the id {highest:,}, and "
            f"the tokenizer {tokenizer} has {n_vocab:,}; choose the one it was trained with."
        )


def _integers(path: Path, header: dict[str, Any], name: str) -> Int64s | None:
    """A list of int64, where the file has one of that name."""
    entry = header.get(name)
    if entry is None:
        return None
    shape = entry.get("shape") if isinstance(entry, dict) else None
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    if (
        not isinstance(shape, list)
        or not isinstance(offsets, list)
        or [type(n) for n in (*shape, *offsets)] != [int, int, int]
        or entry.get("dtype") != "I64"
        or offsets[1] - offsets[0] != shape[0] * 8
        or offsets[0] < 0
    ):
        raise TableFileError(f"{path} is damaged: {name!r} is no list of int64; fetch it again.")
    with path.open("rb") as file:
        start = 8 + struct.unpack("<Q", file.read(8))[0]
    values = np.fromfile(path, "<i8", shape[0], offset=start + offsets[0])
    if len(values) != shape[0]:
        raise TableFileError(f"{path} ends within {name!r}; fetch the file again.")
    return values


def _step(header: dict[str, Any]) -> int:
    said = _said(header, "step")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else 0


def _said(header: dict[str, Any], key: str) -> str:
    metadata = header.get("__metadata__")
    return str(metadata.get(key, "")) if isinstance(metadata, dict) else ""


def _shape(rows: Float32s) -> str:
    return f"{rows.shape[0]:,} × {rows.shape[1]:,}"
