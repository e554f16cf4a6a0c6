"""The split patterns of published tokenizers, and the choice of one: by name, or one's own.

>>> GPT2.split("it's 12 o'clock  !")
['it', "'s", ' 12', ' o', "'", 'clock', ' ', ' !']
"""

import string
from collections.abc import Sequence

import regex

from tokviz.tokenization.pre_tokenization.automaton.automaton_tables import Cut
from tokviz.tokenization.pre_tokenization.automaton.split_automaton import automaton_of
from tokviz.tokenization.pre_tokenization.pattern_size import LARGEST, written_out
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern, SplitPatternError

_MOST_PATTERN = 2000  # characters: compiling cannot be interrupted

BETWEEN_WORDS = r"(?<=[!-~]) (?=[!-~])"
"""A `cut`: one space between visible ASCII characters.

In every pattern below a pre-token that holds such a space begins with it, and whether the part
before it goes on after its last visible character does not depend on which white space follows.
"""

BETWEEN_LETTERS = r"(?<=[0-9A-Za-z]) (?=[0-9A-Za-z])"
"""The same between letters and digits alone, for patterns that skip some signs."""

CUTS = {
    BETWEEN_WORDS: "".join(map(chr, range(ord("!"), ord("~") + 1))),
    BETWEEN_LETTERS: string.digits + string.ascii_letters,
}
"""What a split pattern may be cut at, and what stands on either side there."""

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
    cut=BETWEEN_WORDS,
)

# Hugging Face's `Digits(individual_digits)` before GPT-2's pattern, as one pattern: every numeric
# character stands alone, and white space before one ends its part of the text: it is taken whole.
SMOLLM = SplitPattern(
    "smollm",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+",
    ascii=r"'(?:[sdmt]|ll|ve|re)| ?[A-Za-z]+|[0-9]| ?[^ \t-\rA-Za-z0-9]+|[ \t-\r]+(?=[0-9])"
    r"|[ \t-\r]+(?![^ \t-\r])|[ \t-\r]+",
    lookahead=2,
    cut=BETWEEN_WORDS,
)

# A run of white space ends behind its last line end, so the edge behind the first line end of
# "\n   ..." depends on all the spaces that follow: there is no bound on how far it looks ahead.
CL100K = SplitPattern(
    "cl100k",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    ascii=r"'(?:[sdmtSDMT]|[lL]{2}|[vV][eE]|[rR][eE])|[^\r\nA-Za-z0-9]?+[A-Za-z]++|[0-9]{1,3}+"
    r"| ?[^ \t-\rA-Za-z0-9]++[\r\n]*+|[ \t-\r]++\Z|[ \t-\r]*[\r\n]|[ \t-\r]+(?![^ \t-\r])"
    r"|[ \t-\r]",
    cut=BETWEEN_WORDS,
)

# No bound either: white space as in cl100k; and a word of capitals looks on for a small letter.
O200K = SplitPattern(
    "o200k",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ascii=r"[^\r\nA-Za-z0-9]?[A-Z]*[a-z]+(?:'(?:[sdmtSDMT]|[lL]{2}|[vV][eE]|[rR][eE]))?"
    r"|[^\r\nA-Za-z0-9]?[A-Z]+(?:'(?:[sdmtSDMT]|[lL]{2}|[vV][eE]|[rR][eE]))?|[0-9]{1,3}"
    r"| ?[^ \t-\rA-Za-z0-9]+[\r\n/]*|[ \t-\r]*[\r\n]+|[ \t-\r]+(?![^ \t-\r])|[ \t-\r]+",
    cut=BETWEEN_WORDS,
)

# Llama 3's; Qwen 2's takes digits one at a time.
LLAMA3 = SplitPattern(
    "llama3",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+",
    ascii=r"'(?:[sdmtSDMT]|[lL]{2}|[vV][eE]|[rR][eE])|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]{1,3}"
    r"| ?[^ \t-\rA-Za-z0-9]+[\r\n]*|[ \t-\r]*[\r\n]+|[ \t-\r]+(?![^ \t-\r])|[ \t-\r]+",
    cut=BETWEEN_WORDS,
)
QWEN2 = SplitPattern(
    "qwen2",
    LLAMA3.pattern.replace(r"\p{N}{1,3}", r"\p{N}"),
    ascii=(LLAMA3.ascii or "").replace("[0-9]{1,3}", "[0-9]"),
    cut=BETWEEN_WORDS,
)

# A run ends at the first character of the other kind, or at the text's end: one character more.
WHITESPACE = SplitPattern(
    "whitespace",
    r"\S+|\s+",
    ascii=r"[^ \t-\r]+|[ \t-\r]+",
    lookahead=1,
    cut=BETWEEN_WORDS,
)

# Nothing is split but lines, so that an edit in a long text still re-encodes a little only; a line
# without an end is cut, too, because a token may be as long as a pre-token. Where a pre-token
# ends without a line end, one character more would have made it longer.
NONE = SplitPattern(
    "none",
    r"[^\n]*\n|[^\n]+",
    ascii=r"[^\n]*\n|[^\n]+",
    lookahead=1,
    cut=r"(?<=\n)",
    longest=1 << 16,
)


SPLIT_PATTERNS = {split.name: split for split in (GPT2, CL100K, O200K, WHITESPACE, NONE)}
"""What a split pattern may be chosen from by name."""


def split_pattern(wanted: str) -> SplitPattern:
    """The split pattern of that name, else that regular expression. Raises `SplitPatternError`.

    >>> split_pattern("gpt2") is GPT2, split_pattern(r"\\d|\\D+").split("a1b")
    (True, ['a', '1', 'b'])
    """
    if wanted in SPLIT_PATTERNS:
        return SPLIT_PATTERNS[wanted]
    known = next((split for split in SPLIT_PATTERNS.values() if split.pattern == wanted), None)
    if known is not None:
        return known
    if len(wanted) > _MOST_PATTERN:
        raise SplitPatternError(
            f"The split pattern has {len(wanted):,} characters; write one of at most "
            f"{_MOST_PATTERN:,}."
        )
    if written_out(wanted) > LARGEST:
        raise SplitPatternError(
            f"The split pattern repeats its parts more than {LARGEST:,} times; write smaller "
            f"counts."
        )
    try:
        _ = SplitPattern("own", wanted).compiled
    except (regex.error, RecursionError, OverflowError) as error:
        raise SplitPatternError(
            f"The split pattern is no regular expression: {error}; correct it, or name one of "
            f"{', '.join(SPLIT_PATTERNS)}."
        ) from None
    return SplitPattern("own", wanted, limited=True, cut=proved_cut([wanted]))


def proved_cut(patterns: Sequence[str]) -> str | None:
    """The first of `CUTS` that is proved to be a `cut` of patterns that each split what the ones
    before it made: no pattern minds it, and one has an edge there anyway. None if none is.

    >>> proved_cut([r"\\d", GPT2.pattern]) == BETWEEN_WORDS, proved_cut([r"\\d"])
    (True, None)
    """
    automata = [automaton for automaton in map(automaton_of, patterns) if automaton is not None]
    if len(automata) < len(patterns):
        return None
    for cut, around in CUTS.items():
        of_each = [automaton.cuts_before(" ", around, around) for automaton in automata]
        of_characters = list(zip(*of_each, strict=True))
        if all(Cut.AT_AN_EDGE in cuts and Cut.UNSURE not in cuts for cuts in of_characters):
            return cut
    return None
