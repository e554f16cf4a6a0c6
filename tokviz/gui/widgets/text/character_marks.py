"""What stands on screen for each character: itself, or a short name where it could not be seen.

Qt drops or misreads some characters on the way into a QString (a BOM or U+FFFE in front, lone
surrogates), so those have a stand-in always; the merely invisible ones have theirs while marks are
shown. A joiner or variation selector inside a grapheme stays as it is, so that shaping is the
text's own. Line breaks never come here: the row paints a cell for each after its text.
"""

from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

_C0 = [
    "NUL",
    "SOH",
    "STX",
    "ETX",
    "EOT",
    "ENQ",
    "ACK",
    "BEL",
    "BS",
    "HT",
    "LF",
    "VT",
    "FF",
    "CR",
    "SO",
    "SI",
    "DLE",
    "DC1",
    "DC2",
    "DC3",
    "DC4",
    "NAK",
    "SYN",
    "ETB",
    "CAN",
    "EM",
    "SUB",
    "ESC",
    "FS",
    "GS",
    "RS",
    "US",
]
_C1 = [
    "PAD",
    "HOP",
    "BPH",
    "NBH",
    "IND",
    "NEL",
    "SSA",
    "ESA",
    "HTS",
    "HTJ",
    "VTS",
    "PLD",
    "PLU",
    "RI",
    "SS2",
    "SS3",
    "DCS",
    "PU1",
    "PU2",
    "STS",
    "CCH",
    "MW",
    "SPA",
    "EPA",
    "SOS",
    "SGC",
    "SCI",
    "CSI",
    "ST",
    "OSC",
    "PM",
    "APC",
]
_NAMES: dict[int, str] = {
    **dict(enumerate(_C0)),
    0x7F: "DEL",
    **dict(enumerate(_C1, 0x80)),
    0xA0: "NBSP",
    0xAD: "SHY",
    0x34F: "CGJ",
    0x61C: "ALM",
    0x115F: "HCF",
    0x1160: "HJF",
    **dict(enumerate(["FVS1", "FVS2", "FVS3", "MVS", "FVS4"], 0x180B)),
    **dict(
        enumerate(
            ["NQSP", "MQSP", "ENSP", "EMSP", "3MSP", "4MSP", "6MSP", "FSP", "PSP", "THSP", "HSP"],
            0x2000,
        )
    ),
    **dict(enumerate(["ZWSP", "ZWNJ", "ZWJ", "LRM", "RLM"], 0x200B)),
    **dict(enumerate(["LRE", "RLE", "PDF", "LRO", "RLO", "NNBSP"], 0x202A)),
    0x205F: "MMSP",
    0x2060: "WJ",
    **dict(
        enumerate(
            ["LRI", "RLI", "FSI", "PDI", "ISS", "ASS", "IAFS", "AAFS", "NADS", "NODS"], 0x2066
        )
    ),
    0x3164: "HF",
    0xFEFF: "BOM",
    0xFFA0: "HHF",
    **dict(enumerate(["IAA", "IAS", "IAT"], 0xFFF9)),
    **{0xFE00 + i: f"VS{i + 1}" for i in range(16)},
    **{0xE0100 + i: f"VS{i + 17}" for i in range(240)},
}
LINE_BREAK_MARKS = {"\n": "↵", "\r": "CR", "\u2028": "LS", "\u2029": "PS"}

_UNSHOWABLE = r"[\p{Cc}\p{Cs}\p{Cn}\uFEFF--\t]"
_INVISIBLE = (
    r"[\u00A0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F"
    r"\u205F-\u206F\u2800\u3164\uFE00-\uFE0F\uFFA0\uFFF9-\uFFFB\U000E0001-\U000E01EF]"
)
_BLANK = regex.compile(_UNSHOWABLE + r"|\s", regex.V1)
_STAND_INS = {
    True: regex.compile(_UNSHOWABLE + "|" + _INVISIBLE, regex.V1),
    False: regex.compile(_UNSHOWABLE + r"|[\u2028\u2029]", regex.V1),
}
_JOINS = regex.compile(
    r"[\u034F\u1160\u17B4\u17B5\u180B-\u180D\u180F\u200C\u200D\uFE00-\uFE0F"
    r"\U000E0020-\U000E007F\U000E0100-\U000E01EF]"
)


@dataclass(frozen=True)
class DisplayText:
    """The string a row shows, and where each of its characters begins in it, in UTF-16 units.

    `units` has one entry a character and one for the end; None means the identity. `stand_ins`
    holds the (start, length) of each stand-in, in UTF-16 units.
    """

    text: str
    units: NDArray[np.int64] | None
    stand_ins: tuple[tuple[int, int], ...]

    def unit(self, offset: int) -> int:
        return offset if self.units is None else int(self.units[offset])

    def cut(self, offset: int) -> int:
        """Index within `text` (code points) at which the character with this offset begins."""
        if self.units is None:
            return offset
        return len(self.text.encode("utf-16-le")[: 2 * self.unit(offset)].decode("utf-16-le"))

    def offset(self, unit: int) -> int:
        """The character a UTF-16 unit belongs to."""
        if self.units is None:
            return unit
        return int(self.units.searchsorted(np.int64(unit), side="right")) - 1


def stand_in(character: str) -> str:
    """The name shown for an invisible character.

    >>> stand_in("\\x00"), stand_in("\\ufeff"), stand_in("\\ud83d"), stand_in("\\ufffe")
    ('NUL', 'BOM', 'D83D', 'U+FFFE')
    """
    code = ord(character)
    if 0xD800 <= code < 0xE000:
        return f"{code:04X}"
    return _NAMES.get(code) or f"U+{code:04X}"


def display_text(text: str, marks_shown: bool) -> DisplayText:
    """The row's text with stand-ins in place of what could not be seen.

    >>> display_text("a\\x00b", True).text
    'aNULb'
    >>> display_text("\\U0001F469\\u200d\\U0001F467", True).text == "\\U0001F469\\u200d\\U0001F467"
    True
    """
    pattern = _STAND_INS[marks_shown]
    if text.isascii() and text.isprintable():
        return DisplayText(text, None, ())
    replaced: list[tuple[int, str]] = []
    for match in pattern.finditer(text):
        at = match.start()
        if at and _JOINS.match(text, at) and not _BLANK.match(text, at - 1):
            continue
        replaced.append((at, stand_in(text[at])))
    if not replaced:
        return DisplayText(text, None if text.isascii() else _units(text, ()), ())
    pieces: list[str] = []
    done = 0
    for at, name in replaced:
        pieces += (text[done:at], name)
        done = at + 1
    pieces.append(text[done:])
    units = _units(text, tuple(replaced))
    assert units is not None
    return DisplayText(
        "".join(pieces), units, tuple((int(units[at]), len(name)) for at, name in replaced)
    )


def _units(text: str, replaced: tuple[tuple[int, str], ...]) -> NDArray[np.int64] | None:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    lengths = 1 + (codes > 0xFFFF).astype(np.int64)
    if not replaced and lengths.sum() == len(text):
        return None
    for at, name in replaced:
        lengths[at] = len(name)
    units = np.zeros(len(text) + 1, dtype=np.int64)
    np.cumsum(lengths, out=units[1:])
    return units
