"""`.tiktoken` rank files: a line with base64 and a rank for each token; the rank is the id.

tiktoken merges any two neighbours whose bytes together are a token, so the pairs are not written;
they are found again by encoding each token with those before it. Split pattern and special tokens
are arguments of `tiktoken.Encoding`, not of the file: they are written beside it as JSON.
"""

import base64
import binascii
from itertools import pairwise

from tokviz.tokenization.bpe import Merges, apply_merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.json_text import MOST_IDS, checked_vocab, parse_object, to_json
from tokviz.tokenization.formats.named_merges import LONGEST_TOKEN, names_of
from tokviz.tokenization.pre_tokenizers import (
    CL100K,
    GPT2,
    O200K,
    SplitPattern,
    SplitPatternError,
    split_pattern,
)
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

_KNOWN_BY_SIZE = {100_256: CL100K, 199_998: O200K}


def to_tiktoken(tokenizer: Tokenizer) -> bytes:
    """The rank file. Raises `TokenizerFileError` where ranks cannot say it."""
    special = set(tokenizer.special_tokens.values())
    tokens = [(i, d) for i, d in enumerate(tokenizer.vocab) if d is not None and i not in special]
    made = tokenizer.merges.ids.tolist()
    in_order = all(a < b for a, b in pairwise(made)) and (
        not made or max(tokenizer.byte_ids) < made[0]
    )
    if tokenizer.algorithm is not Algorithm.BYTE_LEVEL_BPE or min(tokenizer.byte_ids) < 0:
        raise TokenizerFileError(
            f"{tokenizer.name} has no token for each byte, which tiktoken needs; save it as a "
            f"tokenizer.json."
        )
    if not in_order or len(tokens) != 256 + len(made):
        raise TokenizerFileError(
            f"{tokenizer.name} does not number its tokens in the order of its merges, as ranks "
            f"must; save it as a tokenizer.json."
        )
    names_of(tokenizer)  # refuses two tokens with the same bytes
    return b"".join(base64.b64encode(data) + b" %d\n" % i for i, data in tokens)


def to_settings(tokenizer: Tokenizer) -> bytes:
    """What `tiktoken.Encoding` needs besides the ranks, under the names of its arguments."""
    split = tokenizer.split or GPT2
    return to_json({"pat_str": split.pattern, "special_tokens": tokenizer.special_tokens})


def tokenizer_from_tiktoken(
    content: bytes, name: str, file: str, settings: tuple[bytes, str] | None = None
) -> Tokenizer:
    """Read a rank file; `settings` is the content and the name of the JSON beside it.

    Without settings the pattern is that of the published file of the same size, else GPT-2's.
    Raises `TokenizerFileError`.
    """
    vocab = _read_ranks(content, file)
    merges = _recovered_merges(vocab, file)
    n_ordinary = sum(data is not None for data in vocab)
    split, special = _KNOWN_BY_SIZE.get(n_ordinary, GPT2), dict[str, int]()
    if settings is not None:
        split, special = _read_settings(*settings)
    vocab += [None] * (max(special.values(), default=-1) + 1 - len(vocab))
    for special_name, token_id in special.items():
        if vocab[token_id] is not None:
            raise TokenizerFileError(
                f"{file} has the rank {token_id} for a token, and {ascii(special_name)[:60]} has "
                f"it as its id; change that."
            )
        vocab[token_id] = special_name.encode("utf-8", "surrogatepass")
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=vocab,
        merges=merges,
        special_tokens=special,
        split=split,
    )


def _read_settings(content: bytes, file: str) -> tuple[SplitPattern, dict[str, int]]:
    found = parse_object(content, file)
    pattern, special = found.get("pat_str"), found.get("special_tokens")
    if not isinstance(pattern, str):
        raise TokenizerFileError(f"{file} has no split pattern under 'pat_str'; write one.")
    try:
        split = split_pattern(pattern)
    except SplitPatternError as error:
        raise TokenizerFileError(f"{file}: {error}") from None
    return split, checked_vocab(special, file) if special else {}


def _read_ranks(content: bytes, file: str) -> list[bytes | None]:
    found: dict[int, bytes] = {}
    seen: set[bytes] = set()
    for number, line in enumerate(content.split(b"\n"), 1):
        parts = line.split()
        if not parts:
            continue
        where = f"{file}, line {number:,}"
        if len(parts) != 2 or not parts[1].isdigit() or len(parts[1]) > 9:
            raise TokenizerFileError(f"{where}: expected base64 and a rank; correct the line.")
        try:
            data = base64.b64decode(parts[0], validate=True)
        except binascii.Error as error:
            raise TokenizerFileError(f"{where}: no base64 ({error}); correct the line.") from None
        rank = int(parts[1])
        if not data or len(data) > LONGEST_TOKEN or rank >= MOST_IDS:
            raise TokenizerFileError(
                f"{where}: a token has 1 to {LONGEST_TOKEN:,} bytes and a rank below "
                f"{MOST_IDS:,}; correct the line."
            )
        if rank in found or data in seen:
            raise TokenizerFileError(f"{where}: the token or its rank was there before; remove it.")
        found[rank] = data
        seen.add(data)
    if not found:
        raise TokenizerFileError(f"{file} holds no ranks; choose a .tiktoken file.")
    missing = [byte for byte in range(256) if bytes([byte]) not in seen]
    if missing:
        raise TokenizerFileError(
            f"{file} has no rank for the byte 0x{missing[0]:02x}; tiktoken needs all 256."
        )
    return [found.get(rank) for rank in range(max(found) + 1)]


class _GrowingMerges(Merges):
    """Merges that get more: all that `apply_merges` reads is kept by hand."""

    def __init__(self) -> None:
        super().__init__([], [], [])
        self.rank_of_pair = {}
        self.columns = ([], [], [])

    def add(self, left: int, right: int, token_id: int) -> None:
        self.rank_of_pair[left << 32 | right] = len(self.columns[2])
        for column, value in zip(self.columns, (left, right, token_id), strict=True):
            column.append(value)


def _recovered_merges(vocab: list[bytes | None], file: str) -> Merges:
    byte_ids = {data[0]: i for i, data in enumerate(vocab) if data is not None and len(data) == 1}
    merges = _GrowingMerges()
    for token_id, data in enumerate(vocab):
        if data is None or len(data) == 1:
            continue
        parts, _ = apply_merges([byte_ids[byte] for byte in data], merges)
        if len(parts) != 2:
            raise TokenizerFileError(
                f"{file}: the token with the rank {token_id} is not two tokens of lower ranks but "
                f"{len(parts)}; the ranks are not in the order of merging."
            )
        merges.add(parts[0], parts[1], token_id)
    return Merges(*merges.columns)
