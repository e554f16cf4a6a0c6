"""What kind each character of a text is, for a whole text at once.

A split pattern asks of a character only whether it is a letter, a number, white space or one of a
few others. So a table from code points to classes answers all of it in one step; it is made with
`regex`, whose Unicode the split patterns themselves use.
"""

from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int64s

Classes = NDArray[np.uint8]

LETTER, NUMBER, WHITE, OTHER, MARK = 1, 2, 4, 8, 16
"""One of these for each character. MARK is a combining mark, which `\\p{L}` does not match."""
SPACE, LINE_END, APOSTROPHE, SLASH = 32, 64, 96, 128
"""U+0020, CR or LF, `'`, `/`: in the upper bits, beside WHITE or OTHER."""
KIND = 31
SIGN = 224

UPPER, LOWER, CASELESS = 1, 2, 4
"""Letters and marks as o200k sees them: see `cases_of`."""

_PLANE = 1 << 16
_EMPTY = {*range(4, 14), 15, 16}  # planes without characters, or for private use only
_KINDS = {LETTER: r"\p{L}+", NUMBER: r"\p{N}+", WHITE: r"\s+", MARK: r"\p{M}+"}
_CASES = {
    UPPER: r"[\p{Lu}\p{Lt}]+",
    LOWER: r"\p{Ll}+",
    CASELESS: r"[\p{Lm}\p{Lo}\p{M}]+",
}


def classes_of(text: str, data: bytes) -> tuple[Classes, Int64s | None]:
    """(characters,) the class of each, and where each begins in `data`, the text's UTF-8.

    The places are None for ASCII. No lone surrogates.
    """
    if len(text) == len(data):
        return np.frombuffer(data.translate(_ascii(0)), np.uint8), None
    places = np.flatnonzero(np.frombuffer(data, np.int8) >= -64)  # bytes 0x80 to 0xBF go on
    return _looked_up(_code_points(text), 0), places


def cases_of(text: str) -> Classes:
    """(characters,) UPPER for `\\p{Lu}` and `\\p{Lt}`, LOWER for `\\p{Ll}`, CASELESS for other
    letters and all marks, 0 for everything else."""
    if text.isascii():
        return np.frombuffer(text.encode().translate(_ascii(1)), np.uint8)
    return _looked_up(_code_points(text), 1)


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _looked_up(code_points: NDArray[np.uint32], which: int) -> Classes:
    highest = int(code_points.max(initial=0))
    return _table(highest // _PLANE + 1)[which].take(code_points)


@cache
def _ascii(which: int) -> bytes:
    return _table(1)[which][:256].tobytes()


@cache
def _table(n_planes: int) -> tuple[Classes, Classes]:
    """Kinds and cases of the first planes of 65,536 characters: most texts need only one."""
    planes = [_plane(plane) for plane in range(n_planes)]
    kinds = np.concatenate([kinds for kinds, _ in planes])
    cases = np.concatenate([cases for _, cases in planes])
    kinds[ord(" ")] |= SPACE
    kinds[[ord("\r"), ord("\n")]] |= LINE_END
    kinds[ord("'")] |= APOSTROPHE
    kinds[ord("/")] |= SLASH
    return kinds, cases


@cache
def _plane(plane: int) -> tuple[Classes, Classes]:
    if plane in _EMPTY:
        return np.full(_PLANE, OTHER, np.uint8), np.zeros(_PLANE, np.uint8)
    codes = np.arange(plane * _PLANE, (plane + 1) * _PLANE)
    codes[(codes >= 0xD800) & (codes < 0xE000)] = 0xFFFD
    characters = "".join(map(chr, codes.tolist()))
    kinds, cases = np.full(_PLANE, OTHER, np.uint8), np.zeros(_PLANE, np.uint8)
    for table, patterns in ((kinds, _KINDS), (cases, _CASES)):
        for value, pattern in patterns.items():
            for match in regex.finditer(pattern, characters):
                table[match.start() : match.end()] = value
    return kinds, cases
