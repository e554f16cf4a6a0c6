"""A `tokenizer.json` whose pipeline the `tokenizers` package carries out, as a `Tokenizer`."""

import base64
import re
from collections.abc import Callable
from typing import Any

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import join_pieces
from tokviz.tokenization.formats.byte_alphabet import to_bytes
from tokviz.tokenization.formats.charsmap import Charsmap
from tokviz.tokenization.formats.huggingface_parts import kind_of, parts_of
from tokviz.tokenization.formats.huggingface_pipeline import (
    LibrarySegmenter,
    PipelineError,
    without_extras,
)
from tokviz.tokenization.formats.json_text import MOST_IDS, checked_vocab
from tokviz.tokenization.formats.pipeline_checks import check_parts
from tokviz.tokenization.formats.sentencepiece_file import byte_of
from tokviz.tokenization.formats.sentencepiece_model import join_words
from tokviz.tokenization.formats.unigram_chunks import UnigramChunks, read_chunks
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.normalization.spaced_text import SPACE, CharacterChanges, Spacing
from tokviz.tokenization.segmenters.unigram import UNKNOWN_PENALTY, Unigram
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

Join = Callable[[list[bytes]], bytes]
_ALGORITHMS = {
    "BPE": Algorithm.BYTE_LEVEL_BPE,
    "WordPiece": Algorithm.WORDPIECE,
    "Unigram": Algorithm.UNIGRAM,
    "WordLevel": Algorithm.WORDLEVEL,
}
_WHOLE = re.compile(r"[\s\S]+")


def delegated(
    found: dict[str, Any], model: dict[str, Any], added: list[AddedToken], name: str, file: str
) -> Tokenizer:
    """Raises `TokenizerFileError`, also for what the package refuses."""
    kind = model.get("type", "BPE")
    unigram = wordpiece = None
    if kind == "Unigram":
        pieces = _scored(model.get("vocab"), file)
        names = {token: token_id for token, (token_id, _) in pieces.items()}
        unigram = _unigram(model, pieces)
    else:
        names = checked_vocab(model.get("vocab"), file)
    if kind == "WordPiece":
        wordpiece = _wordpiece(model, names)
    check_parts(found, file)
    parts = None if unigram is None else _parts_alone(found, model, unigram, added)
    segmenter = LibrarySegmenter(without_extras(found), unigram, wordpiece, parts)
    try:
        _ = segmenter.pipeline
    except PipelineError as error:
        raise TokenizerFileError(f"{file} cannot be used: {error}; correct it.") from None
    except ImportError:
        raise TokenizerFileError(
            f"{file} asks for what only the package tokenizers does; install it with "
            f"pip install tokenizers."
        ) from None
    decoders = parts_of(found.get("decoder"), "decoders")
    vocab = _bytes_of(names, added, decoders, by_bytes=_is_byte_level(found))
    algorithm = _ALGORITHMS[kind]
    if kind == "BPE" and not _is_byte_level(found):
        algorithm = Algorithm.CHARACTER_LEVEL_BPE
    return Tokenizer(
        name=name,
        algorithm=algorithm,
        vocab=vocab,
        ordered=None,
        scores=[] if unigram is None else _scores(pieces, len(vocab)),
        join=_join_of(decoders),
        cut=None if parts is None else parts.cut,
        segmenter=segmenter,
        notes=("Its text is prepared by Hugging Face's tokenizers; there are no gap ranks.",),
    )


def _join_of(decoders: list[dict[str, Any]]) -> Join | None:
    kinds = {kind_of(part) for part in decoders}
    if "WordPiece" in kinds:
        return join_pieces
    if "Metaspace" in kinds or any(SPACE in str(part.get("pattern", part)) for part in decoders):
        return join_words
    return None if decoders else join_with_spaces


def join_with_spaces(parts: list[bytes]) -> bytes:
    """What the package does without a decoder."""
    return b" ".join(parts)


def _is_byte_level(found: dict[str, Any]) -> bool:
    parts = parts_of(found.get("pre_tokenizer"), "pretokenizers")
    parts += parts_of(found.get("normalizer"), "normalizers")
    return any(kind_of(part) == "ByteLevel" for part in parts)


