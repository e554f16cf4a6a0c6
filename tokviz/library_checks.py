"""Holds a text's tokens against the library that its tokenizer's file is meant for.

The libraries are imported when a check runs: without them the rest of the program works as well.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokviz.resources import resource_path
from tokviz.tokenization.encoding import Encoding, without_surrogates
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.formats.huggingface_pipeline import without_extras
from tokviz.tokenization.formats.sentencepiece_file import looks_like_sentencepiece
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.tokenizer import Algorithm, Special, Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

_MISTRAL = "mistral-7b-v1"
_Spans = list[tuple[int, int]]


class LibraryCheckError(ValueError):
    """A text that cannot be held against a library."""


@dataclass(frozen=True)
class CheckResult:
    """A sentence, and the characters of the first difference, None where there is none."""

    sentence: str
    place: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Peer:
    """A library with the same vocabulary; `encode` gives ids, and spans where it tells them."""

    package: str
    encode: Callable[[str], tuple[list[int], _Spans | None]]


def check_with_library(
    tokenizer: Tokenizer, path: Path | None, parts: list[Encoding], special: Special
) -> Iterator[CheckResult]:
    """Compare what is encoded with what a library makes of the same text.

    `path`: the file that the tokenizer came from, if it is not shipped. `parts`: the whole text's
    encoding. Raises `LibraryCheckError`, also where the library is not installed.
    """
    try:
        peer = _peer(tokenizer, path, special is Special.SPECIAL)
    except ImportError as error:
        package = (error.name or "tokenizers").partition(".")[0]
        raise LibraryCheckError(
            f"The check needs the package {package}, which is not installed; install it with "
            f"{sys.executable} -m pip install {package}."
        ) from None
    text = without_surrogates("".join(part.text for part in parts))
    try:
        ids, spans = peer.encode(text)
    except BaseException as error:  # a panic of these libraries is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
            raise
        raise LibraryCheckError(
            f"{peer.package} fails on this text: {str(error)[:200] or type(error).__name__}; check "
            f"a part of it."
        ) from None
    from importlib.metadata import version  # slow to import, and no start needs it

    yield _compared(tokenizer, f"{peer.package} {version(peer.package)}", parts, ids, spans)


def _compared(
    tokenizer: Tokenizer, name: str, parts: list[Encoding], ids: list[int], spans: _Spans | None
) -> CheckResult:
    ours = [i for part in parts for i in part.ids.tolist()]
    our_spans: _Spans = []
    at = 0
    for part in parts:
        starts, ends = part.spans()
        our_spans += zip((starts + at).tolist(), (ends + at).tolist(), strict=True)
        at += len(part.text)
    if ours == ids:
        differ = [i for i, span in enumerate(spans or []) if span != our_spans[i]]
        if not differ:
            also = "" if spans is None else " and spans"
            return CheckResult(f"Identical to {name}: {len(ids):,} ids{also}.")
        first = differ[0]
        there = "–".join(f"{place:,}" for place in (spans or [])[first])
        here = "–".join(f"{place:,}" for place in our_spans[first])
        return CheckResult(
            f"Identical to {name}: {len(ids):,} ids. {len(differ):,} spans differ, first that of "
            f"token {first + 1:,}: here characters {here}, there {there}.",
            our_spans[first],
        )
    pairs = enumerate(zip(ours, ids, strict=False))
    first = next((i for i, (a, b) in pairs if a != b), min(len(ours), len(ids)))
    place = our_spans[first] if first < len(ours) else (at, at)
    return CheckResult(
        f"Not as {name}: they differ first at character {place[0]:,}, here "
        f"{_token(tokenizer, ours, first)}, there {_token(tokenizer, ids, first)}.",
        place,
    )


def _token(tokenizer: Tokenizer, ids: list[int], index: int) -> str:
    if index >= len(ids):
        return "the end"
    data = tokenizer.vocab[ids[index]] if ids[index] < tokenizer.n_vocab else None
    return f"{ids[index]} {visible(data or b'')}".rstrip()


# -- which library, and the vocabulary it is given ---------------------------------------------


def _peer(tokenizer: Tokenizer, path: Path | None, special: bool) -> _Peer:
    if path is not None and path.is_dir():
        files = (path / name for name in ("tokenizer.json", "tokenizer.model"))
        path = next((file for file in files if file.exists()), None)
    if path is not None and path.suffix == ".json" and b'"model"' in path.read_bytes():
        return _tokenizers(without_extras(json.loads(path.read_bytes())), special)
    if tokenizer.name == _MISTRAL and path is None:
        path = resource_path(f"tokenizers/{_MISTRAL}.model")
    if path is not None and path.is_file() and _is_sentencepiece(path):
        return _sentencepiece(path, special)
    if isinstance(tokenizer.segmenter, WordPiece):
        return _bert(tokenizer, tokenizer.segmenter, special)
    if _fits_tiktoken(tokenizer):
        return _tiktoken(tokenizer, special)
    try:
        return _tokenizers(to_tokenizer_json(tokenizer).decode(), special)
    except TokenizerFileError:
        raise LibraryCheckError(
            f"No library here reads the form that {tokenizer.name} came from; open its "
            f"tokenizer.json to check it."
        ) from None


def _is_sentencepiece(path: Path) -> bool:
    with path.open("rb") as opened:
        return looks_like_sentencepiece(opened.read(4096))


def _tokenizers(content: str, special: bool) -> _Peer:
    from tokenizers import Tokenizer as Theirs

    theirs: Any = Theirs.from_str(content)
    return _peer_of_tokenizers(theirs, special)


def _peer_of_tokenizers(theirs: Any, special: bool) -> _Peer:
    theirs.encode_special_tokens = not special

    def encode(text: str) -> tuple[list[int], _Spans | None]:
        found = theirs.encode(text, add_special_tokens=False)
        return found.ids, found.offsets

    return _Peer("tokenizers", encode)


def _bert(tokenizer: Tokenizer, pieces: WordPiece, special: bool) -> _Peer:
    from tokenizers import AddedToken, models, normalizers, pre_tokenizers
    from tokenizers import Tokenizer as Theirs

    unknown = next((t for t, i in pieces.pieces.items() if i == pieces.unknown_id), "[UNK]")
    theirs: Any = Theirs(models.WordPiece(pieces.pieces, unk_token=unknown))
    lowercase = "".join(w.text for w in pieces.words("A")) == "a"
    theirs.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    theirs.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = list(tokenizer.special_tokens)
    theirs.add_special_tokens([AddedToken(n, special=True, normalized=False) for n in names])
    return _peer_of_tokenizers(theirs, special)


def _fits_tiktoken(tokenizer: Tokenizer) -> bool:
    """Whether ids are ranks, each byte has one, and nothing but a split pattern comes before."""
    return (
        tokenizer.algorithm is Algorithm.BYTE_LEVEL_BPE
        and tokenizer.split is not None
        and tokenizer.split.then is None
        and tokenizer.makes_pre_tokens_of_the_text
        and tokenizer.rules is None
        and len(tokenizer.merges) > 0
        and min(tokenizer.byte_ids) >= 0
        and max(tokenizer.byte_ids) < int(tokenizer.merges.ids[0])
        and bool((tokenizer.merges.ids[1:] > tokenizer.merges.ids[:-1]).all())
    )


def _tiktoken(tokenizer: Tokenizer, special: bool) -> _Peer:
    import tiktoken

    assert tokenizer.split is not None
    theirs = tiktoken.Encoding(
        "checked",
        pat_str=tokenizer.split.pattern,
        mergeable_ranks=tokenizer.id_of_bytes,
        special_tokens=tokenizer.special_tokens,
    )

    def encode(text: str) -> tuple[list[int], _Spans | None]:
        if special:
            return theirs.encode(text, allowed_special="all"), None
        return theirs.encode(text, disallowed_special=()), None

    return _Peer("tiktoken", encode)


def _sentencepiece(path: Path, special: bool) -> _Peer:
    import sentencepiece

    if special:
        raise LibraryCheckError(
            "sentencepiece never takes names in a text for special tokens; take them for text to "
            "check it."
        )
    theirs: Any = sentencepiece.SentencePieceProcessor(model_proto=path.read_bytes())
    return _Peer("sentencepiece", lambda text: (theirs.encode(text), None))
