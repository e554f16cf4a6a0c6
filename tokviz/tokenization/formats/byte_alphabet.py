"""GPT-2's printable alphabet for bytes: files write each byte as one visible character.

Printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 and up, in order
(`bytes_to_unicode` in OpenAI's GPT-2 code).
"""

_VISIBLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
_HIDDEN = [byte for byte in range(256) if byte not in set(_VISIBLE)]

BYTES_IN_ORDER = _VISIBLE + _HIDDEN
"""Byte values in GPT-2's order: entry i is the byte with id i."""

CHARACTERS = [chr(byte) for byte in _VISIBLE] + [chr(256 + i) for i in range(len(_HIDDEN))]
"""The character for each byte, in the same order."""

_FOREIGN = 0x100
"""What no byte becomes: `latin-1` stumbles over it."""
_TO_LATIN1 = dict.fromkeys(_HIDDEN, _FOREIGN) | {
    ord(c): byte for c, byte in zip(CHARACTERS, BYTES_IN_ORDER, strict=True)
}


def to_bytes(tokens: list[str]) -> list[bytes]:
    """The bytes of many tokens. Raises `UnicodeEncodeError` for a foreign character.

    >>> to_bytes(["Ġthe", "Ċ"])
    [b' the', b'\\n']
    """
    written = "".join(tokens)
    try:
        joined = written.translate(_TO_LATIN1).encode("latin-1")
    except UnicodeEncodeError as error:
        place = error.start, error.end
        raise UnicodeEncodeError("latin-1", written, *place, "no byte") from None
    result, at = [], 0
    for token in tokens:
        result.append(joined[at : at + len(token)])
        at += len(token)
    return result


def is_byte_level(token: str) -> bool:
    """Whether every character of a token stands for a byte."""
    return _ALPHABET.issuperset(token)


_ALPHABET = frozenset(CHARACTERS)
