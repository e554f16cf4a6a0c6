"""A whole document: ids, spans and gap ranks of ours, beside tiktoken's ids alone.

    python -m benchmarks.encode [ROUNDS [TOKENIZER ...]]      5 rounds of gpt2 by default

Cold is an encoder that has met nothing, warm one that has met other text of the same kind, again
one that has met this very text. The peer is the faster of tiktoken's two calls for ids, in each
round. Pathological texts are encoded cold. The tokenizer `another` is gpt2 with a split pattern
that nobody has published.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import tiktoken

from benchmarks.corpora import CORPORA, pathological
from benchmarks.figures import Figure
from benchmarks.measure import interleaved, ratio
from benchmarks.peers import can_encode, tiktoken_of
from tokviz.catalog import load_tokenizer
from tokviz.tokenization.encoding import Encoding, TextEncoder
from tokviz.tokenization.pre_tokenization.known_patterns import split_pattern
from tokviz.tokenization.tokenizer import Tokenizer

_GOALS = {
    "English": {"cold": 1.5, "warm": 1.9, "again": 3.0},
    "source code": {"cold": 1.3, "warm": 1.5, "again": 3.0},
    "multilingual": {"cold": 0.55, "warm": 0.9, "again": 3.0},
}
_GOAL_PATHOLOGICAL = 0.5
_GOAL_ANOTHER = 0.5
_ANOTHER = r"\p{L}{1,12}| ?\p{N}{1,2}| ?\p{L}+|[^\s\p{L}\p{N}]+|\s+"
_ANY = "What follows from the vocabulary alone is made once. " * 1000


def main(rounds: int, names: list[str]) -> None:
    for name in names:
        tokenizer = _tokenizer(name)
        peer = tiktoken_of(tokenizer)
        print(f"\n{name:20} {'MB':>6} {'run':>6} {'ours':>10} {'MB/s':>7} {'tiktoken':>10}   ratio")
        for kind, text_of in CORPORA.items():
            half = len(text_of()) // 2
            _print(kind, *_measure(tokenizer, peer, (text_of()[:half], text_of()[half:]), rounds))
        for kind, text in pathological().items():
            if can_encode(peer, text):
                _print(kind, *_measure(tokenizer, peer, (None, text), rounds))
            else:
                print(f"{kind:20} {len(text.encode()) / 1e6:6.2f}   tiktoken fails on it")


def figures(quick: bool = False) -> Iterator[Figure]:
    rounds = 2 if quick else 5
    tokenizer = _tokenizer("gpt2")
    peer = tiktoken_of(tokenizer)
    for kind, goals in _GOALS.items():
        text = CORPORA[kind]()
        text = text[: len(text) // 5] if quick else text
        half = len(text) // 2
        _, taken, theirs = _measure(tokenizer, peer, (text[:half], text[half:]), rounds)
        for run, ours in taken.items():
            yield Figure.of_times(f"encode {kind}, {run}", ours, theirs, least=goals[run])
    for kind, text in ({} if quick else pathological()).items():
        _, taken, theirs = _measure(tokenizer, peer, (None, text), rounds)
        yield Figure.of_times(f"encode {kind}", taken["cold"], theirs, least=_GOAL_PATHOLOGICAL)
    yield from _figures_of_another(quick, rounds)


def _figures_of_another(quick: bool, rounds: int) -> Iterator[Figure]:
    tokenizer = _tokenizer("another")
    peer = tiktoken_of(tokenizer)
    for kind in _GOALS:
        text = CORPORA[kind]()
        text = text[: len(text) // (10 if quick else 2)]
        half = len(text) // 2
        _, taken, theirs = _measure(tokenizer, peer, (text[:half], text[half:]), rounds)
        for run in ("cold", "warm"):
            name = f"encode {kind}, another split pattern, {run}"
            yield Figure.of_times(name, taken[run], theirs, least=_GOAL_ANOTHER)


def _tokenizer(name: str) -> Tokenizer:
    """The shipped one of that name, or `another`; it has met a text before."""
    if name == "another":
        tokenizer = replace(load_tokenizer("gpt2"), name=name, split=split_pattern(_ANOTHER))
    else:
        tokenizer = load_tokenizer(name)
    tokenizer.encoder().encode(_ANY)
    return tokenizer


def _measure(
    tokenizer: Tokenizer,
    peer: tiktoken.Encoding,
    texts: tuple[str | None, str],
    rounds: int,
) -> tuple[float, dict[str, list[float]], list[float]]:
    """Encode the second text; the first is other text of its kind, if there is some.

    Returns megabytes, the seconds of our runs by name, and the peer's.
    """
    other, text = texts
    rivals = {
        "cold": lambda: _whole(tokenizer.encoder(), text),
        "ids": lambda: peer.encode_ordinary(text),
        "to numpy": lambda: peer.encode_to_numpy(text, disallowed_special=()),
    }
    if other is not None:
        warm_ones = iter([_warmed(tokenizer, other) for _ in range(rounds)])
        again = _warmed(tokenizer, text)
        rivals["warm"] = lambda: _whole(next(warm_ones), text)
        rivals["again"] = lambda: _whole(again, text)
    taken = interleaved(rounds, rivals)
    assert tokenizer.encode(text).ids.tolist() == peer.encode_ordinary(text)
    megabytes = len(text.encode()) / 1e6
    theirs = list(map(min, taken.pop("ids"), taken.pop("to numpy")))
    return megabytes, taken, theirs


def _print(kind: str, megabytes: float, taken: dict[str, list[float]], theirs: list[float]) -> None:
    for run, ours in taken.items():
        print(
            f"{kind:20} {megabytes:6.2f} {run:>6} {median(ours) * 1e3:7.0f} ms "
            f"{megabytes / median(ours):7.1f} {median(theirs) * 1e3:7.0f} ms "
            f"{ratio(ours, theirs):6.2f}x",
            flush=True,
        )


def _warmed(tokenizer: Tokenizer, text: str) -> TextEncoder:
    encoder = tokenizer.encoder()
    encoder.encode(text)
    return encoder


def _whole(encoder: TextEncoder, text: str) -> Encoding:
    encoding = encoder.encode(text)
    encoding.spans()
    return encoding


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5, sys.argv[2:] or ["gpt2"])
