"""The language model against a plain torch script, as courses write it, and against counting."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from tokviz.embedding.bigram import BigramTraining, TrainingStep, train
from tokviz.embedding.bigram_counts import count_pairs
from tokviz.embedding.bigram_settings import (
    BigramSettings,
    DivergedError,
    NoTrainingError,
    Optimizer,
    split_text,
)
from tokviz.embedding.bigram_table import BigramTable, TableKind, look_up, occurring

torch = pytest.importorskip("torch")

N = 20
IDS = np.random.default_rng(0).integers(0, N - 3, 500)  # three tokens never occur
KINDS = [TableKind.FULL, TableKind.FACTORED, TableKind.TIED]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Several wait for each other longer than they work on such small tables."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def losses_of(training: BigramTraining, n_steps: int) -> list[float]:
    return [step.loss for step in train(training, n_steps)]


class PlainBigram(torch.nn.Module):  # type: ignore[misc, name-defined]
    """As every course builds it."""

    def __init__(self, n_vocab: int) -> None:
        super().__init__()
        self.token_embedding_table = torch.nn.Embedding(n_vocab, n_vocab)

    def forward(self, seen, targets):  # type: ignore[no-untyped-def]
        logits = self.token_embedding_table(seen)
        b, t, c = logits.shape
        return torch.nn.functional.cross_entropy(logits.view(b * t, c), targets.reshape(b * t))


@pytest.mark.parametrize("optimizer", Optimizer)
def test_the_losses_of_a_hundred_steps_are_those_of_a_plain_script(optimizer: Optimizer) -> None:
    settings = BigramSettings(optimizer=optimizer, seed=5, batch_size=16, context=6)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        plain = PlainBigram(N)
        update = getattr(torch.optim, optimizer.value)(plain.parameters(), lr=0.01)
        data = torch.tensor(IDS)
        expected = []
        for _ in range(100):
            places = torch.randint(len(data) - 6, (16,))
            seen = torch.stack([data[i : i + 6] for i in places])
            targets = torch.stack([data[i + 1 : i + 7] for i in places])
            loss = plain(seen, targets)
            update.zero_grad(set_to_none=True)
            loss.backward()
            update.step()
            expected.append(loss.item())
    training = BigramTraining(IDS, N, settings)
    assert losses_of(training, 100) == pytest.approx(expected, abs=1e-6)
    rows = plain.token_embedding_table.weight.detach().numpy()
    assert np.abs(training.table().rows - rows).max() < 1e-6


def test_the_whole_text_in_each_step_arrives_at_the_counts() -> None:
    settings = BigramSettings(batch_size=0, learning_rate=0.1, optimizer=Optimizer.ADAM)
    training = BigramTraining(IDS, N, settings)
    counts = count_pairs(IDS, N)
    losses_of(training, 1500)
    loss = counts.loss(training.table())
    assert counts.optimum <= loss + 1e-6
    assert loss - counts.optimum < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_learns(kind: TableKind) -> None:
    settings = BigramSettings(kind=kind, dim=N, batch_size=0, learning_rate=0.05)
    training = BigramTraining(IDS, N, settings)
    counts = count_pairs(IDS, N)
    before = counts.loss(training.table())
    losses_of(training, 500)
    assert counts.loss(training.table()) < min(before, counts.unigram_entropy)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_that_is_shown_is_autograds(kind: TableKind) -> None:
    table = BigramTraining(IDS, N, BigramSettings(kind=kind, dim=7)).table()
    found = look_up(table, 3, 11)
    rows = torch.tensor(table.rows, requires_grad=True)
    output = rows if kind is TableKind.TIED else table.output
    logits = rows[3] if output is None else rows[3] @ torch.as_tensor(output).T
    loss = torch.nn.functional.cross_entropy(logits[None], torch.tensor([11]))
    loss.backward()
    assert found.loss == pytest.approx(loss.item(), abs=1e-5)
    assert found.probabilities == pytest.approx(logits.softmax(0).detach().numpy(), abs=1e-6)
    assert found.gradient == pytest.approx(rows.grad[3].numpy(), abs=1e-5)


def test_stopping_and_going_on_changes_nothing() -> None:
    whole = losses_of(BigramTraining(IDS, N, BigramSettings()), 40)
    training = BigramTraining(IDS, N, BigramSettings())
    torch.rand(5)  # what others draw meanwhile is no business of ours
    assert losses_of(training, 13) + losses_of(training, 40) == whole
    assert losses_of(BigramTraining(IDS, N, BigramSettings(seed=1)), 40) != whole


def test_tables_are_copies_at_most_every_so_often_and_one_at_the_end() -> None:
    training = BigramTraining(IDS, N, BigramSettings())
    steps = list(train(training, 30, table_seconds=1000))
    assert [step.step for step in steps if step.table is not None] == [30]
    last = steps[-1].table
    assert last is not None
    kept = last.rows.copy()
    losses_of(training, 60)
    assert (last.rows == kept).all()
    every = list(train(training, 70, table_seconds=0))
    assert [step.table.step for step in every if step.table] == list(range(61, 71))


def test_rows_that_were_never_fetched_are_known_and_still_random() -> None:
    training = BigramTraining(IDS, N, BigramSettings(optimizer=Optimizer.ADAM))
    begin = training.table().rows
    losses_of(training, 200)
    table = training.table()
    never = table.never_updated
    assert never is not None
    assert np.flatnonzero(never).tolist() == [17, 18, 19]
    assert (table.rows[never] == begin[never]).all()
    assert (np.abs(table.rows - begin).max(axis=1)[~never] > 0.1).all()
    assert table.n_updates is not None
    assert table.n_updates.sum() == 200 * 32 * 8
    assert table.gradient_norms is not None
    assert (table.gradient_norms[never] == 0).all()


def test_a_loss_that_is_no_number_stops_it_and_keeps_the_last_good_table() -> None:
    settings = BigramSettings(learning_rate=1e38, optimizer=Optimizer.SGD)
    training = BigramTraining(IDS, N, settings)
    seen: list[TrainingStep] = []
    with pytest.raises(DivergedError, match=r"learning rate of 1e\+38 is too high") as caught:
        seen.extend(train(training, 500))
    assert seen[-1].table is not None
    assert seen[-1].table.is_finite
    assert f"step {seen[-1].table.step} is kept" in str(caught.value)
    assert training.table().is_finite
    assert math.isfinite(training.step())


def test_a_text_without_a_pair_is_refused() -> None:
    for ids, words in (([], "no token"), ([1], "one token")):
        with pytest.raises(NoTrainingError, match=words):
            split_text(np.array(ids, np.int64), 0.0)
    with pytest.raises(NoTrainingError, match="is empty; take a longer text"):
        split_text(np.arange(4), 0.1)
    with pytest.raises(NoTrainingError, match="has one token and no pair"):
        split_text(np.arange(12), 0.1)
    with pytest.raises(NoTrainingError, match="leaves no pair"):
        split_text(np.arange(4), 0.9)
    train_part, aside = split_text(np.arange(100), 0.1)
    assert (len(train_part), len(aside)) == (90, 10)


def test_a_context_longer_than_the_text_is_cut() -> None:
    training = BigramTraining(np.array([1, 0]), 2, BigramSettings(context=1024))
    assert training.context == 1
    losses_of(training, 300)
    assert count_pairs(np.array([1, 0]), 2).loss(training.table()) < 0.1


def test_only_the_tokens_that_occur_learn_the_same() -> None:
    used, rows = occurring(IDS, N)
    training = BigramTraining(rows, len(used), BigramSettings(batch_size=0), used)
    losses_of(training, 300)
    table = training.table()
    assert table.rows.shape == (17, 17)
    assert table.rows_of([0, 16, 17]).tolist() == [0, 16, -1]
    counts = count_pairs(rows, len(used))
    assert counts.optimum == pytest.approx(count_pairs(IDS, N).optimum)
    assert counts.loss(table) < counts.unigram_entropy


def test_going_on_from_a_saved_table() -> None:
    training = BigramTraining(IDS, N, BigramSettings())
    losses_of(training, 50)
    table = training.table()
    again = BigramTraining(IDS, N, BigramSettings(), begin=table)
    assert (again.table().rows == table.rows).all()
    assert again.n_steps == 50
    assert isinstance(table, BigramTable)
