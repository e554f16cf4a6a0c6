"""GGUF tables: every quantisation against the package `gguf`, damage, hostile directories."""

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.embedding.tables import shipped_table
from tokviz.embedding.formats import TableFileError
from tokviz.embedding.formats.gguf import candidates, dequantise_q8_0
from tokviz.gguf_header import GgufHeaderError, read_tensors
from tokviz.resources import resource_path

gguf = pytest.importorskip("gguf")
WHISPER = resource_path("tables/whisper-tiny-en-embedding-gpt2.gguf")


def directory(tensors: list[tuple[str, tuple[int, ...], int, int]], n_tensors: int = -1) -> bytes:
    """A GGUF header without keys; shapes with the columns first, as in the file."""
    count = len(tensors) if n_tensors < 0 else n_tensors
    content = b"GGUF" + struct.pack("<IQQ", 3, count, 0)
    for name, shape, kind, start in tensors:
        content += struct.pack("<Q", len(name)) + name.encode()
        content += struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        content += struct.pack("<IQ", kind, start)
    return content + bytes(-len(content) % 32)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "small.gguf"
    path.write_bytes(content)
    return path


def test_the_shipped_rows_are_those_the_package_decodes() -> None:
    table = shipped_table("gpt2")
    expected = gguf.quants.dequantize(table.stored, gguf.GGMLQuantizationType.Q8_0)
    assert (dequantise_q8_0(table.stored) == expected).all()
    assert (table.rows == expected).all()


@pytest.mark.parametrize("kind", ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q5_1", "Q4_K", "Q6_K"])
def test_each_quantisation_is_decoded_as_the_package_does(tmp_path: Path, kind: str) -> None:
    number = gguf.GGMLQuantizationType[kind]
    n_values, n_bytes = gguf.GGML_QUANT_SIZES[number]
    shape = (3, 512)
    stored = np.random.default_rng(0).integers(
        60, size=(3, 512 // n_values * n_bytes), dtype=np.uint8
    )
    path = written(
        tmp_path, directory([("token_embd.weight", shape[::-1], int(number), 0)]) + stored.tobytes()
    )
    (candidate,) = candidates(path)
    assert (candidate.shape, candidate.dtype, candidate.likely) == (shape, kind, True)
    expected = gguf.quants.dequantize(stored, number)
    assert np.array_equal(candidate.open().rows, expected)


def test_the_input_table_comes_first_and_is_not_tied_to_an_output(tmp_path: Path) -> None:
    rows = np.arange(8, dtype=np.float32)
    tensors = [
        ("blk.0.ffn_up.weight", (4, 8), 0, 0),
        ("output.weight", (4, 2), 0, 0),
        ("token_embd.weight", (4, 2), 0, 32),
        ("output_norm.weight", (4,), 0, 0),
    ]
    path = written(tmp_path, directory(tensors) + bytes(32) + rows.tobytes() + bytes(96))
    found = candidates(path)
    names = ["token_embd.weight", "output.weight", "blk.0.ffn_up.weight"]
    assert [candidate.name for candidate in found] == names
    table = found[0].open()
    assert table.rows.tolist() == rows.reshape(2, 4).tolist()
    assert table.tied is False


def test_only_the_one_matrix_is_read(tmp_path: Path) -> None:
    header = directory([("token_embd.weight", (4, 2), 0, 0), ("x", (2**20, 2**30), 0, 64)])
    table = candidates(written(tmp_path, header + bytes(32)))
    assert [c.name for c in table] == ["token_embd.weight", "x"]
    assert table[0].open().n_rows == 2
    with pytest.raises(TableFileError, match=r"small\.gguf ends at byte .*fetch the file again"):
        table[1].open()


@pytest.mark.parametrize(
    ("tensor", "told"),
    [
        (("token_embd.weight", (33, 2), 8, 0), "33 columns, no multiple of the 32 values"),
        (("token_embd.weight", (32, 0), 8, 0), "has no rows"),
        (("token_embd.weight", (32, 2), 200, 0), "type 200, which cannot be decoded"),
        (("token_embd.weight", (32, 2), 0, 2**62), "ends at byte"),
    ],
)
def test_a_table_that_cannot_be_is_told(
    tmp_path: Path, tensor: tuple[str, tuple[int, int], int, int], told: str
) -> None:
    (candidate,) = candidates(written(tmp_path, directory([tensor]) + bytes(64)))
    with pytest.raises(TableFileError, match=rf"small\.gguf.*{told}"):
        candidate.open()


@pytest.mark.parametrize(
    "content",
    [
        directory([], n_tensors=2**62),
        directory([], n_tensors=90_000),
        directory([("a", (1, 1, 1, 1, 1), 0, 0)]),
        b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", 2**63),
        b"GGUF"
        + struct.pack("<IQQ", 3, 0, 1)
        + struct.pack("<Q", 1)
        + b"k"
        + struct.pack("<IIQ", 9, 8, 2)
        + struct.pack("<Q", 2**63)
        + bytes(64),
        b"GGUF"
        + struct.pack("<IQQ", 3, 0, 1)
        + struct.pack("<Q", 17)
        + b"general.alignment"
        + struct.pack("<II", 4, 0),
        b"GG",
    ],
)
def test_a_hostile_directory_fails_before_it_is_believed(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TableFileError, match=r"small\.gguf"):
        candidates(written(tmp_path, content))


def test_a_header_cut_anywhere_is_told(tmp_path: Path) -> None:
    content = directory([("token_embd.weight", (4, 2), 0, 0)]).rstrip(b"\0") + bytes(12)
    for n_bytes in range(len(content) - 13):
        with pytest.raises(GgufHeaderError):
            read_tensors(written(tmp_path, content[:n_bytes]))


def test_the_shipped_file_cut_short_is_told(tmp_path: Path) -> None:
    cut = written(tmp_path, WHISPER.read_bytes()[:1_000_000])
    with pytest.raises(TableFileError, match="ends at byte 1,000,000"):
        candidates(cut)[0].open()
