"""Hugging Face's `tokenizer.json`: written for byte-pair encoding with a split pattern, and read.

Reading in full is in `huggingface_reader`.
"""

from typing import Any

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.alphabet_json import alphabet_object, alphabet_of
from tokviz.tokenization.formats.huggingface_parts import CL100K_WRITTEN
from tokviz.tokenization.formats.huggingface_reader import read_tokenizer
from tokviz.tokenization.formats.json_text import parse_object, to_json
from tokviz.tokenization.formats.named_merges import merge_names, names_of
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, GPT2, SMOLLM
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

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
    if not tokenizer.makes_pre_tokens_of_the_text or tokenizer.rules or tokenizer.ignore_merges:
        raise TokenizerFileError(
            f"{tokenizer.name} normalizes, or has tokens and rules that are not written here; keep "
            f"the file that it came from."
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
            "added_tokens": _written_specials(tokenizer.special_tokens),
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
                # Special ones, too: the package numbers those anew that it does not find here.
                "vocab": {
                    **{name: token_id for token_id, name in names.items()},
                    **tokenizer.special_tokens,
                },
                "merges": merge_names(tokenizer, names),
            },
        }
    )


def _written_specials(special_tokens: dict[str, int]) -> list[dict[str, Any]]:
    ways = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return [
        {"id": token_id, "content": name, **ways, "special": True}
        for name, token_id in sorted(special_tokens.items(), key=lambda item: item[1])
    ]


def _written_split(split: SplitPattern, *, by_bytes: bool) -> dict[str, Any]:
    if by_bytes and split is GPT2:
        return {**_BYTE_LEVEL, "use_regex": True}
    if by_bytes and split is SMOLLM:
        return _sequence(_DIGITS, {**_BYTE_LEVEL, "use_regex": True})
    cuts = [
        {
            "type": "Split",
            "pattern": {
                "Regex": CL100K_WRITTEN if link.pattern == CL100K.pattern else link.pattern
            },
            "behavior": "Isolated",
            "invert": False,
        }
        for link in split.links
    ]
    if by_bytes:
        return _sequence(*cuts, {**_BYTE_LEVEL, "use_regex": False})
    return cuts[0] if len(cuts) == 1 else _sequence(*cuts)


def _sequence(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "pretokenizers": list(parts)}


def tokenizer_from_json(content: bytes, name: str, file: str) -> Tokenizer:
    """Read a `tokenizer.json`; `file` is its name in errors. Raises `TokenizerFileError`."""
    return tokenizer_of_object(parse_object(content, file), name, file)


def tokenizer_of_object(found: dict[str, Any], name: str, file: str) -> Tokenizer:
    """The same from what was parsed already."""
    if (alphabet := alphabet_of(found, name)) is not None:
        return alphabet
    return read_tokenizer(found, name, file)
