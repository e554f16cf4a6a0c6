"""Memory told beforehand, against what torch then holds."""

from dataclasses import replace

import numpy as np
import pytest

from tokviz.embedding.bigram_memory import (
    check_memory,
    fits,
    free_memory,
    kind_that_fits,
    memory_need,
)
from tokviz.embedding.bigram_settings import BigramSettings, NoTrainingError, Optimizer
from tokviz.embedding.bigram_table import TableKind

SETTINGS = BigramSettings(dim=8)


@pytest.mark.parametrize("kind", TableKind)
@pytest.mark.parametrize("optimizer", Optimizer)
def test_weights_gradients_and_moments_are_what_torch_holds(
    kind: TableKind, optimizer: Optimizer
) -> None:
    pytest.importorskip("torch")
    from tokviz.embedding.bigram import BigramTraining

    settings = replace(SETTINGS, kind=kind, optimizer=optimizer)
    need = memory_need(30, 20, 100, settings)
    n_rows = 20 if kind is TableKind.OCCURRING else 30
    training = BigramTraining(np.arange(100) % n_rows, n_rows, settings)
    training.step()
    parameters = list(training.modules.parameters())
    assert sum(p.nbytes for p in parameters) == need.weights
    assert sum(p.grad.nbytes for p in parameters) == need.gradient
    descent = training._optimizer
    moments = [] if optimizer is Optimizer.SGD else [*descent._means, *descent._squares]
    assert sum(moment.nbytes for moment in moments) == need.optimizer
    assert training.table().rows.shape == need.shape


def test_what_does_not_fit_is_refused_with_both_numbers() -> None:
    need = memory_need(50_257, 200, 1000, SETTINGS)
    with pytest.raises(
        NoTrainingError, match=r"50,257 × 50,257 needs 70\.9 GB .* 8\.0 GB are free"
    ):
        check_memory(need, 8 * 10**9)
    check_memory(need, None)
    assert not fits(need, None)


def test_a_smaller_table_is_taken_where_it_must_be() -> None:
    free = 8 * 10**9
    assert kind_that_fits(256, 60, 1000, SETTINGS, free) is TableKind.FULL
    assert kind_that_fits(50_257, 200, 1000, SETTINGS, free) is TableKind.OCCURRING
    assert kind_that_fits(50_257, 30_000, 10**6, SETTINGS, free) is TableKind.FACTORED
    assert kind_that_fits(256, 60, 1000, SETTINGS, 10**6) is TableKind.OCCURRING


def test_the_system_tells_what_is_free() -> None:
    free = free_memory()
    assert free is None or free > 10**7
