"""Times taken turn by turn, so that a machine that slows down slows every rival alike."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import NamedTuple


def interleaved(rounds: int, rivals: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of each rival in each round: A B C, A B C, ...; what they return is dropped."""
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, rival in rivals.items():
            gc.collect()
            taken[name].append(once(rival))
    return taken


def once(rival: Callable[[], object]) -> float:
    begun = perf_counter()
    rival()
    return perf_counter() - begun


class Spent(NamedTuple):
    """Seconds on the clock, and of all processors: the second tells more where others use them."""

    clock: float
    work: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.work:.2f} s of work)"


def spent(rival: Callable[[], object]) -> Spent:
    begun = process_time()
    clock = once(rival)
    return Spent(clock, process_time() - begun)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """How many times as long the peer takes: the median over the rounds, above 1 we are faster."""
    return median(their / our for our, their in zip(ours, theirs, strict=True))


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


@contextmanager
def no_collections() -> Iterator[None]:
    """Keep the garbage collector out of measurements of some microseconds."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
