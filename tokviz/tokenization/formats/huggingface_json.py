"""Hugging Face's `tokenizer.json`: byte-pair encoding with a split pattern, written and read.

The reader takes what the writer writes and plain files like GPT-2's; whatever else a file asks
for (a normalizer, `ignore_merges`, ...) is an error, because ids would silently differ without it.
"""

from typing import Any

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.alphabet_json import alphabet_object, alphabet_of
from tokviz.tokenization.formats.json_text import MOST_IDS, checked_vocab, parse_object, to_json
from tokviz.tokenization.formats.named_merges import (
    merge_names,
    names_of,
    read_merges,
    read_vocab,
)
from tokviz.tokenization.pre_tokenizers import (
    CL100K,
    GPT2,
    SMOLLM,
    SplitPattern,
    SplitPatternError,
    split_pattern,
)
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

# Their expressions have no possessive {1,3}+, and their $ matches at each line end.
_CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s+(?![\s\S])|\s*[\r\n]|\s+(?!\S)|\s"
)
_BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
_DIGITS = {"type": "Digits", "individual_digits": True}


def to_tokenizer_json(tokenizer: Tokenizer) -> bytes:
    """The content of a `tokenizer.json`. Raises `TokenizerFileError` where it cannot say it."""
    if tokenizer.algorithm in (Algorithm.CHARACTERS, Algorithm.BYTES):
        return to_json(alphabet_object(tokenizer))
    if tokenizer.split is None:
        raise TokenizerFileError(
            f"{tokenizer.name} has no merges to write into a tokenizer.json; train one first."
        )
    by_bytes = tokenizer.algorithm is Algorithm.BYTE_LEVEL_BPE
    names = names_of(tokenizer)
    decoder: dict[str, Any] = {"type": "Fuse"}
    if by_bytes:
        decoder = {**_BYTE_LEVEL, "use_regex": True}
    return to_json(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {
                    "id": token_id,
                    "content": name,
                    "single_word": False,
                    "lstrip": False,
                    "rstrip": False,
                    "normalized": False,
                    "special": True,
                }
                for name, token_id in sorted(tokenizer.special_tokens.items(), key=lambda x: x[1])
            ],
            "normalizer": None,
            "pre_tokenizer": _written_split(tokenizer.split, by_bytes=by_bytes),
            "post_processor": None,
            "decoder": decoder,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": {name: token_id for token_id, name in names.items()},
                "merges": merge_names(tokenizer, names),
            },
        }
    )


def _written_split(split: SplitPattern, *, by_bytes: bool) -> dict[str, Any]:
    if by_bytes and split is GPT2:
        return {**_BYTE_LEVEL, "use_regex": True}
    if by_bytes and split is SMOLLM:
        return _sequence(_DIGITS, {**_BYTE_LEVEL, "use_regex": True})
    cut = {
        "type": "Split",
        "pattern": {"Regex": _CL100K if split is CL100K else split.pattern},
        "behavior": "Isolated",
        "invert": False,
    }
    return _sequence(cut, {**_BYTE_LEVEL, "use_regex": False}) if by_bytes else cut


def _sequence(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "pretokenizers": list(parts)}


def tokenizer_from_json(content: bytes, name: str, file: str) -> Tokenizer:
    """Read a `tokenizer.json`; `file` is its name in errors. Raises `TokenizerFileError`."""
    found = parse_object(content, file)
    if (alphabet := alphabet_of(found, name)) is not None:
        return alphabet
    model = found.get("model")
    if not isinstance(model, dict) or model.get("type", "BPE") != "BPE":
        kind = model.get("type") if isinstance(model, dict) else None
        raise TokenizerFileError(
            f"{file} holds a tokenizer of the type {ascii(kind)[:40]}; only 'BPE' can be read."
        )
    _refuse_what_is_not_done(found, model, file)
    split, by_bytes = _read_split(found.get("pre_tokenizer"), file)
    names = checked_vocab(model.get("vocab"), file)
    special = _special_tokens(found.get("added_tokens") or [], file)
    ordinary = {token: i for token, i in names.items() if token not in special}
    vocab = read_vocab(ordinary, file, by_bytes=by_bytes)
    vocab += [None] * (max(special.values(), default=-1) + 1 - len(vocab))
    for token, token_id in special.items():
        if vocab[token_id] is not None:
            raise TokenizerFileError(f"{file} gives the id {token_id} to two tokens; change one.")
        vocab[token_id] = token.encode("utf-8", "surrogatepass")
    merges = model.get("merges")
    if not isinstance(merges, list):
        raise TokenizerFileError(f"{file} has no list of merges; choose a BPE tokenizer.")
    pairs = [merge.split(" ") if isinstance(merge, str) else merge for merge in merges]
    for rank, pair in enumerate(pairs):
        if not isinstance(pair, list):
            raise TokenizerFileError(f"{file}: merge {rank} is not a pair of tokens.")
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE if by_bytes else Algorithm.CHARACTER_LEVEL_BPE,
        vocab=vocab,
        merges=read_merges(pairs, ordinary, file),
        special_tokens=special,
        split=split,
    )


