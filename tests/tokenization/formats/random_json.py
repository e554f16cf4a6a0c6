"""Random `tokenizer.json` files: any normalizers, pre-tokenizers, algorithm and added tokens."""

import random
from typing import Any

from tokviz.tokenization.formats.byte_alphabet import BYTES_IN_ORDER, CHARACTERS
from tokviz.tokenization.normalization.spaced_text import SPACE

Part = dict[str, Any]

LETTERS = "abehlotT sz.1é日🍓" + SPACE
_BYTE_CHARACTER = dict(zip(BYTES_IN_ORDER, CHARACTERS, strict=True))
_BYTE_LEVEL_LETTERS = [_BYTE_CHARACTER[byte] for byte in sorted(set("abehlotT sz.1é\n".encode()))]
_BEHAVIORS = ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
_PATTERNS = [
    {"String": " "}, {"String": "b"}, {"Regex": r"\s+"}, {"Regex": r"[a-m]+| ?\p{L}+|\s+"},
    {"Regex": r"\p{N}{1,3}"}, {"Regex": r"\s+$"}, {"Regex": "(?i:T|l)"}, {"Regex": r"\w+|[^\w\s]"},
]  # fmt: skip
_ALIKE = [{"Regex": r} for r in (r"\s+", r"[a-m]+| ?\p{L}+|\s+", r"\p{N}{1,3}", "(?i:T|l)", "b")]
NAMES = ["<x>", "ab", "<s>", "b-b", "é", "T", "l o", "."]


def tokenizer_json(seed: int) -> Part:
    """The object of a file; the same for the same number. Two of five are of a form that our own
    encoders do."""
    chance = random.Random(seed)
    is_known = chance.random() < 0.4
    pre = chance.choice([None, *[_pre_tokenizer(chance)] * 3])
    normalizer = chance.choice([None, _known_normalizer(chance), _normalizer(chance)])
    if is_known:
        pre = chance.choice([None, *[_known_pre_tokenizer(chance)] * 4])
        normalizer = chance.choice([None, None, _known_normalizer(chance)])
    by_bytes = "ByteLevel" in str(pre) or chance.random() < 0.1
    letters = _BYTE_LEVEL_LETTERS if by_bytes else list(LETTERS)
    if is_known:
        model = _bpe(chance, letters, plain=True, with_unknown=not by_bytes and _flag(chance))
    else:
        model = chance.choice([_bpe, _word_piece, _unigram, _word_level])(chance, letters)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added(chance, model),
        "normalizer": normalizer,
        "pre_tokenizer": pre,
        "post_processor": chance.choice([None, None, _TEMPLATE, _BERT]),
        "decoder": chance.choice([None, {"type": "Fuse"}, {"type": "ByteFallback"}]),
        "model": model,
    }


_TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [
        {"SpecialToken": {"id": "a", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
    ],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"a": {"id": "a", "ids": [1, 0], "tokens": ["a", "b"]}},
}
_BERT = {"type": "BertProcessing", "sep": ["x", 1], "cls": ["y", 0]}


def _flag(chance: random.Random) -> bool:
    return chance.random() < 0.5


def _known_normalizer(chance: random.Random) -> Part:
    """What goes with our own encoders."""
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
    prefix = {"type": "Prepend", "prepend": SPACE}
    return chance.choice(
        [
            {"type": "NFC"}, {"type": "NFKC"}, spaces,
            {"type": "Sequence", "normalizers": [prefix, spaces]},
        ]
    )  # fmt: skip


def _known_pre_tokenizer(chance: random.Random) -> Part:
    """What goes with our own encoders."""
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": _flag(chance)}
    isolated: list[Part] = [
        {"type": "Split", "pattern": p, "behavior": "Isolated", "invert": False} for p in _ALIKE
    ]
    cuts = chance.sample([*isolated, {"type": "Digits", "individual_digits": True}], 2)
    scheme = chance.choice(["always", "first", "never"])
    metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": scheme}
    return chance.choice(
        [
            {**level, "use_regex": True},
            {"type": "Sequence", "pretokenizers": [*cuts, {**level, "use_regex": _flag(chance)}]},
            cuts[0], {"type": "Sequence", "pretokenizers": cuts}, {**metaspace, "split": False},
            {"type": "BertPreTokenizer"},
        ]
    )  # fmt: skip


