"""Axes from token to token."""

import numpy as np
import pytest

from tests.embedding.tables import shipped_table, table_of
from tests.tokenization.oracles import shipped
from tokviz.embedding.projections import PROJECTIONS
from tokviz.embedding.projections.axes import PROJECTION, along_axis, angle_between, away_from_axis
from tokviz.embedding.projections.layout import Options, ProjectionError

TABLE = table_of([[0, 0, 0], [2, 0, 0], [1, 3, 0], [5, 0, 4], [2, 0, 0], [np.nan, 0, 0]])


def test_an_axis_goes_from_zero_to_one() -> None:
    assert along_axis(TABLE, 0, 1).tolist() == [0, 1, 0.5, 2.5, 1, 0]
    assert away_from_axis(TABLE, 0, 1).tolist() == [0, 0, 1.5, 2, 0, 0]


def test_two_axes_make_a_map_and_say_their_angle() -> None:
    (layout,) = PROJECTION.layouts(TABLE, Options(axes=((0, 1), (1, 3))))
    assert layout.points[:, 0].tolist() == [0, 1, 0.5, 2.5, 1, 0]
    assert layout.points[1, 1] == 0
    assert layout.points[3, 1] == 1
    assert "53° apart" in layout.note
    assert angle_between(TABLE, (0, 1), (0, 1)) == 0


def test_a_real_axis_sorts_words() -> None:
    names, table = shipped("smollm2"), shipped_table("smollm2")
    he, she, brother, sister = (
        names.encode(text).ids.tolist()[0] for text in (" he", " she", " brother", " sister")
    )
    along = along_axis(table, he, she)
    assert along[[he, she]] == pytest.approx([0, 1], abs=1e-5)
    assert along[brother] < along[sister]


@pytest.mark.parametrize("axis", [(1, 4), (0, 0), (0, 5), (0, 6), (-1, 0)])
def test_what_is_no_axis_is_told(axis: tuple[int, int]) -> None:
    with pytest.raises(ProjectionError, match="small"):
        along_axis(TABLE, *axis)


def test_without_an_axis_there_is_no_map() -> None:
    with pytest.raises(ProjectionError, match="Choose two tokens"):
        list(PROJECTION.layouts(TABLE, Options()))


def test_the_list_names_each_projection_once() -> None:
    names = [projection.name for projection in PROJECTIONS]
    assert names[0] == "pca"
    assert len(set(names)) == len(names)
