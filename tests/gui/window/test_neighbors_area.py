"""The neighbours of a token and the facts of its table, beside the map."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.embedding.tables import random_table, slow_nearest
from tests.gui.mapping import NewModel
from tests.gui.replaying import click_row
from tokviz.embedding import table
from tokviz.embedding.neighbors import Metric
from tokviz.embedding.table import EmbeddingTable
from tokviz.gui.panels.map.neighbor_rows import ordinal, ranks_on_map
from tokviz.gui.theme import Theme, ThemeMode
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.gui.window.neighbors_area import NeighborsArea
from tokviz.tokenization.tokenizer import bytes_tokenizer, characters_tokenizer

TABLE = random_table(256, 6)


def open_area(qtbot: QtBot, model: TokenizerModel) -> NeighborsArea:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    area = NeighborsArea(model, Theme(app, ThemeMode.LIGHT))
    qtbot.addWidget(area)
    area.resize(420, 700)
    area.show()
    return area


@pytest.fixture
def model(new_model: NewModel) -> TokenizerModel:
    model = new_model(bytes_tokenizer())
    model.set_table(TABLE)
    return model


@pytest.fixture
def area(qtbot: QtBot, model: TokenizerModel) -> NeighborsArea:
    area = open_area(qtbot, model)
    model.select([97])
    qtbot.waitUntil(lambda: model.neighbors is not None, timeout=10_000)
    return area


def ids(area: NeighborsArea) -> list[int]:
    source = area.neighbors.table.source
    return [int(source.cell(row, 4)) for row in range(source.n_rows())]


@pytest.mark.parametrize("metric", Metric)
def test_neighbours_are_those_of_brute_force(area: NeighborsArea, metric: Metric) -> None:
    place = [Metric.COSINE, Metric.EUCLIDEAN, Metric.DOT].index(metric)
    area.neighbors.metrics.setCurrentIndex(place)
    assert ids(area) == slow_nearest(TABLE.rows, 97, 50, metric)


@pytest.mark.parametrize("metric", Metric)
def test_neighbours_in_a_large_table_are_found_beside_the_window(
    qtbot: QtBot, new_model: NewModel, monkeypatch: pytest.MonkeyPatch, metric: Metric
) -> None:
    monkeypatch.setattr(table, "LARGE", 1000)
    rows = TABLE.rows.copy()
    rows[5] = np.nan
    model = new_model(bytes_tokenizer())
    model.set_table(EmbeddingTable.of_array("large", rows))
    area = open_area(qtbot, model)
    place = [Metric.COSINE, Metric.EUCLIDEAN, Metric.DOT].index(metric)
    area.neighbors.metrics.setCurrentIndex(place)
    for row in (97, 98, 99):  # the last one counts
        model.select([row])
        QApplication.processEvents()
    qtbot.waitUntil(lambda: model.neighbors is not None, timeout=10_000)
    found = model.neighbors
    assert found is not None
    assert (found.row, found.metric) == (99, metric)
    without = np.delete(rows, 5, axis=0)
    expected = [i + (i >= 5) for i in slow_nearest(without, 98, 50, metric)]
    assert ids(area) == found.nearest.ids.tolist() == expected
    model.select([5])
    qtbot.waitUntil(lambda: "a NaN or an infinity" in area.neighbors.words.text(), timeout=10_000)
    assert model.neighbors is None


def test_each_has_its_rank_on_the_map(area: NeighborsArea, model: TokenizerModel) -> None:
    source = area.neighbors.table.source
    assert source.cell(0, 3) == ""
    points = TABLE.rows[:, :2].copy()
    model.set_points(points)
    QApplication.processEvents()
    source = area.neighbors.table.source
    away = np.square(points.astype(float) - points[97]).sum(axis=1)
    order = [row for row in np.argsort(away, kind="stable").tolist() if row != 97]
    first = ids(area)[0]
    assert source.cell(0, 3) == str(order.index(first) + 1)
    assert f"{ordinal(order.index(first) + 1)} on this map" in area.neighbors.words.text()


def test_what_the_map_does_never_changes_them(area: NeighborsArea, model: TokenizerModel) -> None:
    before = ids(area)
    for scale in (1, 50):
        model.set_points(np.random.default_rng(scale).standard_normal((256, 2)).astype(np.float32))
        QApplication.processEvents()
        assert ids(area) == before


def test_a_click_selects_the_neighbour_and_its_own_follow(
    qtbot: QtBot, area: NeighborsArea, model: TokenizerModel
) -> None:
    third = ids(area)[2]
    click_row(qtbot, area.neighbors.table, 2)
    QApplication.processEvents()
    assert model.selection.ids == (third,)
    assert ids(area) == slow_nearest(TABLE.rows, third, 50, Metric.COSINE)


def test_what_has_no_neighbours_is_said(
    qtbot: QtBot, new_model: NewModel, area: NeighborsArea, model: TokenizerModel
) -> None:
    model.select([1, 2, 3])
    QApplication.processEvents()
    assert area.neighbors.words.text() == "3 tokens are selected; select one."
    assert model.neighbors is None
    model.set_tokenizer(characters_tokenizer("abc"))
    model.select([1])
    QApplication.processEvents()
    assert "No embedding table is open" in area.neighbors.words.text()


def test_padding_is_nobodys_neighbour(qtbot: QtBot, new_model: NewModel) -> None:
    model = new_model(characters_tokenizer("abcd"))
    model.set_text("abcd")
    model.set_table(random_table(9, 4))
    area = open_area(qtbot, model)
    model.select([0])
    qtbot.waitUntil(lambda: model.neighbors is not None, timeout=10_000)
    assert sorted(ids(area)) == [1, 2, 3]


def test_ranks_on_the_map_are_those_of_a_plain_count() -> None:
    points = np.random.default_rng(2).standard_normal((60, 2)).astype(np.float32)
    away = np.square(points.astype(float) - points[4]).sum(axis=1)
    others = np.array([0, 5, 59])
    expected = [1 + sum(away[j] < away[i] for j in range(60) if j != 4) for i in others]
    assert ranks_on_map(points, 4, others).tolist() == expected


# -- facts of the table ------------------------------------------------------------------------


@pytest.fixture
def facts(qtbot: QtBot, area: NeighborsArea) -> NeighborsArea:
    area.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "mean cosine" in area.facts.words.text(), timeout=10_000)
    return area


def test_the_facts_are_told(facts: NeighborsArea) -> None:
    words = facts.facts.words.text()
    assert words.startswith("256 rows of 6 numbers.")
    assert "Half of the variation lies in 3 of 6 components." in words
    assert facts.facts.histogram.counts.sum() == 256


def test_without_a_table_no_facts_are_drawn(facts: NeighborsArea, model: TokenizerModel) -> None:
    panel = facts.facts
    drawn = (panel.histogram, panel.spectrum, panel.hub_words, panel.find_hubs)
    assert all(part.isVisible() for part in drawn)
    model.set_tokenizer(characters_tokenizer("abc"))
    assert "No embedding table is open" in panel.words.text()
    assert not any(part.isVisible() for part in drawn)


def test_lengths_chosen_on_the_histogram_are_selected(
    qtbot: QtBot, facts: NeighborsArea, model: TokenizerModel
) -> None:
    histogram = facts.facts.histogram
    middle = histogram.height() // 2
    start, end = QPoint(histogram.width() // 2, middle), QPoint(histogram.width() - 3, middle)
    qtbot.mousePress(histogram, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(histogram, QPoint(histogram.width() * 3 // 4, middle))
    qtbot.mouseMove(histogram, end)
    qtbot.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=end)
    chosen = histogram.chosen_range
    assert chosen is not None
    norms = np.linalg.norm(TABLE.rows.astype(float), axis=1)
    expected = np.flatnonzero((norms >= chosen[0]) & (norms <= chosen[1])).tolist()
    assert expected
    assert list(model.selection.ids) == expected


def test_hubs_are_near_to_many_others(
    qtbot: QtBot,
    facts: NeighborsArea,
    model: TokenizerModel,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: object,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    qtbot.mouseClick(facts.facts.find_hubs, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.graph is not None, timeout=20_000)
    source = facts.facts.hubs.source
    counts = [int(source.cell(row, 2)) for row in range(source.n_rows())]
    assert counts == sorted(counts, reverse=True)
    near = [slow_nearest(TABLE.rows, row, 16, Metric.COSINE) for row in range(256)]
    first = int(source.cell(0, 3))
    assert counts[0] == sum(first in rows for rows in near)
