"""Where characters are in UTF-8, and how many there are."""

import numpy as np

from tokviz.tokenization.encoding import Int64s
from tokviz.tokenization.pre_tokenization.character_classes import FEW


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
    if FEW * (len(data) - n_chars) > n_chars:
        return np.flatnonzero(units >= -64).take(chars)
    going_on = np.flatnonzero(units < -64)
    behind = going_on - np.arange(len(going_on))  # the character behind each
    bounds = chars.searchsorted(behind)
    n_before = np.diff(bounds, prepend=0, append=len(chars))
    return chars + np.repeat(np.arange(len(going_on) + 1), n_before)
