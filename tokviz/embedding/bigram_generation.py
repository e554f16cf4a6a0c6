"""Text drawn from a bigram language model, token by token."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tokviz.embedding.bigram_table import BigramTable, log_sum_exp
from tokviz.embedding.table import Float32s


class GeneratedToken(NamedTuple):
    """A token that was drawn; `probability` is what the language model gave it, whatever the
    temperature and the top k it was drawn with."""

    id: int
    probability: float


class GenerationError(ValueError):
    """Nothing can be generated from this; the message says why."""


def generate(
    table: BigramTable,
    last: int,
    n_tokens: int,
    temperature: float = 1.0,
    top_k: int = 0,
    seed: int = 1337,
) -> Iterator[GeneratedToken]:
    """Draw `n_tokens` after the token with the id `last`; the same seed draws the same.

    `temperature` 0 always takes the likeliest, `top_k` 0 draws from all. Raises `GenerationError`.
    """
    if not (math.isfinite(temperature) and temperature >= 0):
        raise GenerationError(f"The temperature {temperature:g} is none; take 0 or more.")
    if top_k < 0:
        raise GenerationError(f"Top {top_k} is no number of tokens; take 0 for all, or more.")
    random = np.random.default_rng(seed)
    row = int(table.rows_of([last])[0])
    if row < 0:
        raise GenerationError(
            f"The token {last} has no row in this language model, which knows {table.n_rows:,} "
            f"tokens; begin with another prompt."
        )
    for _ in range(n_tokens):
        logits = table.logits([row])[0]
        chosen = _draw(logits, temperature, top_k, random)
        probability = math.exp(float(logits[chosen] - log_sum_exp(logits[None])[0]))
        yield GeneratedToken(table.id_of(chosen), probability)
        row = chosen


def _draw(logits: Float32s, temperature: float, top_k: int, random: np.random.Generator) -> int:
    drawn = float(random.random())  # always one number a token, so that settings can be compared
    if temperature == 0:
        return int(logits.argmax())
    rows = np.arange(len(logits))
    if 0 < top_k < len(logits):
        rows = np.sort(np.argsort(-logits, kind="stable")[:top_k])
    scaled = (logits[rows].astype(np.float64) - float(logits[rows].max())) / temperature
    sums = np.exp(scaled).cumsum()
    place = int(sums.searchsorted(drawn * sums[-1], "right"))
    return int(rows[min(place, len(rows) - 1)])
