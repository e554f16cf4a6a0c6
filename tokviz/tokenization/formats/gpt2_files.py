"""GPT-2's files: `vocab.bpe` alone, or `vocab.json` (token → id) with `merges.txt`.

`vocab.bpe` is a version line, then one merge a line. The vocabulary follows from it.

Ids 0-255 are the bytes in GPT-2's order, 256 + r is the result of merge r, and the last id is the
special token `<|endoftext|>`. Neither form has a place for a split pattern: it is GPT-2's.
"""

import numpy as np

from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.byte_alphabet import CHARACTERS, to_bytes
from tokviz.tokenization.formats.json_text import checked_vocab, parse_object, to_json
from tokviz.tokenization.formats.named_merges import (
    LONGEST_TOKEN,
    merge_names,
    names_of,
    read_merges,
    read_vocab,
)
from tokviz.tokenization.formats.utf8_text import utf8_text
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

END_OF_TEXT = "<|endoftext|>"


def tokenizer_from_vocab_bpe(content: bytes, name: str, file: str) -> Tokenizer:
    """Read `vocab.bpe`. `file` is the name used in errors. Raises `TokenizerFileError`."""
    version, _, body = utf8_text(content, file).partition("\n")
    parts = body.split()
    if not version.startswith("#version") or len(parts) % 2:
        raise TokenizerFileError(
            f"{file} is not a vocab.bpe file: expected a '#version' line, then two parts a line."
        )
    merged = [left + right for left, right in zip(parts[::2], parts[1::2], strict=True)]
    if max(map(len, merged), default=0) > LONGEST_TOKEN:
        raise TokenizerFileError(f"{file} has a merge that makes a token of more than 64 KiB.")
    tokens = CHARACTERS + merged
    id_of = dict(zip(tokens, range(len(tokens)), strict=True))
    try:
        ids = np.fromiter(map(id_of.__getitem__, parts), np.int32, len(parts))
    except KeyError as error:
        raise TokenizerFileError(
            f"{file}: the part {error.args[0]!r} of a merge is no byte and no merge makes it."
        ) from None
    left, right = ids[::2].copy(), ids[1::2].copy()
    merges = Merges(left, right, np.arange(256, len(tokens), dtype=np.int32))
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=[*to_bytes(tokens), END_OF_TEXT.encode()],
        merges=merges,
        special_tokens={END_OF_TEXT: len(tokens)},
        split=GPT2,
        context=1024,
    )


def to_vocab_and_merges(tokenizer: Tokenizer) -> tuple[bytes, bytes]:
    """The contents of `vocab.json` and `merges.txt`. Raises `TokenizerFileError`."""
    if tokenizer.split is not GPT2 or tokenizer.algorithm is not Algorithm.BYTE_LEVEL_BPE:
        raise TokenizerFileError(
            f"{tokenizer.name} does not split as GPT-2 does, and vocab.json has no place to say "
            f"so; save it as a tokenizer.json."
        )
    names = names_of(tokenizer)
    vocab = {name: token_id for token_id, name in names.items()}
    if any(name in vocab for name in tokenizer.special_tokens):
        raise TokenizerFileError(
            f"{tokenizer.name} has a special token that is written like another token; save it as "
            f"a tokenizer.json."
        )
    lines = [f"{left} {right}" for left, right in merge_names(tokenizer, names)]
    merges = "\n".join(["#version: 0.2", *lines]) + "\n"
    return to_json({**vocab, **tokenizer.special_tokens}), merges.encode("utf-8")


def tokenizer_from_vocab_and_merges(
    vocab: tuple[bytes, str], merges: tuple[bytes, str], name: str
) -> Tokenizer:
    """Read both files, each as its content and its name in errors. Raises `TokenizerFileError`.

    A token that is no single byte and that no merge makes is a special token.
    """
    names = checked_vocab(parse_object(*vocab), vocab[1])
    lines = utf8_text(*merges).split("\n")
    if lines[0].startswith("#version"):
        lines = lines[1:]
    pairs = [line.split() for line in lines if line.strip()]
    found = read_merges(pairs, names, merges[1])
    ordinary = {*CHARACTERS, *("".join(pair) for pair in pairs)}
    special = {token: i for token, i in names.items() if token not in ordinary}
    data = read_vocab(
        {token: i for token, i in names.items() if token in ordinary}, vocab[1], by_bytes=True
    )
    data += [None] * (max(names.values()) + 1 - len(data))
    for token, token_id in special.items():
        data[token_id] = token.encode("utf-8", "surrogatepass")
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=data,
        merges=found,
        special_tokens=special,
        split=GPT2,
    )
