"""Saved language models, read here and by the safetensors package; files that do not fit."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokviz.embedding.bigram_files import read_bigram, to_safetensors
from tokviz.embedding.bigram_table import BigramTable, TableKind
from tokviz.embedding.formats import TableFileError

RANDOM = np.random.default_rng(0)


def numbers(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
    return RANDOM.standard_normal(shape).astype(np.float32)


TABLES = [
    BigramTable(TableKind.FULL, numbers(5, 5), step=12, n_updates=np.arange(5)),
    BigramTable(TableKind.OCCURRING, numbers(3, 3), ids=np.array([0, 2, 4])),
    BigramTable(TableKind.FACTORED, numbers(5, 2), numbers(5, 2)),
    BigramTable(TableKind.TIED, numbers(5, 2)),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind.value)
def test_what_is_saved_is_what_is_read(table: BigramTable, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(to_safetensors(table))
    found = read_bigram(path, 5, "five")
    assert (found.kind, found.step) == (table.kind, table.step)
    for name in ("rows", "output", "ids", "n_updates"):
        one, other = getattr(found, name), getattr(table, name)
        assert (one is None) == (other is None)
        assert one is None or (one == other).all()
    present = np.arange(table.n_rows)
    assert (found.logits(present) == table.logits(present)).all()


def test_torch_opens_it_as_its_own(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    load_file = pytest.importorskip("safetensors.torch").load_file
    path = tmp_path / "model.safetensors"
    path.write_bytes(to_safetensors(TABLES[2]))
    tensors = load_file(path)
    embedding = torch.nn.Embedding(5, 2)
    embedding.load_state_dict({"weight": tensors["token_embedding_table.weight"]})
    logits = embedding(torch.tensor([3])) @ tensors["lm_head.weight"].T
    assert logits.detach().numpy() == pytest.approx(TABLES[2].logits([3]), abs=1e-6)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind.value)
def test_the_example_of_the_guide_reads_every_kind(table: BigramTable, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("safetensors.torch")
    path = tmp_path / "model.safetensors"
    path.write_bytes(to_safetensors(table))
    guide = Path(__file__).resolve().parents[2] / "docs" / "guide.md"
    (example,) = re.findall(r"```python\n(.*?)```", guide.read_text(encoding="utf-8"), re.S)
    assert "model.safetensors" in example
    assert "ids == 5" in example
    named = example.replace("model.safetensors", path.as_posix()).replace("ids == 5", "ids == 4")
    names: dict[str, Any] = {}
    exec(named, names)
    expected = table.logits(table.rows_of([4]))
    assert names["logits"].detach().numpy() == pytest.approx(expected, abs=1e-6)


def test_what_torch_saved_by_these_names_is_read(tmp_path: Path) -> None:
    save_file = pytest.importorskip("safetensors.numpy").save_file
    path = tmp_path / "theirs.safetensors"
    save_file({"token_embedding_table.weight": TABLES[0].rows}, path)
    assert read_bigram(path, 5, "five").kind is TableKind.FULL


def test_a_file_for_another_vocabulary_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(to_safetensors(TABLES[0]))
    with pytest.raises(TableFileError, match="5 rows and the tokenizer bytes has 256 tokens"):
        read_bigram(path, 256, "bytes")
    path.write_bytes(to_safetensors(TABLES[1]))
    with pytest.raises(TableFileError, match="up to the id 4, and the tokenizer four has 4"):
        read_bigram(path, 4, "four")


def test_files_that_are_no_language_model_are_refused(tmp_path: Path) -> None:
    save_file = pytest.importorskip("safetensors.numpy").save_file
    path = tmp_path / "theirs.safetensors"
    save_file({"wte.weight": numbers(5, 2)}, path)
    with pytest.raises(TableFileError, match="no bigram language model"):
        read_bigram(path, 5, "five")
    save_file({"token_embedding_table.weight": numbers(5, 2)}, path)
    with pytest.raises(TableFileError, match="needs an output layer"):
        read_bigram(path, 5, "five")
    save_file(
        {"token_embedding_table.weight": numbers(5, 2), "lm_head.weight": numbers(4, 2)}, path
    )
    with pytest.raises(TableFileError, match="5 × 2 and the output layer 4 × 2"):
        read_bigram(path, 5, "five")


def test_a_header_that_lies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    content = to_safetensors(TABLES[1])
    lie = content.replace(b'"I64", "shape": [3]', b'"I64", "shape": [4]')
    assert lie != content
    path.write_bytes(lie)
    with pytest.raises(TableFileError, match="'token_ids' is no list of int64"):
        read_bigram(path, 5, "five")
    header = json.dumps({"__metadata__": 5}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(TableFileError, match="no bigram language model"):
        read_bigram(path, 5, "five")
