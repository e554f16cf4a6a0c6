"""What class each character of a text is in, for a whole text at once.

A split pattern asks little of a character, as whether it is a letter. So a table from code points
to classes answers all of it in one step. Most texts are ASCII but for a few characters: their bytes
are translated, and the table is asked for those few alone.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Classes = NDArray[np.uint8]
Edges = NDArray[np.bool_]
"""(characters,) whether a pre-token starts there."""

FEW = 8
"""Where one character in so many is not ASCII, the others gain nothing by being ASCII."""

_GOING_ON = bytes(range(0x80, 0xC0))  # the second byte of a character and those behind


class CharacterTable(Protocol):
    """What class each character has. `ascii`: of the first 256 code points, as far as they are
    ASCII."""

    @property
    def ascii(self) -> bytes: ...

    def of(self, code_points: NDArray[np.uint32]) -> Classes: ...


def classes_of(text: str, data: bytes, table: CharacterTable) -> Classes:
    """(characters,) the class of each; `data` is the text's UTF-8, with U+FFFD for lone
    surrogates, which have the class of that."""
    if FEW * (len(data) - len(text)) > len(text):
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