_UNKNOWN_TO_US = [
    ("dropout", "a dropout"),
    ("unk_token", "an unknown token"),
    ("continuing_subword_prefix", "a prefix of continuing tokens"),
    ("end_of_word_suffix", "an end-of-word suffix"),
    ("byte_fallback", "byte fallback"),
    ("ignore_merges", "tokens that no merge makes (ignore_merges)"),
]


def _refuse_what_is_not_done(found: dict[str, Any], model: dict[str, Any], file: str) -> None:
    asked = [words for key, words in _UNKNOWN_TO_US if model.get(key)]
    if found.get("normalizer"):
        asked.append("a normalizer")
    if asked:
        raise TokenizerFileError(
            f"{file} asks for {asked[0]}, which is not done here; ids would differ without it."
        )


def _read_split(found: Any, file: str) -> tuple[SplitPattern, bool]:
    """The split pattern, and whether it is byte-level."""
    listed = found.get("pretokenizers") if isinstance(found, dict) else None
    candidates: list[Any] = listed if isinstance(listed, list) else [found]
    parts: list[dict[str, Any]] = [p if isinstance(p, dict) else {} for p in candidates]
    kinds = [_type(part) for part in parts]
    if kinds in (["ByteLevel"], ["Digits", "ByteLevel"], ["Split", "ByteLevel"]):
        last: dict[str, Any] = parts[-1]
        whole = [part for part in parts if _type(part) == "Digits"]
        plain = not last.get("add_prefix_space", True) and all(
            part.get("individual_digits") is True for part in whole
        )
        if plain and (kinds[0] == "Split") is (last.get("use_regex", True) is False):
            if kinds[0] == "Split":
                return _own_split(parts[0], file), True
            return (SMOLLM if whole else GPT2), True
    elif kinds == ["Split"]:
        return _own_split(parts[0], file), False
    raise TokenizerFileError(
        f"{file} has a pre-tokenizer that is not done here ({ascii(kinds)[:80]}); known are "
        f"ByteLevel without a prefix space, alone or behind Split or single Digits."
    )


def _own_split(part: dict[str, Any], file: str) -> SplitPattern:
    pattern = part.get("pattern")
    written = pattern.get("Regex") if isinstance(pattern, dict) else None
    if not isinstance(written, str) or part.get("behavior") != "Isolated" or part.get("invert"):
        raise TokenizerFileError(
            f"{file} splits in a way that is not done here; known is a Regex with the behaviour "
            f"Isolated."
        )
    if written == _CL100K:
        return CL100K
    try:
        return split_pattern(written)
    except SplitPatternError as error:
        raise TokenizerFileError(f"{file}: {error}") from None


def _type(part: Any) -> str | None:
    kind = part.get("type") if isinstance(part, dict) else None
    return kind if isinstance(kind, str) else None


def _special_tokens(entries: Any, file: str) -> dict[str, int]:
    special: dict[str, int] = {}
    for listed in entries if isinstance(entries, list) else [None]:
        entry: dict[str, Any] = listed if isinstance(listed, dict) else {}
        name, token_id = entry.get("content"), entry.get("id")
        if not isinstance(name, str) or not name or type(token_id) is not int:
            raise TokenizerFileError(f"{file} has an added token without a name or an id; name it.")
        if not 0 <= token_id < MOST_IDS:
            raise TokenizerFileError(
                f"{file} has an added token with the id {token_id}; change it."
            )
        if entry.get("special") is not True or entry.get("lstrip") or entry.get("rstrip"):
            raise TokenizerFileError(
                f"{file}: the added token {ascii(name)[:60]} matches in a way that is not done "
                f"here; only special ones that match as they are can be read."
            )
        special[name] = token_id
    if len(set(special.values())) < len(special):
        raise TokenizerFileError(f"{file} gives two added tokens the same id; change one.")
    return special
