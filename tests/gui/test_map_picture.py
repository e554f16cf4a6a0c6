"""`tokviz map`: pictures and coordinates, the same for the same seed, and its faults."""

import csv
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from tests.gui.mapping import NewModel, letters_table, open_panel, settled
from tokviz.command_line import main
from tokviz.embedding import map_maker
from tokviz.embedding.projections.layout import Options
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import bytes_tokenizer

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    np.save(tmp_path / "rows.npy", letters_table().rows)
    return str(tmp_path / "rows.npy")


def draw(table: str, path: Path, *more: str) -> int:
    return main(["map", "--tokenizer", "bytes", "--table", table, "-o", str(path), *more])


def test_coordinates_have_a_line_a_row(table: str, tmp_path: Path) -> None:
    assert draw(table, tmp_path / "map.csv") == 0
    with (tmp_path / "map.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["id", "token", "bytes", "x", "y"]
    assert rows[11][:3] == ["10", "↵", "0a"]
    assert len(rows) == 257


def test_a_row_that_is_not_finite_has_no_place(table: str, tmp_path: Path) -> None:
    rows = np.load(table)
    rows[10, 0] = np.nan
    np.save(table, rows)
    assert draw(table, tmp_path / "map.csv") == 0
    lines = (tmp_path / "map.csv").read_text(encoding="utf-8").splitlines()
    assert lines[11] == "10,↵,0a,,"
    assert all(float(number) for number in lines[12].split(",")[3:])


def test_numbers_too_large_for_a_map_are_told(
    table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(table, np.load(table) * np.float32(1e37))
    assert draw(table, tmp_path / "map.csv") != 0
    told = capsys.readouterr().err
    assert "so large that their squares are none" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("projection", "suffix"), [("pca", "png"), ("pca", "svg"), ("tsne", "csv")]
)
def test_the_same_seed_gives_the_same_file(
    qtbot: QtBot,
    table: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    projection: str,
    suffix: str,
) -> None:
    if projection == "tsne":
        monkeypatch.setattr(map_maker, "Options", partial(Options, most_iterations=20))
    paths = [tmp_path / f"{number}.{suffix}" for number in (1, 2)]
    for path in paths:
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        assert draw(table, path, "--projection", projection, "--seed", "3") == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_picture_has_the_windows_pixels(
    qtbot: QtBot, new_model: NewModel, table: str, tmp_path: Path
) -> None:
    assert draw(table, tmp_path / "map.png", "--size", "500x300") == 0
    model: TokenizerModel = new_model(bytes_tokenizer())
    model.set_table(letters_table())
    panel = open_panel(qtbot, model)
    settled(qtbot, panel)
    qtbot.waitUntil(lambda: panel.coloring.values is not None)
    panel.area.view.fit()
    panel.area.view.resize(500, 300)
    panel.area.view.fit()
    image = panel.area.view.render(QSize(500, 300))
    assert image.save(str(tmp_path / "window.png"))
    assert (tmp_path / "window.png").read_bytes() == (tmp_path / "map.png").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "map.gif", "--tokenizer", "bytes"], "no .png, .svg or .csv file"),
        (["-o", "no/map.png"], "no/map.png cannot be written: its folder is not there"),
        (["-o", "map.png", "--size", "0x9"], "--size 0x9 is no size of a picture"),
        (["-o", "map.csv", "--seed", "-1"], "--seed -1 is no seed"),
        (["-o", "map.csv", "--tokenizer", "bytes"], "no shipped table for bytes"),
        (["-o", "map.csv", "--tokenizer", "bytes", "--table", "nothing.npy"], "cannot be read"),
    ],
)
def test_every_fault_has_a_sentence(capsys: Capture, arguments: list[str], words: str) -> None:
    assert main(["map", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_table_too_small_for_tsne_is_told(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    np.save(tmp_path / "thin.npy", np.arange(256.0).reshape(256, 1))
    assert draw(str(tmp_path / "thin.npy"), tmp_path / "map.csv", "--projection", "tsne") == 2
    assert "thin.npy" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_told(
    qtbot: QtBot, capsys: Capture, table: str, tmp_path: Path
) -> None:
    for suffix in ("png", "svg"):
        assert draw(table, tmp_path / "no" / f"map.{suffix}") == 2
        assert "cannot be written" in capsys.readouterr().err
