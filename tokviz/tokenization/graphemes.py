"""Grapheme clusters: what a reader takes for one character (Unicode Standard Annex 29)."""

import regex

_GRAPHEME = regex.compile(r"\X")


def count_graphemes(text: str) -> int:
    """How many grapheme clusters a text has.

    >>> count_graphemes("e\\u0301\\r\\n")
    2
    """
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(_GRAPHEME.findall(text))


def joins(before: str, after: str) -> bool:
    """Whether the first character of `after` belongs to the last grapheme of `before`."""
    if not before or not after:
        return False
    end = 0
    for match in _GRAPHEME.finditer(before[-64:] + after[0]):
        end = match.start()
    return end < len(before[-64:])