def _scored(entries: Any, file: str) -> dict[str, tuple[int, float]]:
    """Token → id and score of a Unigram vocabulary, a list of pairs."""
    pieces: dict[str, tuple[int, float]] = {}
    for i, entry in enumerate(entries if isinstance(entries, list) else [None]):
        is_pair = isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str)
        if not is_pair or not isinstance(entry[1], (int, float)) or i >= MOST_IDS:
            raise TokenizerFileError(
                f"{file}: entry {i:,} of the vocabulary is no pair of a token and its score; "
                f"correct it."
            )
        pieces.setdefault(entry[0], (i, float(entry[1])))
    return pieces


def _scores(pieces: dict[str, tuple[int, float]], n_vocab: int) -> list[float]:
    scores = [float("nan")] * n_vocab
    for token_id, score in pieces.values():
        scores[token_id] = score
    return scores


def _unigram(model: dict[str, Any], pieces: dict[str, tuple[int, float]]) -> Unigram:
    unknown = model.get("unk_id")
    lowest = min((score for _, score in pieces.values()), default=0.0)
    byte_ids = [-1] * 256
    for token, (token_id, _) in pieces.items():
        byte = byte_of(token) if token.startswith("<0x") else None
        if byte is not None:
            byte_ids[byte] = token_id
    has_bytes = model.get("byte_fallback") is True and min(byte_ids) >= 0
    return Unigram(
        spacing=Spacing(prefix=False),
        pieces=pieces,
        unknown_score=lowest - UNKNOWN_PENALTY,
        unknown_id=unknown if type(unknown) is int else None,
        byte_ids=byte_ids if has_bytes else [],
        fuse_unknown=True,
        chunks=_WHOLE,
    )


def _parts_alone(
    found: dict[str, Any], model: dict[str, Any], unigram: Unigram, added: list[AddedToken]
) -> UnigramChunks | None:
    """What of a text may be encoded alone; None where names are looked for in it, or where the
    package takes other tokens than the best path has: for a name given twice, or for unknown
    characters in a row that are a token."""
    is_plain = (
        all(token.special for token in added)
        and len(model["vocab"]) == len(unigram.pieces)
        and unigram.unknown_score < 0.0
        and unigram.unknown_id is not None
        and (model.get("byte_fallback") in (None, False) or bool(unigram.byte_ids))
    )
    if not is_plain:
        return None
    singles = {piece for piece in unigram.pieces if len(piece) == 1} if unigram.byte_ids else None
    changes: CharacterChanges | None = CharacterChanges({})
    for part in parts_of(found.get("normalizer"), "normalizers"):
        if kind_of(part) == "Precompiled":
            changes = Charsmap(base64.b64decode(part["precompiled_charsmap"])).changes
    return read_chunks(found, changes, singles)


def _wordpiece(model: dict[str, Any], names: dict[str, int]) -> WordPiece:
    unknown, prefix = model.get("unk_token"), model.get("continuing_subword_prefix")
    most = model.get("max_input_chars_per_word")
    return WordPiece(
        pieces=names,
        prefix=prefix if isinstance(prefix, str) else "##",
        unknown_id=names.get(unknown) if isinstance(unknown, str) else None,
        most=most if type(most) is int else 100,
        words=lambda _chunk: [],
        chunks=_WHOLE,
    )


def _bytes_of(
    names: dict[str, int],
    added: list[AddedToken],
    decoders: list[dict[str, Any]],
    *,
    by_bytes: bool,
) -> list[bytes | None]:
    """Id → what the token stands for, as far as its name and the decoder tell."""
    vocab: list[bytes | None] = [None] * (max([*names.values(), *(t.id for t in added)]) + 1)
    bytes_named = any(kind_of(part) == "ByteFallback" for part in decoders)
    suffixes = [str(p.get("suffix", "")) for p in decoders if kind_of(p) == "BPEDecoder"]
    for token, token_id in names.items():
        byte = byte_of(token) if bytes_named else None
        try:
            data = to_bytes([token])[0] if by_bytes else b""
        except UnicodeEncodeError:
            data = b""
        if not data:
            text = token.replace(SPACE, " ")
            for suffix in filter(None, suffixes):
                text = re.sub(re.escape(suffix) + r"\Z", " ", text)
            data = text.encode("utf-8", "surrogatepass") if byte is None else bytes([byte])
        vocab[token_id] = data
    for extra in added:
        vocab[extra.id] = extra.content.encode("utf-8", "surrogatepass")
    return vocab
