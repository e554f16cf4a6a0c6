"""JSON of tokenizer files, which nobody vouched for: parsed without crashing or hanging."""

import json
from collections.abc import Iterable
from typing import Any

from tokviz.tokenization.formats import TokenizerFileError

MOST_IDS = 1 << 20
"""No vocabulary is near that; a file with one huge id must not make a list of a billion entries."""

_MOST = {b"{": 500_000, b"[": 2_000_000, b":": 2_000_000, b",": 6_000_000}
"""How often a file may hold each sign, in tokens or between them: what 500 MB have room for. Gemma
3's has 515,000 merges of two parts and a vocabulary of 262,144."""


def parse_object(content: bytes, file: str) -> dict[str, Any]:
    """A JSON object. Raises `TokenizerFileError`."""
    if any(content.count(sign) > most for sign, most in _MOST.items()):
        raise TokenizerFileError(
            f"{file} has more parts than the files of the largest tokenizers; choose another one."
        )
    try:
        found = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: _without_duplicates(pairs, file),
            parse_constant=lambda name: _no_constant(name, file),
        )
    except TokenizerFileError:
        raise
    except UnicodeDecodeError as error:
        raise TokenizerFileError(
            f"{file} is not UTF-8 at byte {error.start:,}; fetch it again."
        ) from None
    except RecursionError:
        raise TokenizerFileError(
            f"{file} is nested too deeply to be a tokenizer; fetch it again."
        ) from None
    except ValueError as error:
        raise TokenizerFileError(f"{file} is not JSON: {error}; fetch it again.") from None
    if not isinstance(found, dict):
        raise TokenizerFileError(f"{file} holds no JSON object; choose a tokenizer file.")
    return found


def _without_duplicates(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    """`json` keeps the last of two values under one name in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise TokenizerFileError(
                    f"{file} has the key {ascii(key)[:60]} twice in one object; take one of them "
                    f"out."
                )
            seen.add(key)
    return found


def _no_constant(name: str, file: str) -> Any:
    raise TokenizerFileError(f"{file} holds {name}, which is no JSON; write a number.")


def checked_vocab(vocab: Any, file: str) -> dict[str, int]:
    """Token → id, as both of Hugging Face's formats write it. Raises `TokenizerFileError`."""
    if not isinstance(vocab, dict) or not vocab:
        raise TokenizerFileError(
            f"{file} has no vocabulary of tokens and ids; choose another file."
        )
    check_characters(vocab, file)
    seen: dict[int, str] = {}
    for token, token_id in vocab.items():
        if type(token_id) is not int or not 0 <= token_id < MOST_IDS:
            raise TokenizerFileError(
                f"{file} gives the token {ascii(token)[:60]} the id {ascii(token_id)[:40]}; an id "
                f"is a whole number from 0 to {MOST_IDS - 1:,}."
            )
        if token_id in seen:
            raise TokenizerFileError(
                f"{file} gives {ascii(seen[token_id])[:60]} and {ascii(token)[:60]} the same id, "
                f"{token_id}; give one of them another."
            )
        seen[token_id] = token
    return vocab


def check_characters(tokens: Iterable[str], file: str) -> None:
    """Raises `TokenizerFileError` for half of a surrogate pair, which JSON can write."""
    try:
        "".join(tokens).encode("utf-8")
    except UnicodeEncodeError as error:
        raise TokenizerFileError(
            f"{file} has a token with {error.object[error.start]!a}, which is no character; "
            f"take it out."
        ) from None


def to_json(value: Any) -> bytes:
    """As Hugging Face writes it: two spaces, characters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"
