"""How a bigram language model is to be trained, and which part of a text it never sees."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from tokviz.embedding.bigram_table import TableKind


class NoTrainingError(ValueError):
    """A text or a setting that nothing can be learned from or with."""


class DivergedError(ValueError):
    """The loss is no number any more; the message says at which step, and what to do."""


class Optimizer(Enum):
    """torch's optimisers by their names there, with its defaults but for the learning rate."""

    ADAMW = "AdamW"
    ADAM = "Adam"
    SGD = "SGD"


@dataclass(frozen=True)
class BigramSettings:
    """`batch_size` 0: the whole training part in every step. `dim` is for tables with an output
    layer; `held_out` the share of the text, at its end, that is kept aside."""

    kind: TableKind = TableKind.FULL
    dim: int = 64
    batch_size: int = 32
    context: int = 8
    learning_rate: float = 0.01
    optimizer: Optimizer = Optimizer.ADAMW
    seed: int = 1337
    held_out: float = 0.1


def split_text(
    ids: npt.NDArray[np.integer], held_out: float
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """The training part and the part kept aside, in this order in the text.

    Raises `NoTrainingError` where one of them has no prediction to make.

    >>> train, aside = split_text(np.arange(20), 0.1)
    >>> len(train), aside.tolist()
    (18, [18, 19])
    """
    if not 0 <= held_out < 1:
        raise NoTrainingError(
            f"A held-out share of {held_out:g} leaves nothing to learn from; take 0 to 0.9."
        )
    if len(ids) < 2:
        n = "no token" if not len(ids) else "one token"
        raise NoTrainingError(
            f"The text has {n}; a bigram model learns from pairs, so give it two tokens or more."
        )
    n_held_out = round(len(ids) * held_out)
    if held_out and n_held_out < 2:
        n = "is empty" if not n_held_out else "has one token and no pair"
        raise NoTrainingError(
            f"Of {len(ids):,} tokens a held-out part of {held_out:.0%} {n}; take a longer text, "
            f"a larger share, or none (0)."
        )
    if len(ids) - n_held_out < 2:
        raise NoTrainingError(
            f"Of {len(ids):,} tokens a held-out part of {held_out:.0%} leaves no pair to learn "
            f"from; take a smaller share."
        )
    return ids[: len(ids) - n_held_out], ids[len(ids) - n_held_out :]
