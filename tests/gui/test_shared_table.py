"""The table as a fact of the model: it follows the tokenizer and is loaded when asked for."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.embedding.tables import random_table
from tokviz.embedding.neighbors import Metric, NearestRows
from tokviz.embedding.row_classes import MissingRowsError
from tokviz.gui.shared_table import ShownNeighbors
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer, characters_tokenizer

NewModel = Callable[[Tokenizer], TokenizerModel]
SIGNALS = ("table_changed", "points_changed", "neighbors_changed")


def recorded(model: TokenizerModel) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name in SIGNALS:
        getattr(model, name).connect(lambda name=name: counts.update([name]))
    return counts


def test_an_equal_table_emits_nothing(new_model: NewModel) -> None:
    model, table = new_model(bytes_tokenizer()), random_table(256, 4)
    counts = recorded(model)
    model.set_table(table)
    model.set_table(table)
    assert model.table is table
    assert counts == {"table_changed": 1}


def test_a_table_that_is_too_short_changes_nothing(new_model: NewModel) -> None:
    model, table = new_model(bytes_tokenizer()), random_table(256, 4)
    model.set_table(table)
    counts = recorded(model)
    with pytest.raises(MissingRowsError, match="255 rows for 256 ordinary tokens"):
        model.set_table(random_table(255, 4))
    assert model.table is table
    assert not counts


def test_a_table_is_put_aside_and_comes_back_with_its_tokenizer(new_model: NewModel) -> None:
    model, table = new_model(bytes_tokenizer()), random_table(256, 4)
    model.set_table(table)
    model.set_tokenizer(characters_tokenizer("abc"))
    assert model.table is None
    model.set_tokenizer(bytes_tokenizer())
    assert model.table is table


def test_a_growing_vocabulary_keeps_its_table(new_model: NewModel) -> None:
    model = new_model(characters_tokenizer("ab"))
    model.set_text("ab")
    table = random_table(2, 4)
    model.set_table(table)
    model.edit_text(2, 0, "z")
    assert model.tokenizer.n_vocab == 3
    assert model.table is table


def test_what_came_from_a_table_goes_with_it(new_model: NewModel) -> None:
    model = new_model(bytes_tokenizer())
    model.set_table(random_table(256, 4))
    model.set_points(np.zeros((256, 2), np.float32))
    model.set_neighbors(
        ShownNeighbors(3, NearestRows(np.array([4]), np.array([0.5])), Metric.COSINE)
    )
    counts = recorded(model)
    model.set_table(random_table(256, 4, seed=1))
    assert model.points is None
    assert model.neighbors is None
    assert counts == dict.fromkeys(SIGNALS, 1)


def test_the_shipped_table_is_loaded_once_it_is_required(
    new_model: NewModel, qtbot: QtBot, smollm2: Tokenizer
) -> None:
    model = new_model(smollm2)
    assert model.table is None
    with qtbot.waitSignal(model.table_changed, timeout=20_000):
        model.require_table()
        model.require_table()
    assert model.table is not None
    assert (model.table.n_rows, model.table.dim) == (49_152, 576)


def test_a_tokenizer_without_a_shipped_table_asks_for_nothing(new_model: NewModel) -> None:
    model = new_model(bytes_tokenizer())
    model.require_table()
    assert not model.is_loading_table


def test_a_table_that_is_loading_is_not_shown_with_another_tokenizer(
    new_model: NewModel, qtbot: QtBot, smollm2: Tokenizer
) -> None:
    model = new_model(smollm2)
    model.require_table()
    model.set_tokenizer(bytes_tokenizer())
    assert not model.is_loading_table
    qtbot.wait(300)
    assert model.table is None


def test_a_damaged_table_is_told_once(
    new_model: NewModel, qtbot: QtBot, smollm2: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_name: str) -> None:
        raise ValueError("The table is damaged; install it again.")

    monkeypatch.setattr("tokviz.catalog.load_table", load)
    model = new_model(smollm2)
    told: list[str] = []
    model.problem.connect(told.append)
    model.require_table()
    qtbot.waitUntil(lambda: bool(told))
    model.require_table()
    qtbot.wait(100)
    assert told == ["The table is damaged; install it again."]
