"""Split patterns by name, and the split of a text into pre-tokens, which merges never cross."""

import re
from dataclasses import dataclass
from functools import cached_property

import regex


@dataclass(frozen=True)
class SplitPattern:
    r"""A regular expression whose matches are the pre-tokens; what it skips is a pre-token too.

    `lookahead`: how many characters past the end of a match the pattern can have looked at. It
    bounds how far an edit reaches to the left, so a text may be encoded in parts; None where that
    is not known, and then a text is always split as a whole. The pattern must not look behind.

    `ascii`: the same pattern for text of ASCII characters alone, in the dialect of `re`, which is
    twice as fast where it can be used.
    """

    name: str
    pattern: str
    lookahead: int | None = None
    ascii: str | None = None

    @cached_property
    def compiled(self) -> "regex.Pattern[str]":
        return regex.compile(self.pattern)

    def split(self, text: str) -> list[str]:
        """The pre-tokens in order; joined they are `text`.

        >>> GPT2.split("it's 12 o'clock  !")
        ['it', "'s", ' 12', ' o', "'", 'clock', ' ', ' !']
        """
        pre_tokens: list[str]
        if self._ascii is not None and text.isascii():
            pre_tokens = self._ascii.findall(text)
        else:
            # `regex` lets go of the GIL at each match, and beside a busy GUI a thread would wait
            # a millisecond for it each time.
            pre_tokens = self.compiled.findall(text, concurrent=False)
        if sum(map(len, pre_tokens)) == len(text):
            return pre_tokens
        return self._split_keeping_the_rest(text)

    @cached_property
    def _ascii(self) -> re.Pattern[str] | None:
        return None if self.ascii is None else re.compile(self.ascii)

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
        matches wins, so the first that matches just this stretch is the one.
        """
        for alternative, compiled in zip(self.alternatives, self._compiled_parts, strict=True):
            match = compiled.match(text, start)
            if match is not None:
                return alternative if match.end() == end else None
        return None

    @cached_property
    def _compiled_parts(self) -> "list[regex.Pattern[str]]":
        return [regex.compile(part) for part in self.alternatives]

    def _split_keeping_the_rest(self, text: str) -> list[str]:
        """Text that no match covers is kept (tiktoken and minbpe drop it in silence)."""
        pre_tokens = []
        at = 0
        for match in self.compiled.finditer(text):
            if match.start() > at:
                pre_tokens.append(text[at : match.start()])
            if match.end() > match.start():
                pre_tokens.append(match.group())
            at = match.end()
        if at < len(text):
            pre_tokens.append(text[at:])
        return pre_tokens


_IN_WORDS = {
    r"'(?:[sdmt]|ll|ve|re)": "an English contraction",
    r" ?\p{L}+": "letters, with a space before them",
    r" ?\p{N}+": "digits, with a space before them",
    r"\p{N}": "one digit",
    r" ?[^\s\p{L}\p{N}]+": "other characters, with a space before them",
    r"\s+(?=\p{N})": "white space before a digit",
    r"\s+(?!\S)": "white space, all but the last before a word",
    r"\s+": "white space",
}


def in_words(alternative: str) -> str:
    """What an alternative of a known pattern matches; empty for others."""
    return _IN_WORDS.get(alternative, "")


GPT2 = SplitPattern(
    "gpt2",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    # `\s` is spelled out: that of `re` takes U+001C to U+001F for white space, too.
    ascii=r"'(?:[sdmt]|ll|ve|re)| ?[A-Za-z]+| ?[0-9]+| ?[^ \t-\rA-Za-z0-9]+"
    r"|[ \t-\r]+(?![^ \t-\r])|[ \t-\r]+",
    # An apostrophe alone has looked at two characters more (`'l?`), a run of white space at one.
    lookahead=2,
)

# Hugging Face's `Digits(individual_digits)` before GPT-2's pattern, as one pattern: every numeric
# character stands alone, and white space before one ends its part of the text: it is taken whole.
SMOLLM = SplitPattern(
    "smollm",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+",
    ascii=r"'(?:[sdmt]|ll|ve|re)| ?[A-Za-z]+|[0-9]| ?[^ \t-\rA-Za-z0-9]+|[ \t-\r]+(?=[0-9])"
    r"|[ \t-\r]+(?![^ \t-\r])|[ \t-\r]+",
    lookahead=2,
)
