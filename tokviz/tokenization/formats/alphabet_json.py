"""Characters and bytes as a `tokenizer.json`: byte-pair encoding that has not learned a merge.

Hugging Face's library reads these files and finds the same ids; read here they become again what
they were.
"""

from typing import Any

from tokviz.tokenization.formats.byte_alphabet import BYTES_IN_ORDER, CHARACTERS
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer, bytes_tokenizer

_EVERY_CHARACTER = {
    "type": "Split",
    "pattern": {"Regex": r"[\s\S]"},
    "behavior": "Isolated",
    "invert": False,
}
_BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
_BYTE_IDS = {name: byte for byte, name in zip(BYTES_IN_ORDER, CHARACTERS, strict=True)}


def alphabet_object(tokenizer: Tokenizer) -> dict[str, Any]:
    """What a `tokenizer.json` says for a tokenizer of characters or of bytes."""
    by_bytes = tokenizer.algorithm is Algorithm.BYTES
    vocab = (
        _BYTE_IDS
        if by_bytes
        else {data.decode(): i for i, data in enumerate(tokenizer.vocab) if data is not None}
    )
    byte_level = {**_BYTE_LEVEL, "use_regex": True}
    return {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": byte_level if by_bytes else _EVERY_CHARACTER,
        "post_processor": None,
        "decoder": byte_level if by_bytes else {"type": "Fuse"},
        "model": {"type": "BPE", "vocab": vocab, "merges": []},
    }


def alphabet_of(found: dict[str, Any], name: str) -> Tokenizer | None:
    """The tokenizer in an object as `alphabet_object` writes it, None for any other."""
    model = found.get("model")
    if not isinstance(model, dict) or model.get("merges") != [] or found.get("added_tokens") != []:
        return None
    vocab = model.get("vocab")
    if not isinstance(vocab, dict) or sorted(map(repr, vocab.values())) != sorted(
        map(repr, range(len(vocab)))
    ):
        return None
    pre_tokenizer = found.get("pre_tokenizer")
    if vocab == _BYTE_IDS and pre_tokenizer == {**_BYTE_LEVEL, "use_regex": True}:
        return bytes_tokenizer()
    if pre_tokenizer != _EVERY_CHARACTER or any(len(character) != 1 for character in vocab):
        return None
    try:
        characters = [character.encode() for character in sorted(vocab, key=vocab.__getitem__)]
    except UnicodeEncodeError:  # a lone surrogate is no character
        return None
    return Tokenizer(name, Algorithm.CHARACTERS, characters, growing=True)
