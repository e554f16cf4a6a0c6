"""Texts of every kind for comparing tokenizers: a fixed list, a generator, a hypothesis strategy.

Generated characters are assigned in Python's own Unicode tables. `regex` knows letters that were
assigned after Unicode 16, tiktoken and tokenizers do not yet, so those would differ for a reason
that is nobody's fault.
"""

import random
import sys
import unicodedata
from functools import cache

from hypothesis import strategies as st

WHITE_SPACE = [
    " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r", " \n ", "\u00a0", "\u2003", "\u2028",
    "\u2029", "\u3000", "\x0b", "\x0c", "\x85", "\u1680", "\u200a", "\u202f", "\u205f",
]  # fmt: skip
NOT_QUITE_WHITE_SPACE = ["\x1c", "\x1d", "\x1e", "\x1f", "\u200b", "\ufeff", "\u2060", "\u180e"]
CONTRACTIONS = [
    apostrophe + ending
    for apostrophe in ("'", "’", "‘", "＇", "''")
    for ending in ("s", "t", "re", "ve", "m", "ll", "d", "S", "T", "RE", "Ve", "lL", "D", "ſ", "x")
]
NUMBERS = [
    "7",
    "42",
    "1999",
    "1234567",
    "3.14159",
    "1,000,000",
    "½",
    "Ⅷ",
    "②",
    "٣٤",
    "९८",
    "𝟜𝟚",
    "²³",
]
CONTROLS = ["\x00", "\x01", "\x04", "\x07", "\x1b[0m", "\x7f", "\x80", "\x9f", "\xad"]
ODD = ["\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\ue000", "\U000f0000", "\U0010fffd", "\ufffd"]
EMOJI = [
    "🚀",
    "👍🏽",
    "👩‍🚀",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇯🇵",
    "🇯🇵🇩🇪🇫",
    "❤️",
    "1️⃣",
    "🧑🏿‍🤝‍🧑🏻",
    "☺",
    "\u200d",
]
SCRIPTS = [
    "naïve café Straße", "cafe\u0301 Zu\u0308rich a\u0300\u0301\u0302\u0303", "Привет, мир",
    "Γειά σου Κόσμε", "مرحبا بالعالم", "שָׁלוֹם עוֹלָם", "\u202eabc\u202c \u200frtl\u200e",
    "สวัสดีชาวโลก", "ខ្ញុំស្រឡាញ់ភាសាខ្មែរ", "नमस्ते दुनिया क्ष्म्य", "வணக்கம் உலகம்", "မြန်မာ", "བོད་སྐད",
    "北京欢迎你", "東京タワーへ行こう", "안녕하세요 세계", "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "𠮷野家 𝒜𝓁𝑔𝑒𝒷𝓇𝒶 𐍈", "Ｆｕｌｌｗｉｄｔｈ １２３", "ﬁ ﬂ ĳ ǆ", "İstanbul ıI", "ᏣᎳᎩ ትግርኛ ⵜⴰⵎⴰⵣⵉⵖⵜ",
]  # fmt: skip
SPECIAL_NAMES = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<repo_name>",
    "<|endoftext|",
    "<||>",
]
TECHNICAL = [
    "def f(x):\n    return {'a': x[1:-1]}  # it's ok\n", "if (a&&b||!c) { x->y++; }\r\n\t\t// done",
    "SELECT * FROM t WHERE a='b''c';", "<p class=\"x\">&nbsp;</p>", "https://example.org/a?b=c&d=%20#e",
    "aGVsbG8gd29ybGQhIHRoaXMgaXMgYmFzZTY0Cg==", "0xDEADBEEF 1e-9 -3", "C:\\new\\table", "a_b-c.d/e",
    "\x1b[31mred\x1b[0m", "{\"k\": [1, 2.5, null, \"\\u00e9\"]}", "\ufeffBOM first", "--==--\t|\t|",
    "...!?!",
]  # fmt: skip
LONG = [
    "a" * 3000, " " * 1000, "\n" * 500, "ab" * 700, "the " * 300, "=" * 400, "0" * 500, "é" * 300,
    "🚀" * 150, "\r\n" * 200, "x" * 200 + " " * 200 + "y", "าาาา" * 60, "\u0301" * 300, "'s" * 200,
]  # fmt: skip
EXACT_CASES = [
    "", " ", "a", "'", "''s", "it's", "IT'S", "it’s", "'ll'l'", " '", "  a", "a  ", " \t a\n b",
    "1 2", "a 1", "a  1", "\n1", "1\n\n2 ", "a\u00a0b", "\u00a0\u00a0a", "=\x04=", "\x04",
    "a\x04b c\x04",
    "tokenization", " tokenization", "strawberry", " Midnights", "Hello, world!", "½½ 1½", "\t1\t",
]  # fmt: skip
PARTS = [
    *WHITE_SPACE, *NOT_QUITE_WHITE_SPACE, *CONTRACTIONS, *NUMBERS, *CONTROLS, *ODD, *EMOJI,
    *SCRIPTS, *SPECIAL_NAMES, *TECHNICAL, "the", " of", "Token", "isation", "ing", "A", "z", "é",
    "—", "“q”", "$",
]  # fmt: skip

_NONCHARACTERS = {0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFF}


def is_settled(character: str) -> bool:
    """Whether all Unicode tables in use agree on it; lone surrogates are another matter."""
    if ord(character) in _NONCHARACTERS:
        return True
    return unicodedata.category(character) not in ("Cn", "Cs")


@cache
def _settled() -> str:
    return "".join(c for c in map(chr, range(sys.maxunicode + 1)) if is_settled(c))


@cache
def texts(n: int = 2500) -> list[str]:
    """At least `n` texts: all of the lists above, then texts made of them. Always the same."""
    chance = random.Random(20240229)
    found = [*EXACT_CASES, *PARTS, *LONG]
    while len(found) < n:
        found.append(_generated(chance, len(found) % 5))
    return found


def _generated(chance: random.Random, kind: int) -> str:
    length = chance.randint(1, 12)
    if kind == 0:  # any characters at all
        return "".join(chance.choices(_settled(), k=4 * length))
    if kind == 1:  # where white space, digits, apostrophes and letters meet
        return "".join(chance.choices(" \t\n\r\u00a0'’1½aAéſsltdmrev.=-\x04", k=3 * length))
    if kind == 2:
        return "".join(chance.choices(PARTS, k=length))
    if kind == 3:
        return " ".join(chance.choices([*SCRIPTS, *EMOJI, *NUMBERS, *CONTRACTIONS], k=length))
    block = chance.randrange(0, 0x3000, 0x80)  # characters of one neighbourhood
    near = [c for c in map(chr, range(block, block + 0x80)) if is_settled(c)] or ["a"]
    return "".join(chance.choices([*near, " ", "a"], k=4 * length))


settled_text = st.text(st.characters(exclude_categories=("Cs",)).filter(is_settled))
built_text = st.lists(st.sampled_from(PARTS), max_size=8).map("".join)
any_text = st.one_of(st.text(), built_text)
"""Everything Python can hold, lone surrogates included."""
