"""`.tiktoken` rank files: a line with base64 and a rank for each token; the rank is the id.

tiktoken merges any two neighbours whose bytes together are a token, so the pairs are not written;
`rank_merges` finds them again. Split pattern and special tokens are arguments of
`tiktoken.Encoding`, not of the file: here they are written beside it as JSON. Of the files that
OpenAI published they are known.
"""

import base64
import binascii
import hashlib
from itertools import pairwise

from tokviz.tokenization.formats import SplitPatternNeededError, TokenizerFileError
from tokviz.tokenization.formats.json_text import MOST_IDS, checked_vocab, parse_object, to_json
from tokviz.tokenization.formats.named_merges import LONGEST_TOKEN, names_of
from tokviz.tokenization.formats.rank_merges import check_lengths, merges_of_ranks, rules_of_ranks
from tokviz.tokenization.pre_tokenization.known_patterns import CL100K, GPT2, O200K, split_pattern
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern, SplitPatternError
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

_END, _PROMPT_END = "<|endoftext|>", "<|endofprompt|>"
_FILL_IN = {"<|fim_prefix|>": 100258, "<|fim_middle|>": 100259, "<|fim_suffix|>": 100260}
_PUBLISHED = {
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7": (
        CL100K,
        {_END: 100257, **_FILL_IN, _PROMPT_END: 100276},
    ),
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": (
        O200K,
        {_END: 199999, _PROMPT_END: 200018},
    ),
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930": (GPT2, {_END: 50256}),
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069": (GPT2, {_END: 50256}),
}
"""SHA-256 of the content → split pattern and special tokens, as tiktoken's `openai_public` has
them: cl100k_base, o200k_base, r50k_base and p50k_base."""


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
    if tokenizer.split is not None and tokenizer.split.then is not None:
        raise TokenizerFileError(
            f"{tokenizer.name} splits a text several times, which tiktoken does not; save it as a "
            f"tokenizer.json."
        )
    names_of(tokenizer)  # refuses two tokens with the same bytes
    return b"".join(base64.b64encode(data) + b" %d\n" % i for i, data in tokens)


def to_settings(tokenizer: Tokenizer) -> bytes:
    """What `tiktoken.Encoding` needs besides the ranks, under the names of its arguments."""
    split = tokenizer.split or GPT2
    return to_json({"pat_str": split.pattern, "special_tokens": tokenizer.special_tokens})


def tokenizer_from_tiktoken(
    content: bytes,
    name: str,
    file: str,
    settings: tuple[bytes, str] | None = None,
    pattern: SplitPattern | None = None,
) -> Tokenizer:
    """Read a rank file; `settings` is the content and the name of the JSON beside it.

    `pattern` is used where neither the settings nor the content tell the split pattern. Raises
    `SplitPatternNeededError` where nothing does, `TokenizerFileError`.
    """
    vocab = _read_ranks(content, file)
    check_lengths(vocab, file)
    split, special = _arguments(content, file, settings, pattern)
    merges, rules = merges_of_ranks(vocab), None
    if merges is None:
        merges, rules = rules_of_ranks(vocab, file)
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
        rules=rules,
        ordered=rules is None,
        ignore_merges=rules is not None,  # tiktoken looks a pre-token up before it merges
    )


def _arguments(
    content: bytes, file: str, settings: tuple[bytes, str] | None, pattern: SplitPattern | None
) -> tuple[SplitPattern, dict[str, int]]:
    """The split pattern and the special tokens."""
    if settings is not None:
        return read_settings(*settings)
    published = _PUBLISHED.get(hashlib.sha256(content).hexdigest())
    if published is not None:
        return published
    if pattern is None:
        raise SplitPatternNeededError(
            f"{file} does not say its split pattern, as no rank file does, and is none of "
            f"OpenAI's; choose one."
        )
    return pattern, {}


def read_settings(content: bytes, file: str) -> tuple[SplitPattern, dict[str, int]]:
    """The split pattern and the special tokens in the JSON beside a file.

    Raises `TokenizerFileError`.
    """
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
        if len(parts) != 2 or not parts[1].isdigit() or len(parts[1]) > 9:
            raise _wrong(file, number, "expected base64 and a rank")
        try:
            data = binascii.a2b_base64(parts[0], strict_mode=True)
        except binascii.Error as error:
            raise _wrong(file, number, f"no base64 ({error})") from None
        rank = int(parts[1])
        if not data or len(data) > LONGEST_TOKEN or rank >= MOST_IDS:
            what = f"a token has 1 to {LONGEST_TOKEN:,} bytes and a rank below {MOST_IDS:,}"
            raise _wrong(file, number, what)
        if rank in found or data in seen:
            raise _wrong(file, number, "the token or its rank was there before", "remove it")
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


def _wrong(file: str, line: int, what: str, remedy: str = "correct the line") -> TokenizerFileError:
    return TokenizerFileError(f"{file}, line {line:,}: {what}; {remedy}.")
