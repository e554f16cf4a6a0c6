"""SplitPattern: how a text is split into pre-tokens, which merges never cross."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import regex

from tokviz.tokenization.pre_tokenization.automaton.pattern_syntax import NotRegular
from tokviz.tokenization.pre_tokenization.automaton.split_automaton import automaton_of

_SECONDS = 1.5  # to match somebody's own pattern, and some more for each character
_SECONDS_OF_ONE_CHARACTER = 2e-6


class SplitPatternError(ValueError):
    """A split pattern that cannot be used."""


@dataclass(frozen=True)
class SplitPattern:
    r"""A regular expression whose matches are the pre-tokens; what it skips is a pre-token too.

    `lookahead`: how many characters past the end of a match the pattern can have looked at. It
    bounds how far an edit reaches to the left, so a text may be encoded in parts; None where that
    is not known, and then a text is always split as a whole. The pattern must not look behind.

    `ascii`: the same pattern for text of ASCII characters alone, in the dialect of `re`, which is
    twice as fast where it can be used.

    `cut`: an expression for `re`; wherever it matches, a pre-token begins, and what is in front
    splits the same whether or not the text goes on. So a text may be counted in parts. None where
    no such place is known.

    `longest`: a pre-token of more bytes is cut there, between two characters.

    `limited`: the pattern is somebody's own and may take for ever where it is matched step by
    step: an automaton splits by it, or if that cannot, matching has a time limit.

    `then`: splits each of those pre-tokens again, and sees nothing of what stands around it.
    """

    name: str
    pattern: str
    lookahead: int | None = None
    ascii: str | None = None
    cut: str | None = None
    longest: int | None = None
    limited: bool = False
    then: "SplitPattern | None" = None

    @cached_property
    def compiled(self) -> "regex.Pattern[str]":
        return regex.compile(self.pattern)

    def split(self, text: str) -> list[str]:
        r"""The pre-tokens in order; joined they are `text`. Raises `SplitPatternError`.

        >>> SplitPattern("words", r" ?\p{L}+|\p{N}").split("it's 12 o'clock")
        ['it', "'", 's', ' ', '1', '2', ' o', "'", 'clock']
        """
        pre_tokens: list[str]
        if self._ascii is not None and text.isascii():
            pre_tokens = self._ascii.findall(text)
        elif self.limited:
            pre_tokens = self._split_in_time(text)
        else:
            # `regex` lets go of the GIL at each match, and beside a busy GUI a thread would wait
            # a millisecond for it each time.
            pre_tokens = self.compiled.findall(text, concurrent=False)
        if sum(map(len, pre_tokens)) != len(text):
            pre_tokens = self._split_keeping_the_rest(text)
        if self.then is not None:
            pre_tokens = [p for part in pre_tokens for p in self.then.split(part)]
        if self.longest is not None and 4 * max(map(len, pre_tokens), default=0) > self.longest:
            pre_tokens = [p for long in pre_tokens for p in _in_pieces(long, self.longest)]
        return pre_tokens

    @cached_property
    def split_ascii(self) -> Callable[[str], list[str]] | None:
        """`split` for ASCII text alone, at half the cost for a short one; None without `ascii`,
        which covers all of a text."""
        return None if self._ascii is None or self.then is not None else self._ascii.findall

    @cached_property
    def _ascii(self) -> re.Pattern[str] | None:
        return None if self.ascii is None else re.compile(self.ascii)

    @property
    def links(self) -> "list[SplitPattern]":
        """This pattern and those that come after it."""
        return [self] if self.then is None else [self, *self.then.links]

    @cached_property
    def alternatives(self) -> list[str]:
        r"""The parts of the pattern between its outermost bars.

        >>> SplitPattern("", r"a(b|c)|[|]\||d").alternatives
        ['a(b|c)', '[|]\\|', 'd']
        """
        parts, depth, in_class, start = [], 0, False, 0
        skip = False
        for i, character in enumerate(self.pattern):
            if skip or character == "\\":
                skip = not skip
            elif in_class:
                in_class = character != "]"
            elif character == "[":
                in_class = True
            elif character in "()":
                depth += 1 if character == "(" else -1
            elif character == "|" and depth == 0:
                parts.append(self.pattern[start:i])
                start = i + 1
        return [*parts, self.pattern[start:]]

    def alternative_at(self, text: str, start: int, end: int) -> str | None:
        """Which alternative matched the pre-token [start, end); None where none did.

        `text` must go on behind `end` as far as the pattern looks. The first alternative that
        matches wins, so the first that matches just this stretch is the one. Of patterns that are
        applied one after the other the last one is asked first, which may have seen `end` as the
        end of its text.
        """
        if self.then is not None:
            for seen in (text, text[:end]):
                found = self.then.alternative_at(seen, start, end)
                if found is not None:
                    return found
        for alternative, compiled in zip(self.alternatives, self._compiled_parts, strict=True):
            match = compiled.match(text, start)
            if match is not None:
                return alternative if match.end() == end else None
        return None

    @cached_property
    def _compiled_parts(self) -> "list[regex.Pattern[str]]":
        return [regex.compile(part) for part in self.alternatives]

    def _split_in_time(self, text: str) -> list[str]:
        automaton = automaton_of(self.pattern)
        if automaton is not None:
            with suppress(NotRegular):
                return automaton.split(text)
        seconds = _SECONDS + len(text) * _SECONDS_OF_ONE_CHARACTER
        try:
            return self._split_keeping_the_rest(text, seconds)
        except TimeoutError:
            raise SplitPatternError(
                f"The split pattern took more than {seconds:.1f} seconds on a text of "
                f"{len(text):,} characters; avoid repetitions inside repetitions."
            ) from None

    def _split_keeping_the_rest(self, text: str, seconds: float | None = None) -> list[str]:
        """Text that no match covers is kept (tiktoken and minbpe drop it in silence)."""
        pre_tokens = []
        at = 0
        for match in self.compiled.finditer(text, concurrent=False, timeout=seconds):
            if match.start() > at:
                pre_tokens.append(text[at : match.start()])
            if match.end() > match.start():
                pre_tokens.append(match.group())
            at = match.end()
        if at < len(text):
            pre_tokens.append(text[at:])
        return pre_tokens


def _in_pieces(text: str, longest: int) -> list[str]:
    """The text in pieces of at most so many bytes of UTF-8, cut between characters."""
    data = text.encode("utf-8", "surrogatepass")
    pieces, at = [], 0
    while len(data) - at > longest:
        end = at + longest
        while data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(data[at:end].decode("utf-8", "surrogatepass"))
        at = end
    return [*pieces, data[at:].decode("utf-8", "surrogatepass")]


def chain(
    name: str, patterns: Sequence["str | SplitPattern"], cut: str | None = None
) -> SplitPattern:
    """Patterns of which each splits what the ones before it made, with the `cut` of all of them.

    Raises `SplitPatternError` if there is none.

    >>> chain("digits first", [r"\\d", r"\\w+"]).split("a1b2 c")
    ['a', '1', 'b', '2', ' ', 'c']
    """
    found: SplitPattern | None = None
    for pattern in reversed(patterns):
        split = SplitPattern(name, pattern) if isinstance(pattern, str) else pattern
        found = replace(split, name=name, lookahead=None, cut=cut, then=found)
    if found is None:
        raise SplitPatternError("A chain of split patterns has at least one; name one.")
    return found
