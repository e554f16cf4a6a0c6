"""The cache on disk: whole or not there, bounded, and checked when it is read."""

import os
from pathlib import Path

import numpy as np
import pytest

from tokviz.embedding.layout_cache import LayoutCache, cache_folder


def test_what_was_stored_is_read_back(tmp_path: Path) -> None:
    cache = LayoutCache(tmp_path / "maps")
    points = np.arange(6, dtype=np.float32).reshape(3, 2)
    cache.store({"points": points, "note": np.array("Iteration 5")}, "layout", "abc", 1)
    found = LayoutCache(tmp_path / "maps").load("layout", "abc", 1)
    assert found is not None
    assert found["points"].tobytes() == points.tobytes()
    assert str(found["note"]) == "Iteration 5"
    assert cache.load("layout", "abc", 2) is None


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-5], lambda b: b[:40] + b"x" + b[41:], lambda b: b""]
)
def test_a_damaged_entry_is_not_there_and_is_taken_away(tmp_path: Path, damage: object) -> None:
    cache = LayoutCache(tmp_path)
    cache.store({"points": np.zeros((4, 2))}, "key")
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert cache.load("key") is None
    assert not file.exists()


def test_the_ones_not_read_for_longest_make_room(tmp_path: Path) -> None:
    cache = LayoutCache(tmp_path, most_bytes=3 * 9000)
    for number in range(3):
        cache.store({"points": np.zeros(1000)}, number)
        for age, path in enumerate(tmp_path.iterdir()):
            os.utime(path, ns=(age, age)) if path.stat().st_mtime_ns > 10**12 else None
    assert cache.load(0) is not None  # read now: the newest
    cache.store({"points": np.zeros(1000)}, 3)
    assert [cache.load(number) is not None for number in (0, 3)] == [True, True]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3 * 9000


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = LayoutCache(tmp_path / "file")
    cache.store({"points": np.zeros(3)}, "key")
    assert cache.load("key") is None


def test_no_half_written_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr("os.replace", refuse)
    LayoutCache(tmp_path).store({"points": np.zeros(3)}, "key")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_the_desktops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/some/where")
    assert cache_folder() == Path("/some/where/tokviz/maps")
