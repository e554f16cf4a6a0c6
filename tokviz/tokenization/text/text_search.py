"""Finding places in a text: by characters, bytes, a regular expression, an id or a row of ids.

ing            the characters "ing"
hex:e2 80      bytes of the text's UTF-8, also in the middle of a character
/to(ken)?/     a regular expression
id:1634        every token with this id
[11241, 1634]  these ids in a row
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import regex

from tokviz.tokenization.encoding import Int32s, Int64s, utf8_lengths, without_surrogates
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.token_filter import FilterError
from tokviz.tokenization.vocabulary.vocabulary_search import parsed_ids

_MOST_PATTERN = 500  # characters: compiling is not covered by a time-out
_SECONDS = 5.0  # of processor time for a whole text
_BATCH = 2048
_ID_LIST = regex.compile(r"\[[\s,0-9]*[0-9][\s,0-9]*\]\s*")


@dataclass(frozen=True)
class TextHits:
    """Spans of characters, rising and without overlap: (n,) int64 each."""

    starts: Int64s
    ends: Int64s

    def __len__(self) -> int:
        return len(self.starts)

    def span(self, index: int) -> tuple[int, int]:
        return int(self.starts[index]), int(self.ends[index])

    def at_or_after(self, position: int) -> int:
        """Index of the first hit that starts at `position` or behind it; `len` if none does."""
        return int(self.starts.searchsorted(np.int64(position)))

    def within(self, start: int, end: int) -> list[tuple[int, int]]:
        """The hits that touch [start, end)."""
        low = int(self.ends.searchsorted(np.int64(start), "right"))
        high = int(self.starts.searchsorted(np.int64(end)))
        return [self.span(i) for i in range(low, high)]


class TokenHits:
    """Runs of `length` tokens that begin at the indexes `firsts`, (n,) int64, rising.

    Their spans are looked up in the text when they are asked for, which must not have changed.
    """

    def __init__(self, text: TokenizedText, firsts: Int64s, length: int) -> None:
        self._text = text
        self._firsts = firsts
        self._length = length

    def __len__(self) -> int:
        return len(self._firsts)

    def span(self, index: int) -> tuple[int, int]:
        first = int(self._firsts[index])
        return self._text.token_span(first)[0], self._text.token_span(first + self._length - 1)[1]

    def at_or_after(self, position: int) -> int:
        return int(self._firsts.searchsorted(np.int64(self._text.n_tokens_before(position))))

    def within(self, start: int, end: int) -> list[tuple[int, int]]:
        rows = self._text.tokens(start, end)
        low = int(self._firsts.searchsorted(np.int64(rows.first - self._length + 1)))
        high = int(self._firsts.searchsorted(np.int64(rows.first + len(rows.ids))))
        return [self.span(i) for i in range(low, high)]


Hits = TextHits | TokenHits


def wanted_ids(words: str, tokenizer: Tokenizer) -> list[int] | None:
    """The row of ids that a query asks for, None if it asks for text. Raises `FilterError`."""
    if words.startswith("id:"):
        return parsed_ids(words[3:], tokenizer)
    if _ID_LIST.fullmatch(words):
        return parsed_ids(words, tokenizer)
    return None


def find_ids(ids: Int32s, wanted: list[int]) -> Int64s:
    """Where a row of ids begins among `ids`, (n,) int64, rising; overlaps are all found.

    >>> find_ids(np.array([1, 1, 1, 2], np.int32), [1, 1]).tolist()
    [0, 1]
    """
    n_starts = len(ids) - len(wanted) + 1
    if not wanted or n_starts <= 0:
        return np.zeros(0, np.int64)
    found = np.flatnonzero(ids[:n_starts] == wanted[0])
    for place, token_id in enumerate(wanted[1:], 1):
        found = found[ids[found + place] == token_id]
    return found


def find_text(text: str, words: str, *, match_case: bool = True) -> Iterator[TextHits]:
    """Hits in parts, in order, to be joined by `joined_hits`. Raises `FilterError`, also later."""
    if words.startswith("hex:"):
        yield from _find_bytes(text, words[4:])
        return
    is_expression = len(words) > 2 and words.startswith("/") and words.endswith("/")
    pattern = _compiled(words, is_expression, match_case)
    try:
        matches = pattern.finditer(text, timeout=_SECONDS, concurrent=True)
        while batch := [match.span() for match in islice(matches, _BATCH)]:
            yield _hits([span for span in batch if span[0] < span[1]])
    except TimeoutError:
        raise FilterError(f"{words} takes too long on this text: simplify it.") from None


def joined_hits(parts: list[TextHits]) -> TextHits:
    """The hits of neighbouring parts as one."""
    nothing = np.zeros(0, np.int64)
    return TextHits(
        np.concatenate([nothing, *(part.starts for part in parts)]),
        np.concatenate([nothing, *(part.ends for part in parts)]),
    )


def _compiled(words: str, is_expression: bool, match_case: bool) -> regex.Pattern[str]:
    expression = words[1:-1] if is_expression else regex.escape(words)
    if is_expression and len(expression) > _MOST_PATTERN:
        raise FilterError(
            f"The expression has {len(expression)} characters; {_MOST_PATTERN} at most."
        )
    ignores = not match_case and not is_expression  # an expression says (?i) itself
    try:
        return regex.compile(expression, regex.IGNORECASE if ignores else 0)
    except regex.error as error:
        raise FilterError(f"{words} is no valid expression: {error}.") from None


def _find_bytes(text: str, digits: str) -> Iterator[TextHits]:
    """Occurrences without overlap; a character that the bytes cut is in the span."""
    try:
        wanted = bytes.fromhex(digits)
    except ValueError:
        raise FilterError(f"{digits!r} is not hex: write bytes such as e2 80 a6.") from None
    if not wanted:
        return
    data = without_surrogates(text).encode("utf-8")
    found, at = [], data.find(wanted)
    while at >= 0:
        found.append(at)
        at = data.find(wanted, at + len(wanted))
    starts = np.array(found, np.int64)
    last_bytes = starts + len(wanted) - 1
    if len(data) != len(text):
        offsets = np.zeros(len(text) + 1, np.int64)
        np.cumsum(utf8_lengths(text), out=offsets[1:])
        starts = offsets.searchsorted(starts, "right") - 1
        last_bytes = offsets.searchsorted(last_bytes, "right") - 1
    yield TextHits(starts, last_bytes + 1)


def _hits(spans: list[tuple[int, int]]) -> TextHits:
    pairs = np.array(spans, np.int64).reshape(-1, 2)
    return TextHits(pairs[:, 0], pairs[:, 1])
