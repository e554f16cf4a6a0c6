"""Which format a file has, and what a folder offers."""

from pathlib import Path

import numpy as np
import pytest

from tokviz.embedding.formats import TableFileError
from tokviz.embedding.formats.any_file import looks_like_table, open_candidates, open_table
from tokviz.resources import resource_path

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_a_folder_offers_the_first_table_file(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(TableFileError, match="holds no table file"):
        open_candidates(tmp_path)
    np.save(tmp_path / "rows.npy", ROWS)
    assert (open_table(tmp_path).rows == ROWS).all()


def test_a_matrix_is_opened_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", a=ROWS, b=ROWS + 1)
    assert open_table(tmp_path / "t.npz", "b").rows[0, 0] == 1
    with pytest.raises(TableFileError, match="no matrix 'c'"):
        open_table(tmp_path / "t.npz", "c")


def test_a_choice_is_never_guessed(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", a=ROWS, b=ROWS)
    with pytest.raises(TableFileError, match="choose one of a, b"):
        open_table(tmp_path / "t.npz")


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hello")
    with pytest.raises(TableFileError, match="no table file known here"):
        open_table(tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / "none")


def test_a_device_is_no_table() -> None:
    with pytest.raises(TableFileError, match="is not a file"):
        open_table(Path("/dev/zero"))


def test_a_shipped_table_is_found_by_its_content() -> None:
    (found,) = open_candidates(resource_path("tables/smollm2-135m-embedding.gguf"))
    assert (found.shape, found.dtype) == ((49152, 576), "Q8_0")


def test_a_table_is_told_from_a_text_and_a_tokenizer(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", ROWS)
    np.savez(tmp_path / "rows.npz", a=ROWS)
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "notes on .safetensors.txt").write_text("none")
    tables = ["rows.npy", "rows.npz"]
    assert [p.name for p in sorted(tmp_path.iterdir()) if looks_like_table(p)] == tables
    assert looks_like_table(resource_path("tables/whisper-tiny-en-embedding-gpt2.gguf"))
    both = resource_path("tables/smollm2-135m-embedding.gguf")
    assert not looks_like_table(both)  # with its tokenizer
    assert not looks_like_table(resource_path("tokenizers/mistral-7b-v1.model"))
    assert not looks_like_table(tmp_path)
    assert not looks_like_table(tmp_path / "none.safetensors")
