"""Arrays saved by numpy, and files that only look like them."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokviz.embedding.formats import TableFileError
from tokviz.embedding.formats.any_file import open_candidates, open_table

ROWS = np.random.default_rng(0).standard_normal((7, 3))


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_npy_is_read_as_it_is(tmp_path: Path, dtype: str, order: Any) -> None:
    rows = np.array(ROWS, dtype, order=order)
    np.save(tmp_path / "rows.npy", rows)
    (candidate,) = open_candidates(tmp_path / "rows.npy")
    assert (candidate.name, candidate.shape) == ("rows", (7, 3))
    assert (candidate.open().rows == rows.astype(np.float32)).all()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_npz_offers_its_matrices(tmp_path: Path, save: Any) -> None:
    path = tmp_path / "rows.npz"
    save(path, small=ROWS[:2], embeddings=np.asfortranarray(ROWS), line=ROWS[0])
    found = open_candidates(path)
    assert [c.name for c in found] == ["embeddings", "small"]
    assert (found[0].open().rows == ROWS.astype(np.float32)).all()
    assert (found[1].open().rows == ROWS[:2].astype(np.float32)).all()


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.array([[object()]], object), allow_pickle=True)
    with pytest.raises(TableFileError, match="no matrix of floats"):
        open_table(tmp_path / "rows.npy")


def npy(header: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x93NUMPY", "no array saved by numpy"),
        (npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)"), "no array saved"),
        (npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9)}"), "ends at byte"),
        (npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2**60, 9)}"), "no array saved"),
        (npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 9)}"), "no matrix"),
        (npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9)}"), "no rows"),
        (npy(b"{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1)}" + bytes(8)), "no"),
        (npy(b"[" * 9000), "no array saved"),
    ],
)
def test_a_damaged_npy_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "rows.npy").write_bytes(content)
    with pytest.raises(TableFileError, match=rf"rows\.npy.*{told}"):
        open_table(tmp_path / "rows.npy")


def test_an_npz_cut_anywhere_is_told(tmp_path: Path) -> None:
    whole = io.BytesIO()
    np.savez_compressed(whole, rows=ROWS)
    content = whole.getvalue()
    for n_bytes in range(2, len(content), 7):
        path = tmp_path / "rows.npz"
        path.write_bytes(content[:n_bytes])
        with pytest.raises(TableFileError, match=r"rows\.npz"):
            open_table(path)


def test_a_member_that_promises_more_than_it_has_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rows.npz", "w") as archive:
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000)}\n"
        archive.writestr("rows.npy", npy(header))
    with pytest.raises(TableFileError, match="should have 40,000,000,000 bytes"):
        open_table(tmp_path / "rows.npz")
