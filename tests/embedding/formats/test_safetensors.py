"""Safetensors: against the package, in several files, and with headers that lie."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokviz.embedding.formats import TableFileError
from tokviz.embedding.formats.any_file import open_candidates, open_table
from tokviz.embedding.formats.safetensors import candidates

ROWS = np.random.default_rng(0).standard_normal((6, 5)).astype(np.float32)


def file_bytes(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def written(folder: Path, content: bytes, name: str = "model.safetensors") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def one(shape: list[Any], dtype: Any = "F32", offsets: Any = None) -> dict[str, Any]:
    end = 120 if offsets is None else None
    place = [0, end] if offsets is None else offsets
    return {"wte.weight": {"dtype": dtype, "shape": shape, "data_offsets": place}}


def test_what_the_package_writes_is_read(tmp_path: Path) -> None:
    save = pytest.importorskip("safetensors.numpy").save_file
    path = tmp_path / "model.safetensors"
    save({"b": ROWS[:2], "wte.weight": ROWS, "h": ROWS.astype(np.float16), "n": ROWS[0]}, path)
    found = candidates(path)
    assert [c.name for c in found] == ["wte.weight", "h", "b"]
    assert found[0].likely
    assert not found[1].likely
    assert (found[0].open().rows == ROWS).all()
    assert (found[1].open().rows == ROWS.astype(np.float16)).all()
    assert (found[2].open().rows == ROWS[:2]).all()


def test_bfloat16_is_the_upper_half_of_float32(tmp_path: Path) -> None:
    bits = (ROWS.view(np.uint32) >> 16).astype("<u2")
    path = written(tmp_path, file_bytes(one([6, 5], "BF16", [0, 60]), bits.tobytes()))
    table = candidates(path)[0].open()
    assert table.dtype == "BF16"
    assert (table.rows == (bits.astype(np.uint32) << 16).view(np.float32)).all()
    assert table.rows == pytest.approx(ROWS, rel=2**-7)


def model_in_two_files(folder: Path) -> None:
    entry = {"dtype": "F32", "shape": [6, 5], "data_offsets": [0, 120]}
    first = file_bytes({"__metadata__": {"format": "pt"}, "layer.weight": entry}, bytes(120))
    second = file_bytes({"model.embed_tokens.weight": entry}, ROWS.tobytes())
    written(folder, first, "model-00001-of-00002.safetensors")
    written(folder, second, "model-00002-of-00002.safetensors")
    files = {
        "layer.weight": "model-00001-of-00002.safetensors",
        "model.embed_tokens.weight": "model-00002-of-00002.safetensors",
    }
    index = json.dumps({"weight_map": files}).encode()
    written(folder, index, "model.safetensors.index.json")


@pytest.mark.parametrize(
    "name", ["", "model.safetensors.index.json", "model-00001-of-00002.safetensors"]
)
def test_a_model_in_several_files_is_one(tmp_path: Path, name: str) -> None:
    model_in_two_files(tmp_path)
    found = open_candidates(tmp_path / name)
    assert [c.name for c in found] == ["model.embed_tokens.weight", "layer.weight"]
    assert (found[0].open().rows == ROWS).all()


def test_a_missing_file_matters_only_if_the_table_was_in_it(tmp_path: Path) -> None:
    model_in_two_files(tmp_path)
    (tmp_path / "model-00001-of-00002.safetensors").unlink()
    assert (open_table(tmp_path).rows == ROWS).all()
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(TableFileError, match="put model-00001-of-00002"):
        open_table(tmp_path)


@pytest.mark.parametrize("file", ["../model.safetensors", "/etc/passwd", "a/b", "..", ""])
def test_an_index_never_leads_elsewhere(tmp_path: Path, file: str) -> None:
    index = json.dumps({"weight_map": {"wte.weight": file}}).encode()
    with pytest.raises(TableFileError, match="which is not beside it"):
        candidates(written(tmp_path, index, "model.safetensors.index.json"))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"weight_map": 3}', b'{"weight_map": {"a": 1}}']
)
def test_a_damaged_index_is_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TableFileError, match=r"index\.json"):
        candidates(written(tmp_path, content, "model.safetensors.index.json"))


@pytest.mark.parametrize(("said", "tied"), [(b'{"tie_word_embeddings": true}', True), (b"{", None)])
def test_the_configuration_says_whether_tables_are_tied(
    tmp_path: Path, said: bytes, tied: bool | None
) -> None:
    written(tmp_path, said, "config.json")
    path = written(tmp_path, file_bytes(one([6, 5]), ROWS.tobytes()))
    assert candidates(path)[0].open().tied is tied


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "promise a header of 0 bytes"),
        (b"\x01", "promise"),
        (struct.pack("<Q", 2**60) + b"{}", "promise a header of 1,152,921,504,606,846,976"),
        (struct.pack("<Q", 2**64 - 1) + b"{}", "promise"),
        (file_bytes(b"{nonsense"), "not JSON"),
        (file_bytes(b"[" * 100_000), "nested too deeply"),
        (file_bytes(b"[]"), "no JSON object"),
        (file_bytes({"a": 3}), "'a' is no entry"),
        (file_bytes(one([6, 5])), "ends at byte"),
        (file_bytes(one([6, 5]), bytes(119)), "ends at byte"),
        (file_bytes(one([6, 6]), bytes(120)), "does not fit its shape"),
        (file_bytes(one([2**31 - 1, 2**20])), "does not fit its shape"),
        (file_bytes(one([6, 5], "F32", [-120, 0]), bytes(120)), "does not fit"),
        (file_bytes(one([6, 5], "F32", "0-120"), bytes(120)), "does not fit"),
        (file_bytes(one([0, 5], "F32", [0, 0])), "has no rows"),
        (file_bytes(one([30])), "holds no matrix"),
        (file_bytes(one([6, 5], "I64", [0, 240]), bytes(240)), "holds no matrix"),
        (file_bytes(one([6, -5])), "holds no matrix"),
        (file_bytes(one([True, 5])), "holds no matrix"),
        (file_bytes({}), "holds no matrix"),
    ],
)
def test_a_header_that_lies_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(TableFileError, match=rf"model\.safetensors.*{told}") as caught:
        open_table(written(tmp_path, content))
    assert str(caught.value).endswith(".")


def test_a_huge_header_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 2**33))
        file.truncate(2**34)  # without taking room on the disk
    with pytest.raises(TableFileError, match="save the embedding table in a file of its own"):
        candidates(path)


def test_two_million_names_are_told(tmp_path: Path) -> None:
    header = b'{"a": 1' + b', "b": 1' * 2_000_000 + b"}"
    with pytest.raises(TableFileError, match="'a' is no entry"):
        candidates(written(tmp_path, file_bytes(header)))
