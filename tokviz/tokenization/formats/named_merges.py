"""Vocabularies and merges written as strings, shared by `tokenizer.json` and `vocab.json`.

Byte-level tokens are written in GPT-2's byte characters, others as the text they are.
"""

from collections.abc import Iterable, Sequence

from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.byte_alphabet import BYTES_IN_ORDER, CHARACTERS, to_bytes
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

LONGEST_TOKEN = 1 << 16
"""Bytes. In a merge bomb each merge doubles the last, and forty of them are a terabyte."""

_CHARACTER_OF = dict(zip(BYTES_IN_ORDER, CHARACTERS, strict=True))


def names_of(tokenizer: Tokenizer) -> dict[int, str]:
    """How each ordinary token is written. Raises `TokenizerFileError` for two written alike."""
    special = set(tokenizer.special_tokens.values())
    by_bytes = tokenizer.algorithm is Algorithm.BYTE_LEVEL_BPE
    names = {
        i: "".join(map(_CHARACTER_OF.__getitem__, data)) if by_bytes else data.decode("utf-8")
        for i, data in enumerate(tokenizer.vocab)
        if data is not None and i not in special
    }
    if len(set(names.values())) < len(names):
        seen: dict[str, int] = {}
        for token_id, name in names.items():
            if name in seen:
                raise TokenizerFileError(
                    f"The ids {seen[name]} and {token_id} are both {ascii(name)[:60]}, and this "
                    f"format tells tokens by their bytes alone; save it in minbpe's format."
                )
            seen[name] = token_id
    return names


def merge_names(tokenizer: Tokenizer, names: dict[int, str]) -> list[tuple[str, str]]:
    """The merges as pairs of names."""
    left, right, _ = tokenizer.merges.columns
    return [(names[a], names[b]) for a, b in zip(left, right, strict=True)]


def read_merges(pairs: Iterable[Sequence[str]], vocab: dict[str, int], file: str) -> Merges:
    """Pairs of names as merges. Raises `TokenizerFileError`."""
    pairs = list(pairs)
    try:
        left = [vocab[name] for name, _ in pairs]
        right = [vocab[name] for _, name in pairs]
        made = [vocab[a + b] for a, b in pairs]
        too_long = any(len(a) + len(b) > LONGEST_TOKEN for a, b in pairs)
    except (KeyError, TypeError, ValueError):
        raise _fault(pairs, vocab, file) from None
    if too_long:
        raise _fault(pairs, vocab, file)
    return Merges(left, right, made)


def _fault(pairs: list[Sequence[str]], vocab: dict[str, int], file: str) -> TokenizerFileError:
    """What is wrong with the first pair that is no merge of the vocabulary."""
    for rank, pair in enumerate(pairs):
        if len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            return TokenizerFileError(
                f"{file}: merge {rank}, {ascii(pair)[:80]}, is not made of two tokens."
            )
        left, right = pair
        if len(left) + len(right) > LONGEST_TOKEN:
            return TokenizerFileError(
                f"{file}: merge {rank} makes a token of more than 64 KiB; take it out."
            )
        for name in (left, right, left + right):
            if name not in vocab:
                return TokenizerFileError(
                    f"{file}: merge {rank} needs the token {ascii(name)[:60]}, and the vocabulary "
                    f"does not have it; add it or take the merge out."
                )
    raise AssertionError("each of the pairs is a merge")


def read_vocab(vocab: dict[str, int], file: str, *, by_bytes: bool) -> list[bytes | None]:
    """Id → bytes. Raises `TokenizerFileError` for a foreign character."""
    names = list(vocab)
    try:
        data = to_bytes(names) if by_bytes else [name.encode("utf-8") for name in names]
    except UnicodeEncodeError as error:
        raise TokenizerFileError(
            f"{file}: {error.object[error.start]!a} in a token is no character of GPT-2's "
            f"byte alphabet; only byte-level tokenizers can be read."
        ) from None
    found: list[bytes | None] = [None] * (max(vocab.values(), default=-1) + 1)
    for name, token in zip(names, data, strict=True):
        found[vocab[name]] = token
    return found
