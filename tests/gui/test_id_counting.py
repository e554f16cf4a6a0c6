"""IdCounting: how often each id occurs in the text, counted when somebody asks."""

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer

NewModel = Callable[[Tokenizer], TokenizerModel]


@pytest.mark.parametrize("n", [3, 60_000])
def test_it_tells_once_and_the_counts_are_those_of_the_text(
    n: int, new_model: NewModel, gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    counting, told = model.id_counting, []
    counting.counted.connect(lambda: told.append(counting.counts))
    model.set_text("a cat " * n)
    qtbot.waitUntil(lambda: model.text.complete)
    assert counting.count_of(64) is None
    counting.begin()
    qtbot.waitUntil(lambda: counting.is_known)
    counting.begin()
    assert len(told) == 1
    assert told[0].tolist() == np.bincount(model.text.ids(), minlength=gpt2.n_vocab).tolist()
    assert counting.count_of(64) == 1


def test_counts_of_another_tokenizer_are_put_aside(
    new_model: NewModel, gpt2: Tokenizer, smollm2: Tokenizer, qtbot: QtBot
) -> None:
    model = new_model(gpt2)
    counting = model.id_counting
    model.set_text("a cat " * 60_000)
    qtbot.waitUntil(lambda: model.text.complete)
    counting.begin()
    qtbot.waitUntil(lambda: counting.is_known)
    model.set_tokenizer(smollm2)
    qtbot.waitUntil(lambda: model.text.complete)
    # Who is told that there are none yet may ask in turn; one task counts all the same.
    counting.counted.connect(counting.begin)
    counting.begin()
    assert counting.counts.tolist() == [0] * smollm2.n_vocab
    qtbot.waitUntil(lambda: counting.is_known)
    assert counting.counts.sum() == model.text.n_tokens
