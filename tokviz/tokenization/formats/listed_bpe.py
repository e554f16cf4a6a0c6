"""Byte-pair encoding from names and a list of merges, as `tokenizer.json` and GGUF have them.

Several merges may make one token; those share the rank of the first.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tokviz.tokenization.algorithms.bpe import MergeRules, Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.byte_alphabet import is_byte_level, to_bytes
from tokviz.tokenization.formats.huggingface_parts import SpacesFound, chunks_of
from tokviz.tokenization.formats.named_merges import read_merges
from tokviz.tokenization.formats.sentencepiece_file import byte_of
from tokviz.tokenization.formats.sentencepiece_model import join_words
from tokviz.tokenization.formats.space_chunks import WHOLE_TEXT
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.normalization.normalizers import Normalizer
from tokviz.tokenization.normalization.spaced_text import SPACE
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.segmenters.piece_bpe import PieceBpe
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer


def read_rules(entries: Any, vocab: dict[str, int], file: str) -> MergeRules:
    """Merges as the file lists them, with the rank of the token that each makes.

    Raises `TokenizerFileError`.
    """
    if not isinstance(entries, list):
        raise TokenizerFileError(f"{file} has no list of merges; choose a BPE tokenizer.")
    pairs = [entry.split(" ") if isinstance(entry, str) else entry for entry in entries]
    for rank, pair in enumerate(pairs):
        if not isinstance(pair, list):
            raise TokenizerFileError(f"{file}: merge {rank} is not a pair of tokens.")
    lines = read_merges(pairs, vocab, file)
    _, first, made = np.unique(lines.ids, return_index=True, return_inverse=True)
    rank_of = np.empty(len(first), np.int32)
    rank_of[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return MergeRules(lines, rank_of[made])


def history_of(rules: MergeRules) -> Merges:
    """The merge history: of the lines that make one token the first."""
    _, first = np.unique(rules.ranks, return_index=True)
    lines = rules.lines
    return Merges(lines.left[first], lines.right[first], lines.ids[first])


def read_names(
    names: dict[str, int], added: Sequence[AddedToken], file: str, *, by_bytes: bool
) -> list[bytes | None]:
    """Id → bytes of the tokens that are not added ones."""
    extra = {token.content for token in added}
    ordinary = [name for name in names if name not in extra]
    data = _spelled(ordinary, file) if by_bytes else [name.encode("utf-8") for name in ordinary]
    vocab: list[bytes | None] = [None] * (max(names.values(), default=-1) + 1)
    for token, content in zip(ordinary, data, strict=True):
        vocab[names[token]] = content
    return vocab


def _spelled(names: list[str], file: str) -> list[bytes]:
    """The bytes of byte-level tokens. A few may be written as text, which no bytes ever become
    (Command R has 1,403); a vocabulary of nothing else is one of another kind."""
    try:
        return to_bytes(names)
    except UnicodeEncodeError as error:
        if not any(map(is_byte_level, names)):
            raise TokenizerFileError(
                f"{file}: {error.object[error.start]!a} in a token is no character of GPT-2's "
                f"byte alphabet; its tokens are not the bytes that its pre-tokenizer makes."
            ) from None
    by_bytes = [is_byte_level(name) for name in names]
    spelled = iter(to_bytes([name for name, is_so in zip(names, by_bytes, strict=True) if is_so]))
    return [
        next(spelled) if is_so else name.encode("utf-8")
        for name, is_so in zip(names, by_bytes, strict=True)
    ]


def with_added(
    vocab: list[bytes | None], added: Sequence[AddedToken], names: dict[str, int], file: str
) -> list[bytes | None]:
    """The vocabulary with the added tokens in it. Raises `TokenizerFileError` where one
    contradicts it."""
    vocab = vocab + [None] * (max((t.id for t in added), default=-1) + 1 - len(vocab))
    for token in added:
        if vocab[token.id] is not None or names.get(token.content, token.id) != token.id:
            raise TokenizerFileError(
                f"{file} gives the id {token.id} to two tokens, or the added token "
                f"{ascii(token.content)[:60]} two ids; change one."
            )
        vocab[token.id] = token.content.encode("utf-8", "surrogatepass")
    return vocab


def split_bpe(
    name: str,
    vocab: list[bytes | None],
    rules: MergeRules,
    split: SplitPattern,
    *,
    by_bytes: bool = True,
    normalizer: Normalizer | None = None,
    ignore_merges: bool = False,
) -> Tokenizer:
    """Merges within the pre-tokens that a split pattern of ours makes."""
    history = history_of(rules)
    is_history = len(history) == len(rules.lines)
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE if by_bytes else Algorithm.CHARACTER_LEVEL_BPE,
        vocab=vocab,
        merges=history,
        split=split,
        normalizer=normalizer,
        rules=None if is_history else rules,
        ordered=None,
        ignore_merges=ignore_merges,
    )


def spaced_bpe(
    name: str,
    names: dict[str, int],
    rules: MergeRules,
    spaces: SpacesFound,
    added: Sequence[AddedToken],
    *,
    byte_fallback: bool,
    unknown_id: int | None = None,
    fuse_unknown: bool = False,
    ignore_merges: bool = False,
) -> Tokenizer:
    """Merges of characters, with spaces written as ▁ and nothing split."""
    extra = {token.content for token in added}
    vocab, byte_ids = _spaced_vocab(names, added, byte_fallback=byte_fallback)
    chunks, cut = WHOLE_TEXT, None
    loses = unknown_id is None and min(byte_ids) < 0  # and then what is beside it may merge
    if SPACE in names and not loses:
        chunks, cut = chunks_of([token for token in names if token not in extra])
    algorithm = PieceBpe(
        spacing=spaces.spacing,
        symbols={token: i for token, i in names.items() if len(token) == 1},
        n_vocab=len(vocab),
        rules=rules,
        byte_ids=byte_ids if max(byte_ids) >= 0 else [],
        unknown_id=unknown_id,
        names=None,
        whole=names if ignore_merges else {},
        fuse_unknown=fuse_unknown,
        chunks=chunks,
    )
    return Tokenizer(
        name=name,
        algorithm=Algorithm.SENTENCEPIECE_BPE,
        vocab=vocab,
        merges=history_of(rules),
        ordered=None,
        unknown_id=unknown_id,
        cut=cut,
        restarts=spaces.restarts,
        join=join_words if spaces.spacing.prefix else None,
        segmenter=algorithm,
    )


def _spaced_vocab(
    names: dict[str, int], added: Sequence[AddedToken], *, byte_fallback: bool
) -> tuple[list[bytes | None], list[int]]:
    """Id → bytes, and byte → id (-1: none)."""
    extra = {token.content for token in added}
    vocab: list[bytes | None] = [None] * (max([*names.values(), *(t.id for t in added)]) + 1)
    byte_ids = [-1] * 256
    for token, token_id in names.items():
        byte = byte_of(token) if byte_fallback else None
        data = token if token in extra else token.replace(SPACE, " ")
        vocab[token_id] = data.encode("utf-8", "surrogatepass")
        if byte is not None:
            vocab[token_id], byte_ids[byte] = bytes([byte]), token_id
    for extra_token in added:
        vocab[extra_token.id] = extra_token.content.encode("utf-8", "surrogatepass")
    return vocab, byte_ids
