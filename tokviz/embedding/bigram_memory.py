"""What training a bigram language model needs in memory, known before it starts."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from tokviz.embedding.bigram_settings import BigramSettings, NoTrainingError, Optimizer
from tokviz.embedding.bigram_table import TableKind

_FLOAT = 4
_COPIES = 3  # the last good one, the one that is shown, the one on its way
_LOGITS = 3  # with their logarithms and their gradient
_PRACTICAL = 2**30
"""Beyond this a step takes a second or so, however much memory there is."""


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes by what they are for. `shape` is that of the table."""

    shape: tuple[int, int]
    weights: int
    gradient: int
    optimizer: int
    logits: int
    copies: int
    ids: int

    @property
    def total(self) -> int:
        return self.weights + self.gradient + self.optimizer + self.logits + self.copies + self.ids


def memory_need(n_vocab: int, n_used: int, n_ids: int, settings: BigramSettings) -> MemoryNeed:
    """For a vocabulary of `n_vocab`, of which `n_used` occur in a text of `n_ids` tokens.

    >>> memory_need(50257, 200, 1000, BigramSettings(kind=TableKind.FULL)).weights
    10103064196
    """
    kind = settings.kind
    n_rows = n_used if kind is TableKind.OCCURRING else n_vocab
    dim = settings.dim if kind.has_output_layer else n_rows
    weights = n_rows * dim * _FLOAT * (2 if kind is TableKind.FACTORED else 1)
    at_once = settings.batch_size * settings.context or n_ids
    moments = 0 if settings.optimizer is Optimizer.SGD else 2
    return MemoryNeed(
        (n_rows, dim),
        weights,
        weights,
        weights * moments,
        at_once * n_rows * _FLOAT * _LOGITS,
        weights * _COPIES,
        n_ids * 8,
    )


def fits(need: MemoryNeed, free: int | None) -> bool:
    """Whether a need leaves half of what is free to others, and a step is not a matter of seconds.

    `free` None: unknown.
    """
    return need.total <= min(_PRACTICAL, (2 * _PRACTICAL if free is None else free) // 2)


def kind_that_fits(
    n_vocab: int, n_used: int, n_ids: int, settings: BigramSettings, free: int | None
) -> TableKind:
    """V × V if that fits, else the same for the tokens that occur, else a factored table."""
    for kind in (TableKind.FULL, TableKind.OCCURRING):
        if fits(memory_need(n_vocab, n_used, n_ids, replace(settings, kind=kind)), free):
            return kind
    return TableKind.FACTORED


def check_memory(need: MemoryNeed, free: int | None) -> None:
    """Raises `NoTrainingError` for a need that is more than there is."""
    if free is not None and need.total > free:
        n, dim = need.shape
        raise NoTrainingError(
            f"A table of {n:,} × {dim:,} needs {in_words(need.total)} of memory to train and "
            f"{in_words(free)} are free: take a factored table, or only the tokens that occur."
        )


def free_memory() -> int | None:
    """Bytes of memory that a program could take now; None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def in_words(n_bytes: int) -> str:
    """A size to read.

    >>> in_words(10103064196), in_words(17000), in_words(12)
    ('10.1 GB', '17.0 kB', '12 bytes')
    """
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            return f"{n_bytes / size:,.1f} {unit}"
    return f"{n_bytes} bytes"