def _normalizer(chance: random.Random, depth: int = 0) -> Part:
    kinds: list[Part] = [
        *({"type": kind} for kind in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents")),
        {"type": "Nmt"},
        {"type": "Strip", "strip_left": _flag(chance), "strip_right": _flag(chance)},
        {"type": "Replace", "pattern": {"String": " "}, "content": SPACE},
        {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
        {"type": "Replace", "pattern": {"String": "l"}, "content": chance.choice(["", "ab", "é"])},
        {"type": "Prepend", "prepend": chance.choice([SPACE, "a"])},
        {
            "type": "BertNormalizer", "clean_text": _flag(chance), "lowercase": _flag(chance),
            "handle_chinese_chars": _flag(chance),
            "strip_accents": chance.choice([None, True, False]),
        },
    ]  # fmt: skip
    if depth < 2 and chance.random() < 0.4:
        some = [_normalizer(chance, depth + 1) for _ in range(chance.randint(0, 3))]
        return {"type": "Sequence", "normalizers": some}
    return chance.choice(kinds)


def _pre_tokenizer(chance: random.Random, depth: int = 0) -> Part:
    behavior = chance.choice(_BEHAVIORS)
    scheme = chance.choice(["always", "first", "never"])
    kinds: list[Part] = [
        {
            "type": "ByteLevel", "add_prefix_space": _flag(chance), "trim_offsets": _flag(chance),
            "use_regex": _flag(chance),
        },
        *({"type": k} for k in ("Whitespace", "WhitespaceSplit", "BertPreTokenizer")),
        {"type": "UnicodeScripts"},
        {"type": "Punctuation", "behavior": behavior},
        {"type": "Digits", "individual_digits": _flag(chance)},
        {"type": "CharDelimiterSplit", "delimiter": "e"},
        {"type": "FixedLength", "length": 3},
        {
            "type": "Split", "pattern": chance.choice(_PATTERNS), "behavior": behavior,
            "invert": chance.random() < 0.2,
        },
        {
            "type": "Split", "pattern": chance.choice(_PATTERNS), "behavior": "Isolated",
            "invert": False,
        },
        {
            "type": "Metaspace", "replacement": SPACE, "prepend_scheme": scheme,
            "split": _flag(chance),
        },
    ]  # fmt: skip
    if depth < 2 and chance.random() < 0.4:
        some = [_pre_tokenizer(chance, depth + 1) for _ in range(chance.randint(1, 3))]
        return {"type": "Sequence", "pretokenizers": some}
    return chance.choice(kinds)


def _bpe(
    chance: random.Random, letters: list[str], *, plain: bool = False, with_unknown: bool = True
) -> Part:
    vocab = {letter: i for i, letter in enumerate(chance.sample(letters, len(letters) - 2))}
    unknown = chance.choice([None, "<unk>"]) if with_unknown else None
    if unknown:
        vocab["<unk>"] = len(vocab)
    if _flag(chance):
        vocab.update({f"<0x{byte:02X}>": len(vocab) + byte for byte in range(256)})
    marks = ("##", "</w>")
    prefix, suffix = (None if plain or chance.random() < 0.85 else mark for mark in marks)
    ordinary = [letter for letter in vocab if len(letter) == 1]
    merges: list[list[str]] = []
    for _ in range(chance.randint(0, 40)):
        left, right = chance.choice(ordinary), chance.choice(ordinary)
        if len(left + right) < 8:
            if left + right not in vocab:
                vocab[left + right] = len(vocab)
                ordinary.append(left + right)
            if [left, right] not in merges:
                merges.append([left, right])
    if chance.random() < 0.3:
        chance.shuffle(merges)
    if prefix or suffix:
        merges = []
    return {
        "type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": prefix,
        "end_of_word_suffix": suffix, "fuse_unk": _flag(chance),
        "byte_fallback": with_unknown and _flag(chance), "ignore_merges": _flag(chance),
        "vocab": vocab, "merges": merges,
    }  # fmt: skip


def _words(chance: random.Random, letters: list[str], n: int) -> list[str]:
    made = ["".join(chance.choices(letters, k=chance.randint(1, 4))) for _ in range(n)]
    return list(dict.fromkeys([*letters[:-2], *made]))


def _word_piece(chance: random.Random, letters: list[str]) -> Part:
    words = _words(chance, letters, 30)
    tokens = ["[UNK]", *words, *(f"##{word}" for word in words if _flag(chance))]
    return {
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": chance.choice([4, 100]),
        "vocab": {token: i for i, token in enumerate(tokens)},
    }  # fmt: skip


def _unigram(chance: random.Random, letters: list[str]) -> Part:
    tokens = [["<unk>", 0.0], *([w, -chance.uniform(1, 9)] for w in _words(chance, letters, 30))]
    falls_back = _flag(chance)
    if falls_back:
        tokens += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    return {"type": "Unigram", "unk_id": 0, "byte_fallback": falls_back, "vocab": tokens}


def _word_level(chance: random.Random, letters: list[str]) -> Part:
    tokens = ["[UNK]", *_words(chance, letters, 40)]
    vocab = {token: i for i, token in enumerate(tokens)}
    return {"type": "WordLevel", "unk_token": "[UNK]", "vocab": vocab}


def _added(chance: random.Random, model: Part) -> list[Part]:
    vocab = model["vocab"]
    known = vocab if isinstance(vocab, dict) else {token: i for i, (token, _) in enumerate(vocab)}
    next_id = max(known.values()) + 1
    entries = []
    for name in chance.sample(NAMES, chance.choice([0, 0, 1, 2, 4])):
        flags = {
            f: chance.random() < 0.3 for f in ("single_word", "lstrip", "rstrip", "normalized")
        }
        token_id = known.get(name, next_id)
        next_id += name not in known
        entries.append({"id": token_id, "content": name, "special": _flag(chance), **flags})
    return sorted(entries, key=lambda entry: entry["id"])


def random_texts(seed: int, n: int) -> list[str]:
    """Texts in which the letters and the names meet."""
    chance = random.Random(-seed - 1)
    parts = [
        *LETTERS,
        *NAMES,
        " ",
        "  ",
        "\n",
        "é",
        "e\u0301",
        "x",
        "½",
        "12",
        "the",
        "hello",
        "ﬁ",
        "İ",
    ]
    return ["".join(chance.choices(parts, k=chance.randint(0, 14))) for _ in range(n)]
