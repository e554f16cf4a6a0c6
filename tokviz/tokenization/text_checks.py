"""Checks of a whole text, a part at a time: how many graphemes, and does decoding give it back.

Both take the text as it is when they are called; the iterators may run in another thread.
"""

from collections.abc import Iterator

from tokviz.tokenization.encoding import Encoding, concatenate
from tokviz.tokenization.graphemes import count_graphemes, joins
from tokviz.tokenization.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer


def count_graphemes_of(text: TokenizedText) -> Iterator[int]:
    """Yields the count so far after each part; the last one is the whole count."""
    return _count([part.encoding for part in text.encodings()])


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


def find_losses(text: TokenizedText) -> Iterator[int | None]:
    """Yields for each part the place of its first loss, None while all is well.

    The ids are really decoded and compared with the text; the place is the first character that
    is not given back.
    """
    return _losses(text.tokenizer, [part.encoding for part in text.encodings()])


def _losses(tokenizer: Tokenizer, encodings: list[Encoding]) -> Iterator[int | None]:
    if tokenizer.join is not None and encodings:  # what a token gives depends on those around it
        encodings = [concatenate(encodings)]
    base = 0
    for encoding in encodings:
        decoded = tokenizer.decode(encoding.ids.tolist())
        intact = decoded == encoding.text.encode("utf-8", "surrogatepass")
        yield None if intact else base + _first_difference(encoding.text, decoded)
        base += len(encoding.text)


def _first_difference(text: str, decoded: bytes) -> int:
    """The first character of a text that decoding does not give back."""
    at = 0
    for place, character in enumerate(text):
        data = character.encode("utf-8", "surrogatepass")
        if decoded[at : at + len(data)] != data:
            return place
        at += len(data)
    return len(text)
