"""GPT-2's printable alphabet for bytes: files write each byte as one visible character.

Printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 and up, in order
(`bytes_to_unicode` in OpenAI's GPT-2 code).
"""

from itertools import accumulate, pairwise

import numpy as np

_VISIBLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
_HIDDEN = [byte for byte in range(256) if byte not in set(_VISIBLE)]

BYTES_IN_ORDER = _VISIBLE + _HIDDEN
"""Byte values in GPT-2's order: entry i is the byte with id i."""

CHARACTERS = [chr(byte) for byte in _VISIBLE] + [chr(256 + i) for i in range(len(_HIDDEN))]
"""The character for each byte, in the same order."""

_FOREIGN = 0x100
"""What stands in the table for a character that is no byte."""
_BYTE_OF = np.full(max(map(ord, CHARACTERS)) + 2, _FOREIGN, np.uint16)
"""Code point → byte; the last entry stands for all that are higher."""
_BYTE_OF[[ord(character) for character in CHARACTERS]] = BYTES_IN_ORDER


def to_bytes(tokens: list[str]) -> list[bytes]:
    """The bytes of many tokens. Raises `UnicodeEncodeError` for a foreign character.

    >>> to_bytes(["Ġthe", "Ċ"])
    [b' the', b'\\n']
    """
    written = "".join(tokens)
    code_points = np.frombuffer(written.encode("utf-32-le", "surrogatepass"), "<u4")
    values = _BYTE_OF.take(code_points, mode="clip")
    if len(foreign := np.flatnonzero(values == _FOREIGN)):
        at = int(foreign[0])
        raise UnicodeEncodeError("latin-1", written, at, at + 1, "no byte")
    joined = values.astype(np.uint8).tobytes()
    edges = accumulate(map(len, tokens), initial=0)
    return [joined[start:end] for start, end in pairwise(edges)]


def is_byte_level(token: str) -> bool:
    """Whether every character of a token stands for a byte."""
    return _ALPHABET.issuperset(token)


_ALPHABET = frozenset(CHARACTERS)
