"""MapMaker: the map that was wished for, and what it finds again."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.embedding.tables import random_table
from tokviz.embedding import map_maker
from tokviz.embedding.layout_cache import LayoutCache
from tokviz.embedding.map_maker import MapMaker, MapWish
from tokviz.embedding.neighbor_graph import graph_blocks, joined
from tokviz.embedding.projections import tsne
from tokviz.embedding.projections.layout import Options, ProjectionError
from tokviz.embedding.projections.pca import principal_components
from tokviz.embedding.transforms import Transform


def test_components_are_those_of_the_projection() -> None:
    table = random_table(80, 6)
    maker = MapMaker(table)
    *_, layout = maker.layouts(MapWish(components=(2, 1)))
    assert np.allclose(layout.points, principal_components(table).project(table, (2, 1)), atol=1e-5)
    known = maker.pca
    *_, layout = maker.layouts(MapWish(components=(0, 3)))
    assert maker.pca is known
    assert layout.note.startswith("These two axes hold ")


def test_components_that_are_not_there_are_told() -> None:
    with pytest.raises(ProjectionError, match="components 1 to 6"):
        list(MapMaker(random_table(80, 6)).layouts(MapWish(components=(0, 6))))


def test_a_slow_table_shows_the_components_of_some_rows_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(map_maker, "_SLOW", 1000)
    monkeypatch.setattr(map_maker, "_SOME", 400)
    table = random_table(800, 6)
    first, last = MapMaker(table).layouts(MapWish())
    assert first.note == "The principal components of 400 rows so far."
    assert (first.done, last.done) == (0.5, 1)
    assert first.points.shape == (800, 2)
    assert np.allclose(last.points, principal_components(table).project(table), atol=1e-5)


def test_the_note_says_what_became_of_the_rows() -> None:
    wish = MapWish(transform=Transform(centered=True, unit_length=True))
    *_, layout = MapMaker(random_table(80, 6)).layouts(wish)
    assert "The mean row" in layout.note
    assert "now each is 1" in layout.note


def test_axes_go_from_token_to_token() -> None:
    *_, layout = MapMaker(random_table(80, 6)).layouts(MapWish("axes", axes=((3, 5),)))
    assert layout.points[3, 0] == pytest.approx(0, abs=1e-5)
    assert layout.points[5, 0] == pytest.approx(1, abs=1e-5)


def test_the_graph_is_exact_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = random_table(300, 6)
    maker = MapMaker(table, LayoutCache(tmp_path))
    *_, done = maker.find_graph()
    assert done == 1
    assert maker.graph is not None
    exact = joined(graph_blocks(table, map_maker.N_NEIGHBORS))
    assert (maker.graph.ids == exact.ids).all()
    monkeypatch.setattr(map_maker, "graph_blocks", None)  # not computed again
    again = MapMaker(random_table(300, 6), LayoutCache(tmp_path))
    assert list(again.find_graph()) == [1.0]
    assert again.graph is not None
    assert (again.graph.ids == exact.ids).all()


def test_a_map_of_tsne_is_found_again_and_only_for_the_same_wish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_maker, "Options", partial(Options, most_iterations=20))
    wish = MapWish("tsne", seed=4)
    cache = LayoutCache(tmp_path)
    layouts = list(MapMaker(random_table(60, 4), cache).layouts(wish))
    assert layouts[0].note.startswith("Finding the true neighbours")
    assert [layout.done for layout in layouts] == sorted(layout.done for layout in layouts)
    (again,) = MapMaker(random_table(60, 4), cache).layouts(wish)
    assert again.points.tobytes() == layouts[-1].points.tobytes()
    assert (again.note, again.done, again.recall) == (layouts[-1].note, 1.0, layouts[-1].recall)
    other = MapMaker(random_table(60, 4), cache).layouts(MapWish("tsne", seed=5))
    assert next(other).done < 1
    earlier = replace(tsne.PROJECTION, edition=0)
    monkeypatch.setattr(map_maker, "PROJECTIONS", [earlier])
    assert next(MapMaker(random_table(60, 4), cache).layouts(wish)).done < 1


def test_an_unknown_projection_is_told_with_the_known_ones() -> None:
    with pytest.raises(ProjectionError, match="'umap'; the names are pca, tsne, axes"):
        list(MapMaker(random_table(9, 4)).layouts(MapWish("umap")))
