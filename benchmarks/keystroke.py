"""One key press: the tokens of an edited text, beside encoding all of it again with tiktoken.

    python -m benchmarks.keystroke [KEYS]      200 key presses a text by default

Keys fall at random places; each one types, deletes or breaks a line.
"""

import random
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from benchmarks.corpora import MEGABYTE, english, multilingual, single_line
from benchmarks.figures import Figure
from benchmarks.measure import no_collections, once, p95
from benchmarks.peers import our_gpt2, tiktoken_gpt2
from tokviz.tokenization.text.tokenized_text import TokenizedText

TEXTS: dict[str, Callable[[], str]] = {
    "10 KB": lambda: english()[:10_000],
    "1 MB": lambda: english()[:MEGABYTE],
    "1 MB, one line": single_line,
    "1 MB, multilingual": lambda: multilingual()[: MEGABYTE // 2],
    "10 MB": lambda: (english() + english())[: 10 * MEGABYTE],
    "10 KB without a space": lambda: "x" * 10_000,
}
_MOST_MS = 1.0  # the goal
_KEYS = [*"etaoin shrdlu", "\n", " ", "é", "🚀", ""]


def main(n_keys: int) -> None:
    print(f"{'text':24} {'median':>9} {'p95':>9} {'tiktoken':>11}   ratio")
    for name, text_of in TEXTS.items():
        ours, theirs = _measure(text_of(), n_keys)
        print(
            f"{name:24} {median(ours) * 1e3:6.3f} ms {p95(ours) * 1e3:6.3f} ms "
            f"{theirs * 1e3:8.2f} ms {theirs / median(ours):7.0f}x",
            flush=True,
        )


def figures(quick: bool = False) -> Iterator[Figure]:
    for name in ["10 KB", "1 MB"] if quick else TEXTS:
        ours, theirs = _measure(TEXTS[name](), 100)
        yield Figure(
            f"tokens after a key, {name}",
            1000 * median(ours),
            "ms",
            1000 * theirs,
            theirs / median(ours),
            most=_MOST_MS,
        )


def _measure(text: str, n_keys: int) -> tuple[list[float], float]:
    """Seconds of each key, and those of the peer."""
    document = TokenizedText(our_gpt2(), text)
    while not document.complete:
        document.encode_more(MEGABYTE)
    chance = random.Random(3)
    ours: list[float] = []
    with no_collections():
        for _ in range(n_keys):
            place = chance.randrange(document.n_chars)
            key = chance.choice(_KEYS)
            begun = perf_counter()
            document.replace(place, 0 if key else 1, key)
            ours.append(perf_counter() - begun)
    edited = str(document)
    ids = tiktoken_gpt2().encode_ordinary(edited)
    assert document.ids().tolist() == ids
    theirs = median(once(lambda: tiktoken_gpt2().encode_ordinary(edited)) for _ in range(5))
    return ours, theirs


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200)
