"""The matrices of a GGUF file. Q8_0 and plain floats are decoded here, the rest by `gguf`.

Format and quantisations: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, ggml-common.h.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.formats.matrices import (
    check_rows,
    is_likely,
    is_matrix,
    is_output,
    open_floats,
    read_rows,
    sorted_candidates,
)
from tokviz.embedding.table import Decode, EmbeddingTable, Float32s
from tokviz.gguf_header import GgufHeaderError, GgufTensor, read_tensors

_FLOAT_KINDS = {0: "F32", 1: "F16", 28: "F64", 30: "BF16"}
_INTEGER_KINDS = (24, 25, 26, 27)
_Q8_0 = 8
_Q8_0_VALUES, _Q8_0_BYTES = 32, 34


def candidates(path: Path) -> list[Candidate]:
    """The matrices of a GGUF file, the likeliest first. Raises `TableFileError`, `OSError`."""
    try:
        _, tensors = read_tensors(path)
    except GgufHeaderError as error:
        raise TableFileError(f"{str(error).removesuffix('.')}; fetch the file again.") from None
    tied = not any(is_output(tensor.name) for tensor in tensors)  # its convention
    return sorted_candidates(
        Candidate(
            tensor.name,
            (tensor.shape[0], tensor.shape[1]),
            _kind_name(tensor.kind),
            is_likely(tensor.name),
            partial(_open, path, tensor, tied),
        )
        for tensor in tensors
        if is_matrix(tensor.shape) and tensor.kind not in _INTEGER_KINDS
    )


def _kind_name(kind: int) -> str:
    if kind in _FLOAT_KINDS:
        return _FLOAT_KINDS[kind]
    if kind == _Q8_0:
        return "Q8_0"
    try:
        from gguf.constants import GGMLQuantizationType
    except ImportError:
        return f"type {kind}"
    try:
        return str(GGMLQuantizationType(kind).name)
    except ValueError:
        return f"type {kind}"


def _open(path: Path, tensor: GgufTensor, tied: bool) -> EmbeddingTable:
    n_rows, dim = tensor.shape
    own_tied = tied if is_likely(tensor.name) and not is_output(tensor.name) else None
    if tensor.kind in _FLOAT_KINDS:
        dtype = _FLOAT_KINDS[tensor.kind]
        return open_floats(path, tensor.name, (n_rows, dim), dtype, tensor.start, own_tied)
    check_rows(path, tensor.name, (n_rows, dim))
    n_values, n_bytes, decode = _quantisation(path, tensor)
    if dim % n_values:
        raise TableFileError(
            f"{path}: {tensor.name} has {dim} columns, no multiple of the {n_values} values that "
            f"{_kind_name(tensor.kind)} packs together; fetch the file again."
        )
    stored = read_rows(path, tensor.start, (n_rows, dim // n_values * n_bytes), "u1")
    name = _kind_name(tensor.kind)
    source = f"{path}: {tensor.name}"
    return EmbeddingTable(path.name, source, stored, dim, name, own_tied, decode)


def dequantise_q8_0(stored: npt.NDArray[Any]) -> Float32s:
    """Blocks of a float16 scale and 32 signed bytes: uint8 (n, dim / 32 * 34) to (n, dim)."""
    n_rows, n_bytes = stored.shape
    blocks = np.ascontiguousarray(stored).reshape(n_rows, n_bytes // _Q8_0_BYTES, _Q8_0_BYTES)
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    values = blocks[..., 2:].view(np.int8).astype(np.float32)
    values *= scales
    return values.reshape(n_rows, -1)


def _quantisation(path: Path, tensor: GgufTensor) -> tuple[int, int, Decode]:
    """Values and bytes of a block, and what decodes rows of them."""
    if tensor.kind == _Q8_0:
        return _Q8_0_VALUES, _Q8_0_BYTES, dequantise_q8_0
    try:
        from gguf import quants
        from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
    except ImportError:
        raise TableFileError(
            f"{path}: {tensor.name} is quantised as ggml's type {tensor.kind}, which the Python "
            f"package gguf decodes; install it with: pip install gguf."
        ) from None
    try:
        kind = GGMLQuantizationType(tensor.kind)
        n_values, n_bytes = GGML_QUANT_SIZES[kind]
        quants.dequantize(np.zeros((1, n_bytes), np.uint8), kind)
    except (ValueError, KeyError, NotImplementedError):
        raise TableFileError(
            f"{path}: {tensor.name} is quantised as {_kind_name(tensor.kind)}, which cannot be "
            f"decoded here; take a file with Q8_0, F16 or BF16 embeddings."
        ) from None

    def decode(stored: npt.NDArray[Any]) -> Float32s:
        with np.errstate(all="ignore"):  # a damaged scale becomes a row that is not finite
            rows: Float32s = quants.dequantize(np.ascontiguousarray(stored), kind)
        return rows

    return n_values, n_bytes, decode
