"""What is checked of a `tokenizer.json` before the `tokenizers` package gets it.

The package compiles any pattern, repeats any replacement, and panics (which it also writes to
standard error) where tables contradict each other.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.charsmap import Charsmap, CharsmapError
from tokviz.tokenization.formats.huggingface_parts import kind_of
from tokviz.tokenization.pre_tokenization.pattern_size import LARGEST, written_out

_PARTS = ("normalizer", "pre_tokenizer", "post_processor", "decoder")
_DEEPEST = 60
_MOST_PATTERN = 2000  # characters: compiling one cannot be interrupted
_MOST_GROWTH = 100
_MOST_PREFIX = 10_000  # characters


def check_parts(found: dict[str, Any], file: str) -> None:
    """Raises `TokenizerFileError` for what would take too long, too much memory, or panic."""
    if any(_is_deep(found.get(name)) for name in _PARTS):
        raise TokenizerFileError(
            f"{file} is nested more than {_DEEPEST} deep around its vocabulary; it is no tokenizer."
        )
    parts = [part for name in _PARTS for part in _every_part(found.get(name))]
    if any(len(part["Regex"]) > _MOST_PATTERN for part in parts if _is_text(part.get("Regex"))):
        raise TokenizerFileError(
            f"{file} has a pattern of more than {_MOST_PATTERN:,} characters; shorten it."
        )
    if any(written_out(part["Regex"]) > LARGEST for part in parts if _is_text(part.get("Regex"))):
        raise TokenizerFileError(
            f"{file} has a pattern that repeats its parts more than {LARGEST:,} times; write "
            f"smaller counts."
        )
    if any(kind_of(part) == "FixedLength" and not part.get("length") for part in parts):
        raise TokenizerFileError(f"{file} cuts a text into pieces of length 0; write a length.")
    _check_growth(list(_every_part(found.get("normalizer"))), file)
    for part in parts:
        if kind_of(part) == "Precompiled":
            _check_charsmap(part.get("precompiled_charsmap"), file)
    model = found.get("model")
    if isinstance(model, dict):
        _check_prefix(model.get("continuing_subword_prefix"), model.get("merges"), file)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_deep(part: Any) -> bool:
    level, depth = [part], 0
    while level and depth <= _DEEPEST:
        inside = [p.values() if isinstance(p, dict) else p for p in level if _has_parts(p)]
        level, depth = [value for values in inside for value in values], depth + 1
    return bool(level)


def _has_parts(part: Any) -> bool:
    return isinstance(part, (dict, list))


def _every_part(part: Any) -> Iterator[dict[str, Any]]:
    """All objects in a part that is not nested deeply."""
    if isinstance(part, dict):
        yield part
    if _has_parts(part):
        for value in part.values() if isinstance(part, dict) else part:
            yield from _every_part(value)


def _check_growth(parts: list[dict[str, Any]], file: str) -> None:
    """How many times as long the normalizer may make a text, one replacement after the other."""
    growth, before = 1.0, 0
    for part in parts:
        content, pattern = part.get("content"), part.get("pattern")
        if kind_of(part) == "Replace" and isinstance(content, str):
            replaced = pattern.get("String") if isinstance(pattern, dict) else None
            length = len(replaced) if isinstance(replaced, str) else 1
            growth *= max(1.0, len(content) / max(length, 1))
        if kind_of(part) == "Prepend" and isinstance(part.get("prepend"), str):
            before += len(part["prepend"])
    if growth > _MOST_GROWTH or before > _MOST_PREFIX:
        raise TokenizerFileError(
            f"{file}: its normalizer may make a text more than {_MOST_GROWTH} times as long, or "
            f"puts more than {_MOST_PREFIX:,} characters before it; shorten what it writes."
        )


def _check_charsmap(written: Any, file: str) -> None:
    try:
        Charsmap(base64.b64decode(written if isinstance(written, str) else "", validate=True))
    except (binascii.Error, ValueError) as error:
        reason = str(error) if isinstance(error, CharsmapError) else "it is no base64"
        raise TokenizerFileError(
            f"{file} has a Precompiled normalizer that cannot be read ({reason}); fetch it again."
        ) from None


def _check_prefix(prefix: Any, merges: Any, file: str) -> None:
    if not isinstance(prefix, str) or not isinstance(merges, list):
        return
    for rank, merge in enumerate(merges):
        pair = merge.split(" ") if isinstance(merge, str) else merge
        if isinstance(pair, list) and len(pair) == 2 and not str(pair[1]).startswith(prefix):
            raise TokenizerFileError(
                f"{file}: the second part of merge {rank:,} does not begin with "
                f"{ascii(prefix)[:40]}, the prefix of parts inside words; correct it."
            )
