"""What byte-pair training works on: the distinct pre-tokens as rows of base symbols, with counts.

All rows stand in one array with a border before each and one at the end, so that a pair of
neighbours is two neighbours of the array, and its place in the corpus is an index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int32s, Int64s
from tokviz.tokenization.formats.byte_alphabet import BYTES_IN_ORDER, CHARACTERS
from tokviz.tokenization.training.pre_token_counts import PreTokenCounts

BORDER = -1


class TrainingError(ValueError):
    """A corpus or a wish from which nothing can be trained."""


class Alphabet(Enum):
    """The tokens training begins with. BYTES: id = value; HUGGINGFACE: the byte characters in
    sorted order, as its trainer numbers them; CHARACTERS: the distinct ones of the corpus."""

    BYTES = "bytes"
    HUGGINGFACE = "huggingface"
    CHARACTERS = "characters"

    @property
    def is_bytes(self) -> bool:
        return self is not Alphabet.CHARACTERS


@dataclass(frozen=True, eq=False)
class TrainingCorpus:
    """P pre-tokens of S symbols, in the order in which they were first seen.

    `base`: id → bytes of the base alphabet. `symbols`: (S + P + 1,) int32, BORDER before each
    pre-token and at the end. `owner`: (S + P + 1,) int32, the pre-token of each symbol and of the
    border before it. `weights`, `held_out`: (P,) int64, how often each is in the two parts; those
    that are in the held-out part alone come last.
    """

    base: Sequence[bytes]
    alphabet: Alphabet
    symbols: Int32s
    owner: Int32s
    weights: Int64s
    held_out: Int64s
    n_bytes: int
    n_held_out_bytes: int

    @property
    def n_pre_tokens(self) -> int:
        return len(self.weights)

    @property
    def n_tokens(self) -> int:
        """Base symbols of the training part."""
        return self._total(self.weights)

    @property
    def n_held_out_tokens(self) -> int:
        return self._total(self.held_out)

    def _total(self, weights: Int64s) -> int:
        inside = self.symbols != BORDER
        return int(weights[self.owner[inside]].sum())


def byte_order(alphabet: Alphabet) -> list[int]:
    """The byte with each id.

    >>> byte_order(Alphabet.BYTES)[97], byte_order(Alphabet.HUGGINGFACE)[:2]
    (97, [33, 34])
    """
    if alphabet is Alphabet.BYTES:
        return list(range(256))
    return [byte for _, byte in sorted(zip(CHARACTERS, BYTES_IN_ORDER, strict=True))]


def lay_out(counts: PreTokenCounts, alphabet: Alphabet = Alphabet.BYTES) -> TrainingCorpus:
    """The corpus of counted pre-tokens. Raises `TrainingError` for an empty one."""
    if not counts.training:
        raise TrainingError("The corpus has no text to learn from; add some, or hold less back.")
    more = [word for word in counts.held_out if word not in counts.training]
    words = [*counts.training, *more]
    weights = np.zeros(len(words), np.int64)
    weights[: len(counts.training)] = list(counts.training.values())
    held_out = np.zeros(len(words), np.int64)
    if counts.held_out:
        held_out[:] = [counts.held_out.get(word, 0) for word in words]
    joined = "".join(words)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    if alphabet.is_bytes:
        order = byte_order(alphabet)
        id_of = np.zeros(256, np.int32)
        id_of[order] = range(256)
        data = np.frombuffer(joined.encode("utf-8"), np.uint8)
        symbols = id_of[data]
        if len(data) > len(joined):
            lengths = _in_bytes(lengths, data)
        base = [bytes([byte]) for byte in order]
    else:
        characters = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
        known, places = np.unique(characters, return_inverse=True)
        symbols = places.astype(np.int32)
        base = [chr(code).encode("utf-8") for code in known.tolist()]
    return _with_borders(
        base,
        alphabet,
        symbols,
        lengths,
        weights,
        held_out,
        (counts.n_bytes, counts.n_held_out_bytes),
    )


def _in_bytes(lengths: Int64s, data: NDArray[np.uint8]) -> Int64s:
    """Lengths of strings that stand in a row, in bytes of their UTF-8 instead of characters."""
    begins = np.flatnonzero((data & 0xC0) != 0x80)  # other bytes go on with a character
    ends = np.append(begins, len(data))[np.cumsum(lengths)]
    return np.diff(ends, prepend=0)


def lay_out_words(words: Mapping[tuple[str, ...], int]) -> TrainingCorpus:
    """The corpus of words given as symbols, with counts; the symbols are numbered as they occur.

    Raises `TrainingError` where no word counts.

    >>> lay_out_words({("l", "o"): 2, ("o",): 1}).symbols.tolist()
    [-1, 0, 1, -1, 1, -1]
    """
    if not any(words.values()):
        raise TrainingError("There are no words to learn from; give one with a count above 0.")
    base = list(dict.fromkeys(symbol for word in words for symbol in word))
    id_of = {symbol: i for i, symbol in enumerate(base)}
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    symbols = np.array([id_of[symbol] for word in words for symbol in word], np.int32)
    weights = np.fromiter(words.values(), np.int64, len(words))
    data = [symbol.encode("utf-8", "surrogatepass") for symbol in base]
    n_bytes = sum(n * sum(len(data[id_of[s]]) for s in word) for word, n in words.items())
    nothing = np.zeros_like(weights)
    alphabet = Alphabet.CHARACTERS
    return _with_borders(data, alphabet, symbols, lengths, weights, nothing, (n_bytes, 0))


def _with_borders(
    base: list[bytes],
    alphabet: Alphabet,
    symbols: Int32s,
    lengths: Int64s,
    weights: Int64s,
    held_out: Int64s,
    n_bytes: tuple[int, int],
) -> TrainingCorpus:
    n = len(lengths)
    total = len(symbols) + n + 1
    if total >= 1 << 31:
        raise TrainingError("The corpus has too many different pre-tokens; train on a part of it.")
    owner = np.repeat(np.arange(n + 1, dtype=np.int32), np.append(lengths + 1, 1))
    bordered = np.full(total, BORDER, np.int32)
    inside = np.ones(total, bool)
    inside[np.concatenate(([0], np.cumsum(lengths + 1)))] = False
    bordered[inside] = symbols
    owner[-1] = n - 1
    return TrainingCorpus(base, alphabet, bordered, owner, weights, held_out, *n_bytes)
