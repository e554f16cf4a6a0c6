"""The names of special tokens in a text, wherever they stand and whatever they are taken for."""

from collections.abc import Iterator

from tokviz.tokenization.normalization.added_tokens import AddedTokenMatcher, Match
from tokviz.tokenization.text.text_tokens import TextTokens
from tokviz.tokenization.tokenizer import Tokenizer

_PART = 1 << 16


def names_within(text: TextTokens, start: int, end: int) -> list[tuple[int, int]]:
    """The spans of names of special tokens that touch the characters [start, end)."""
    tokenizer = text.tokenizer
    longest = _longest(tokenizer)
    if not longest:
        return []
    low = max(start - 2 * longest, 0)
    around = text.slice(low, min(end + longest, text.n_chars))
    spans = ((low + m.start, low + m.end) for m in _special(tokenizer.names, around))
    return [(first, last) for first, last in spans if first < end and last > start]


def find_names(tokenizer: Tokenizer, text: str) -> Iterator[list[Match]]:
    """The names of special tokens in a text, a part of it at a time, in order."""
    longest, at = _longest(tokenizer), 0
    while at < len(text):
        end = min(at + _PART, len(text))
        window = text[at : end + longest]
        found = [
            Match(m.start + at, m.end + at, m.token)
            for m in _special(tokenizer.names, window)
            if m.start + at < end
        ]
        yield found
        at = max([end, *(m.end for m in found[-1:])])


def _longest(tokenizer: Tokenizer) -> int:
    return max((len(t.content) for t in tokenizer.matched(special=True) if t.special), default=0)


def _special(matcher: AddedTokenMatcher, text: str) -> list[Match]:
    return [match for match in matcher.find(text) if match.token.special]
