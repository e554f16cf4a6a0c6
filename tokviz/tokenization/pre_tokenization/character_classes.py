"""What kind each character of a text is, for a whole text at once.

A split pattern asks of a character only whether it is a letter, a number, white space or one of a
few others. So a table from code points to classes answers all of it in one step; it is made with
`regex`, whose Unicode the split patterns themselves use. Most texts are ASCII but for a few
characters: their bytes are translated, and the table is asked for those few alone.
"""

from functools import cache
from typing import Protocol

import numpy as np
import regex
from numpy.typing import NDArray

from tokviz.tokenization.encoding import Int64s

Classes = NDArray[np.uint8]

LETTER, NUMBER, WHITE, OTHER, MARK = 1, 2, 4, 8, 24
"""One of these for each character. MARK is a combining mark, which `\\p{L}` does not match: OTHER
to all patterns but one, and so it is OTHER with one more bit."""
SPACE, LINE_END, APOSTROPHE, SLASH = 32, 64, 96, 128
"""U+0020, CR or LF, `'`, `/`: in the upper bits, beside WHITE or OTHER."""
UPPER, LOWER, CASELESS = 32, 64, 96
"""In the upper bits, beside LETTER or MARK: `\\p{Lu}` and `\\p{Lt}`; `\\p{Ll}`; the others."""
KIND, PLAIN_KIND = 31, 15
SIGN = 224

_PLANE = 1 << 16
_EMPTY = {*range(4, 14), 15, 16}  # planes without characters, or for private use only
_SHARES = [  # added up they are the class
    (LETTER, r"\p{L}+"),
    (NUMBER, r"\p{N}+"),
    (WHITE, r"\s+"),
    (MARK, r"\p{M}+"),
    (UPPER, r"[\p{Lu}\p{Lt}]+"),
    (LOWER, r"\p{Ll}+"),
    (CASELESS, r"[\p{Lm}\p{Lo}\p{M}]+"),
]
_GOING_ON = bytes(range(0x80, 0xC0))  # the second byte of a character and those behind
_FEW = 8


class CharacterTable(Protocol):
    """What class each character has. `ascii`: of the first 256 code points, as far as they are
    ASCII."""

    @property
    def ascii(self) -> bytes: ...

    def of(self, code_points: NDArray[np.uint32]) -> Classes: ...


class _KnownClasses:
    """Those above."""

    @property
    def ascii(self) -> bytes:
        return _ascii()

    def of(self, code_points: NDArray[np.uint32]) -> Classes:
        return _table(int(code_points.max()) // _PLANE + 1).take(code_points)


_KNOWN = _KnownClasses()


def classes_of(text: str, data: bytes, table: CharacterTable = _KNOWN) -> Classes:
    """(characters,) the class of each; `data` is the text's UTF-8, with U+FFFD for lone
    surrogates, which have the class of that."""
    if _FEW * (len(data) - len(text)) > len(text):
        code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return table.of(code_points)
    if len(text) == len(data):
        return np.frombuffer(data.translate(table.ascii), np.uint8)
    units = np.frombuffer(data, np.uint8)
    wide = np.flatnonzero(units >= 0x80)
    wide_units = units[wide]
    first = np.flatnonzero(wide_units >= 0xC0)
    places = wide[first] - (first - np.arange(len(first)))  # less the bytes that go on before it
    code_points = np.frombuffer(wide_units.tobytes().decode().encode("utf-32-le"), np.uint32)
    classes = np.frombuffer(bytearray(data.translate(table.ascii, _GOING_ON)), np.uint8)
    classes[places] = table.of(code_points)
    return classes


def n_chars_of(data: bytes) -> int:
    """How many characters this UTF-8 has."""
    if data.isascii():
        return len(data)
    return int(np.count_nonzero(np.frombuffer(data, np.int8) >= -64))


def character_at(data: bytes, at: int) -> int:
    """Where the next character begins in this UTF-8; its end if there is none."""
    while at < len(data) and data[at] & 0xC0 == 0x80:  # a byte that goes on
        at += 1
    return min(at, len(data))


def bytes_at(data: bytes, n_chars: int, chars: Int64s) -> Int64s:
    """Where these characters of a text begin in its UTF-8; both rise."""
    if n_chars == len(data):
        return chars
    units = np.frombuffer(data, np.int8)  # the bytes that go on, 0x80 to 0xBF, are below -64
    if _FEW * (len(data) - n_chars) > n_chars:
        return np.flatnonzero(units >= -64).take(chars)
    going_on = np.flatnonzero(units < -64)
    behind = going_on - np.arange(len(going_on))  # the character behind each
    bounds = chars.searchsorted(behind)
    n_before = np.diff(bounds, prepend=0, append=len(chars))
    return chars + np.repeat(np.arange(len(going_on) + 1), n_before)


@cache
def _ascii() -> bytes:
    return _table(1)[:256].tobytes()


@cache
def _table(n_planes: int) -> Classes:
    """The classes of the first planes of 65,536 characters: most texts need only one."""
    table = np.concatenate([_plane(plane) for plane in range(n_planes)])
    table[ord(" ")] |= SPACE
    table[[ord("\r"), ord("\n")]] |= LINE_END
    table[ord("'")] |= APOSTROPHE
    table[ord("/")] |= SLASH
    return table


@cache
def _plane(plane: int) -> Classes:
    if plane in _EMPTY:
        return np.full(_PLANE, OTHER, np.uint8)
    codes = np.arange(plane * _PLANE, (plane + 1) * _PLANE)
    codes[(codes >= 0xD800) & (codes < 0xE000)] = 0xFFFD
    characters = "".join(map(chr, codes.tolist()))
    table = np.zeros(_PLANE, np.uint8)
    for share, pattern in _SHARES:
        for match in regex.finditer(pattern, characters):
            table[match.start() : match.end()] |= share
    table[table == 0] = OTHER
    return table
