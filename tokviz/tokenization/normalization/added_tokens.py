"""Added tokens: names that are looked for in the text before anything else is done with it.

Special ones (`<|endoftext|>`) are matched when the caller asks for it, the others always. The
text between two names is encoded as if it stood alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import regex


@dataclass(frozen=True)
class AddedToken:
    """A name and its id, as `tokenizer.json` describes it.

    `lstrip`, `rstrip`: white space before or behind the name belongs to the token. `single_word`:
    it does not match inside a word. `normalized`: it is looked for after normalization.
    """

    content: str
    id: int
    special: bool = True
    lstrip: bool = False
    rstrip: bool = False
    single_word: bool = False
    normalized: bool = False


class Match(NamedTuple):
    """An added token in a text: the characters [start, end)."""

    start: int
    end: int
    token: AddedToken


class AddedTokenMatcher:
    """Finds added tokens: what is not normalized first, leftmost, and of those the longest."""

    def __init__(self, tokens: Iterable[AddedToken]) -> None:
        tokens = list(tokens)
        passes = [[t for t in tokens if t.normalized is later] for later in (False, True)]
        self._passes = [
            (_pattern([t.content for t in some]), {t.content: t for t in some})
            for some in passes
            if some
        ]

    def find(self, text: str) -> list[Match]:
        """The matches in order; none overlaps another."""
        found: list[Match] = []
        for pattern, tokens in self._passes:
            free = _between(found, len(text))
            more = [m for low, high in free for m in _matches(pattern, tokens, text, low, high)]
            found = sorted([*found, *more], key=lambda match: match.start)
        return found


def _pattern(names: list[str]) -> re.Pattern[str]:
    """The longest of the names at a place. Written as a tree of prefixes, because `re` tries
    alternatives one after the other and Gemma has 6,400 of them."""
    return re.compile(_tree(sorted(set(names)), 0))


def _tree(names: list[str], depth: int) -> str:
    """What goes on from `depth` characters that all the names, sorted, have in common."""
    if len(names) == 1:
        return re.escape(names[0][depth:])
    ends = len(names[0]) == depth
    branches = [
        re.escape(character) + _tree(list(group), depth + 1)
        for character, group in groupby(names[ends:], key=lambda name: name[depth])
    ]
    return "(?:" + "|".join([*branches, ""] if ends else branches) + ")"


def _between(matches: list[Match], n_chars: int) -> Iterator[tuple[int, int]]:
    at = 0
    for match in matches:
        yield at, match.start
        at = match.end
    yield at, n_chars


def _matches(
    pattern: re.Pattern[str], tokens: dict[str, AddedToken], text: str, low: int, high: int
) -> Iterator[Match]:
    at = low
    for found in pattern.finditer(text, low, high):
        token = tokens[found.group()]
        start, end = found.span()
        if token.single_word and (
            _is_word(text[start - 1 : start] if start > low else "")
            or _is_word(text[end : end + 1] if end < high else "")
        ):
            continue
        if start < at:  # what an earlier one took behind itself
            continue
        while token.lstrip and start > at and is_space(text[start - 1]):
            start -= 1
        while token.rstrip and end < high and is_space(text[end]):
            end += 1
        yield Match(start, end, token)
        at = end


def is_space(character: str) -> bool:
    """White space as Unicode has it; Python takes four separators (U+001C to 1F) for it, too."""
    return character.isspace() and not "\x1c" <= character <= "\x1f"


def _is_word(character: str) -> bool:
    return _WORD.match(character) is not None


_WORD = regex.compile(r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]")
"""What Rust's `\\w` takes for a part of a word: not ½, which Python does."""
