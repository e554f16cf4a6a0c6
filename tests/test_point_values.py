"""What points are coloured by, for every row of a table."""

import numpy as np
import pytest

from tests.embedding.tables import random_table, shipped_table, table_of
from tokviz.catalog import load_tokenizer
from tokviz.embedding.neighbor_graph import graph_blocks, joined
from tokviz.embedding.projections.pca import principal_components
from tokviz.embedding.row_classes import RowClass
from tokviz.point_values import (
    NO_GROUP,
    SIMPLE,
    Groups,
    Numbers,
    by_class,
    by_count,
    by_distortion,
    by_leading_space,
    by_length,
    by_rank,
    by_script,
    by_similarity,
)
from tokviz.token_tables import TokenTable
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer


def known(tokens: list[bytes | None], n_rows: int | None = None, special: str = "") -> TokenTable:
    n_rows = len(tokens) if n_rows is None else n_rows
    names = {special: tokens.index(special.encode())} if special else {}
    tokenizer = Tokenizer("small", Algorithm.CHARACTERS, tokens, special_tokens=names)
    return TokenTable(random_table(n_rows, 3), tokenizer)


def names_of(found: Groups) -> list[str | None]:
    return [None if group == NO_GROUP else found.names[group] for group in found.groups.tolist()]


def test_every_token_of_gpt2_has_its_values() -> None:
    both = TokenTable(shipped_table("gpt2"), load_tokenizer("gpt2"))
    for values_of in SIMPLE.values():
        found = values_of(both)
        values = found.values if isinstance(found, Numbers) else found.groups
        assert values.shape == (50_257,)
    rank = by_rank(both)
    assert np.isnan(rank.values[[0, 255, 50_256]]).all()
    assert rank.values[[256, 50_255]].tolist() == [0, 49_999]


def test_a_token_has_the_script_of_its_first_letter() -> None:
    tokens = ["1a", " das", "»мир", " 42", "½", " …", "$", "\n", "ा", "字"]
    parts = [b"\xe5\xad", b"\x00", None]
    found = by_script(known([*(token.encode() for token in tokens), *parts]))
    shown = names_of(found)
    assert shown[:2] == ["Latin", "Latin"]
    assert shown[3:5] == ["digits", "digits"]
    assert shown[12] is None
    assert len(found.names) == 7
    assert found.names[-1] == "others"


def test_a_few_scripts_need_no_others() -> None:
    found = by_script(known([b"a", "я".encode(), b"!", b" b", b"\xff"]))
    assert names_of(found) == ["Latin", "Cyrillic", "punctuation", "Latin", "part of a character"]


def test_padding_and_gaps_have_no_value() -> None:
    found = by_length(known([b"a", None, b"bcd"], n_rows=5))
    assert np.array_equal(found.values, [1, np.nan, 3, np.nan, np.nan], equal_nan=True)


def test_leading_spaces_and_special_tokens_are_told_apart() -> None:
    found = by_leading_space(known([b" a", b"a", b"<s>", None], special="<s>"))
    assert found.groups.tolist() == [0, 1, 2, NO_GROUP]


def test_counts_are_those_of_the_text() -> None:
    found = by_count(known([b"a", b"b", b"c"], 3), np.array([1, 0, 2, 7]))
    assert np.array_equal(found.values, [1, np.nan, 2], equal_nan=True)


def test_classes_have_words() -> None:
    tokens: list[bytes | None] = [b"a", b"b"]
    both = TokenTable(
        table_of([[0, 0], [1, 2], [3, 4]]), Tokenizer("s", Algorithm.CHARACTERS, tokens)
    )
    found = by_class(both)
    assert found.groups.tolist() == [RowClass.ZERO, RowClass.ORDINARY, RowClass.PADDING]
    assert found.names[RowClass.PADDING] == "padding"


def test_similarity_is_the_cosine() -> None:
    both = known([b"a", b"b", b"c", b"d"])
    rows = both.table.rows / np.linalg.norm(both.table.rows, axis=1, keepdims=True)
    assert np.allclose(by_similarity(both, 2).values, rows @ rows[2], atol=1e-6)


def test_distortion_is_what_brute_force_finds() -> None:
    table = random_table(120, 6)
    graph = joined(graph_blocks(table, 10))
    points = principal_components(table).project(table)
    points[5] = points[6] = points[7]  # in one place
    found = by_distortion(points, graph).values
    squares = np.square(points[:, None].astype(float) - points).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    for row in (0, 3, 50, 119):
        near = set(np.argsort(squares[row])[:10].tolist())
        assert found[row] == pytest.approx(1 - len(near & set(graph.ids[row].tolist())) / 10)
    assert ((found >= 0) & (found <= 1)).all()
