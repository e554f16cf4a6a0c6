"""Split patterns by name, and the split of a text into pre-tokens, which merges never cross."""

from dataclasses import dataclass
from functools import cached_property

import regex


@dataclass(frozen=True)
class SplitPattern:
    r"""A regular expression whose matches are the pre-tokens; what it skips is a pre-token too.

    `lookahead`: how many characters past the end of a match the pattern can have looked at. It
    bounds how far an edit reaches to the left, so a text may be encoded in parts; None where that
    is not known, and then a text is always split as a whole. The pattern must not look behind.
    """

    name: str
    pattern: str
    lookahead: int | None = None

    @cached_property
    def compiled(self) -> "regex.Pattern[str]":
        return regex.compile(self.pattern)

    def split(self, text: str) -> list[str]:
        """The pre-tokens in order; joined they are `text`.

        >>> GPT2.split("it's 12 o'clock  !")
        ['it', "'s", ' 12', ' o', "'", 'clock', ' ', ' !']
        """
        pre_tokens: list[str] = self.compiled.findall(text)
        if sum(map(len, pre_tokens)) == len(text):
            return pre_tokens
        return self._split_keeping_the_rest(text)

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


GPT2 = SplitPattern(
    "gpt2",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    # An apostrophe alone has looked at two characters more (`'l?`), a run of white space at one.
    lookahead=2,
)

# Hugging Face's `Digits(individual_digits)` before GPT-2's pattern, as one pattern: every numeric
# character stands alone, and white space before one ends its part of the text: it is taken whole.
SMOLLM = SplitPattern(
    "smollm",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+",
    lookahead=2,
)
