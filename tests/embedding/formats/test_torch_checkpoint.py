"""PyTorch checkpoints: what torch saves, code in a pickle, archives that lie."""

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokviz.embedding.formats import TableFileError
from tokviz.embedding.formats.any_file import open_candidates, open_table

ROWS = np.random.default_rng(0).standard_normal((7, 3)).astype(np.float32)


def test_a_checkpoint_offers_its_matrices(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    rows = torch.from_numpy(ROWS)
    state = {"wte.weight": rows.to(torch.bfloat16), "h.weight": rows[:2].double(), "b": rows[0]}
    torch.save({"state_dict": state, "step": 3}, tmp_path / "model.pt")
    found = open_candidates(tmp_path / "model.pt")
    assert [(c.name, c.dtype) for c in found] == [
        ("state_dict.wte.weight", "BF16"),
        ("state_dict.h.weight", "F64"),
    ]
    expected = rows.to(torch.bfloat16).float().numpy()
    assert (found[0].open().rows == expected).all()


class _Code:
    def __init__(self, proof: str) -> None:
        self._proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self._proof}",)


def test_code_in_a_pickle_never_runs(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    proof = tmp_path / "proof"
    torch.save({"wte.weight": _Code(str(proof))}, tmp_path / "model.pt")
    with pytest.raises(TableFileError, match=r"model\.pt holds more than numbers"):
        open_table(tmp_path / "model.pt")
    assert not proof.exists()


def test_one_number_repeated_for_ever_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"wte.weight": torch.zeros(1, 1).expand(2**20, 2**15)}, tmp_path / "model.pt")
    with pytest.raises(TableFileError, match="more than the file has"):
        open_table(tmp_path / "model.pt")


def test_packed_entries_are_refused_before_torch_sees_them(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/data.pkl", bytes(2**20))
    with pytest.raises(TableFileError, match="packed or overlapping entries"):
        open_table(tmp_path / "model.pt")


def test_a_zip_of_something_else_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("readme", b"hello")
    with pytest.raises(TableFileError, match="no pickle of a model"):
        open_table(tmp_path / "model.pt")


def test_a_checkpoint_cut_short_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(TableFileError, match="cut short"):
        open_table(tmp_path / "model.pt")
