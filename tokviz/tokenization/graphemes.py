"""Grapheme clusters: what a reader takes for one character (Unicode Standard Annex 29)."""

import re

import regex

_GRAPHEME = regex.compile(r"\X")

# Between two characters of ASCII there is always a boundary, except in CR LF; so only what stands
# between two such places needs Unicode's rule.
_NOT_ASCII = re.compile(r"[^\0-\x7f]+(?:[\0-\x7f][^\0-\x7f]+)*")

# What follows one of these is divided in the same way whatever stands before it. (An emoji behind
# a joiner belongs to what is before; an Indic consonant or a flag's half may.)
_SETTLED = r"[ -~\p{Hiragana}\p{Katakana}\p{Han}]|(?<=[^\u200d])\p{Extended_Pictographic}"
_FIRST_SETTLED = regex.compile(_SETTLED)
_LAST_SETTLED = regex.compile("(?r)" + _SETTLED)


def count_graphemes(text: str) -> int:
    """How many grapheme clusters a text has.

    >>> count_graphemes("e\\u0301\\r\\n")
    2
    """
    count = len(text) - text.count("\r\n")
    if text.isascii():
        return count
    for match in _NOT_ASCII.finditer(text):
        stretch = text[max(match.start() - 1, 0) : match.end() + 1]
        # `concurrent`: other threads, the window's among them, run meanwhile.
        count += len(_GRAPHEME.findall(stretch, concurrent=True)) - len(stretch)
    return count


def joins(before: str, after: str) -> int:
    """How many graphemes fewer the joined text has than its two halves together.

    >>> joins("e", "\\u0301"), joins("\\U0001f469\\u200d", "\\U0001f680"), joins("a", "b")
    (1, 1, 0)
    """
    if before[-1:].isascii() and after[:1].isascii():
        return int(before[-1:] + after[:1] == "\r\n")
    last, first = _LAST_SETTLED.search(before), _FIRST_SETTLED.search(after)
    left = before[last.start() :] if last else before
    right = after[: first.end()] if first else after
    return count_graphemes(left) + count_graphemes(right) - count_graphemes(left + right)
