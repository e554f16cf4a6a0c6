"""Checks of a whole text, a part at a time: how many graphemes, and does decoding give it back.

Both take the text as it is when they are called; the iterators may run in another thread.
"""

from collections.abc import Iterator
from weakref import WeakSet

from tokviz.tokenization.encoding import Encoding, concatenate
from tokviz.tokenization.graphemes import count_graphemes, joins
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer


def count_graphemes_of(text: TokenizedText) -> Iterator[int]:
    """Yields the count so far after each part; the last one is the whole count."""
    return _count(text.encoded_parts())


def graphemes_between(text: TokenizedText, start: int, end: int) -> int | None:
    """The graphemes of the characters [start, end); None where not all of them are encoded yet.

    Whole parts of the text have counted theirs already; only the two ends are counted here.
    """
    if end > text.n_encoded:
        return None
    total, before = 0, ""
    for encoding, first, _ in text.encodings(start, end):
        low, high = max(start - first, 0), min(end - first, len(encoding.text))
        is_whole = (low, high) == (0, len(encoding.text))
        part = encoding.text[low:high]
        total += encoding.n_graphemes if is_whole else count_graphemes(part)
        total -= joins(before, part)
        before = (before + part)[-4096:]
    return total


def _count(parts: list[Encoding]) -> Iterator[int]:
    total, before = 0, ""
    for part in parts:
        total += part.n_graphemes - joins(before, part.text)
        before = (before + part.text)[-4096:]  # longer rows of flags are counted roughly
        yield total


class LossFinder:
    """Finds where decoding does not give a text back, and remembers the parts that it does.

    The ids are really decoded and compared with the text. After an edit only the parts that it
    changed are: the others are the same objects as before.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._intact: WeakSet[Encoding] = WeakSet()

    def find(self, text: TokenizedText) -> Iterator[int | None]:
        """Yields the place of each part's first loss, a character; None now and then while all is
        well."""
        return self._find(text.encoded_parts())

    def _find(self, encodings: list[Encoding]) -> Iterator[int | None]:
        if self.tokenizer.join is not None and encodings:  # a token's bytes depend on those around
            encodings = [concatenate(encodings)]
        base = 0
        for encoding in encodings:
            if encoding not in self._intact:
                yield self._first_loss(encoding, base)
            base += len(encoding.text)

    def _first_loss(self, encoding: Encoding, base: int) -> int | None:
        decoded = self.tokenizer.decode(encoding.ids.tolist())
        if decoded == encoding.text.encode("utf-8", "surrogatepass"):
            self._intact.add(encoding)
            return None
        return base + _first_difference(encoding.text, decoded)


def _first_difference(text: str, decoded: bytes) -> int:
    """The first character of a text that decoding does not give back."""
    at = 0
    for place, character in enumerate(text):
        data = character.encode("utf-8", "surrogatepass")
        if decoded[at : at + len(data)] != data:
            return place
        at += len(data)
    return len(text)
