"""The tokenizer inside a GGUF file: tokens, token types, scores and merges from its header.

The kinds are those of llama.cpp: byte-level BPE ("gpt2") and BPE with SentencePiece's spaces
("gemma4"), SentencePiece's BPE ("llama") and Unigram ("t5"), and BERT's WordPiece ("bert"). A file
does not say whether its model's own tokenizer normalizes the text (Qwen's makes it NFC), and
llama.cpp does not do it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tokviz import gguf_header
from tokviz.gguf_header import GgufHeaderError
from tokviz.tokenization.formats import SplitPatternNeededError, TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import CHUNKS, PREFIX, BertWords, wordpiece_tokenizer
from tokviz.tokenization.formats.gguf_patterns import (
    BEGINS_WITH_BOS,
    GGUF_PATTERNS,
    IGNORE_MERGES,
    SPACED,
)
from tokviz.tokenization.formats.gguf_vocabulary import GgufVocabulary, read_vocabulary
from tokviz.tokenization.formats.huggingface_parts import SpacesFound
from tokviz.tokenization.formats.listed_bpe import (
    read_names,
    read_rules,
    spaced_bpe,
    split_bpe,
    with_added,
)
from tokviz.tokenization.formats.sentencepiece_file import Kind, Model, Piece
from tokviz.tokenization.formats.sentencepiece_model import tokenizer_of_model
from tokviz.tokenization.normalization.spaced_text import SPACE, Spacing
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.tokenizer import Template, Tokenizer

_BPE, _SPACED_BPE, _SENTENCEPIECE, _BERT, _UNIGRAM = "gpt2", "gemma4", "llama", "bert", "t5"


def read_metadata(path: Path) -> dict[str, Any]:
    """The key-value section of a GGUF file. Raises `TokenizerFileError`, `OSError`."""
    try:
        return gguf_header.read_metadata(path)
    except GgufHeaderError as error:
        raise TokenizerFileError(str(error)) from None


def tokenizer_from_gguf(path: Path, name: str, pattern: SplitPattern | None = None) -> Tokenizer:
    """The tokenizer of a GGUF file.

    `pattern` is used where the file names none, or one that is not known. Raises
    `SplitPatternNeededError` where it is needed, `TokenizerFileError`, `OSError`.
    """
    metadata = read_metadata(path)
    kind = metadata.get("tokenizer.ggml.model")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise TokenizerFileError(
            f"{path} holds a tokenizer of the kind {ascii(kind)[:40]}, and known are "
            f"{', '.join(map(repr, _KINDS))}; open the tokenizer.json of its model."
        )
    found = read_vocabulary(metadata, path)
    tokenizer = _KINDS[kind](found, pattern)
    context = metadata.get(f"{metadata.get('general.architecture')}.context_length")
    named = found.named
    return replace(
        tokenizer,
        name=name,
        special_tokens={token.content: token.id for token in named if token.special},
        added_tokens=tuple(token for token in named if not token.special),
        context=context if type(context) is int and 0 < context < 1 << 31 else None,
        template=_template(found, kind),
    )


def _split_bpe(found: GgufVocabulary, pattern: SplitPattern | None) -> Tokenizer:
    pre = found.metadata.get("tokenizer.ggml.pre")
    if isinstance(pre, str) and pre in SPACED:
        return _spaced_bpe(found, pattern)
    split = GGUF_PATTERNS.get(pre, pattern) if isinstance(pre, str) else pattern
    if split is None:
        said = "does not name its split pattern"
        if pre not in (None, "", "default"):
            said = f"names the split pattern {ascii(pre)[:40]}, which is not known here"
        raise SplitPatternNeededError(
            f"{found.file} {said}; choose one in the window, write it as pat_str into "
            f"{found.path.name}.json beside it, or open the tokenizer.json of its model."
        )
    spelled = read_names(found.ids, found.unspelled, found.file, by_bytes=True)
    return split_bpe(
        "",
        with_added(spelled, found.unspelled, found.ids, found.file),
        read_rules(found.merges, found.ids, found.file),
        split,
        ignore_merges=pre in IGNORE_MERGES,
    )


def _spaced_bpe(found: GgufVocabulary, pattern: SplitPattern | None) -> Tokenizer:
    spaces = SpacesFound(Spacing(prefix=found.flag("add_space_prefix", otherwise=False)), False)
    rules = read_rules(found.merges, found.ids, found.file)
    return spaced_bpe("", found.ids, rules, spaces, found.unspelled, byte_fallback=True)


def _sentencepiece(found: GgufVocabulary, pattern: SplitPattern | None) -> Tokenizer:
    prefix = found.flag("add_space_prefix", otherwise=True)
    return replace(_of_model(found, 2, prefix=prefix), restarts=prefix)


def _unigram(found: GgufVocabulary, pattern: SplitPattern | None) -> Tokenizer:
    return _of_model(found, 1, prefix=found.flag("add_space_prefix", otherwise=True))


def _of_model(found: GgufVocabulary, model_type: int, *, prefix: bool) -> Tokenizer:
    """A SentencePiece model. Names that the user defined are found before it sees the text."""
    shown = [Kind.CONTROL if k is Kind.USER_DEFINED else k for k in found.kinds]
    model = Model(
        pieces=[Piece(*row) for row in zip(found.tokens, found.scores, shown, strict=True)],
        model_type=model_type,
        byte_fallback=Kind.BYTE in found.kinds,
        charsmap=found.charsmap,
        prefix=prefix,
        collapse=found.flag("remove_extra_whitespaces", otherwise=False),
    )
    return tokenizer_of_model(model, "", found.file)


def _bert(found: GgufVocabulary, pattern: SplitPattern | None) -> Tokenizer:
    """Here words begin with ▁ and the tokens inside them with nothing."""
    pieces: dict[str, int] = {}
    for token, token_id in found.ids.items():
        is_name = found.kinds[token_id] is not Kind.NORMAL or token[0] + token[-1] == "[]"
        inside = token if is_name else PREFIX + token
        pieces[token.removeprefix(SPACE) if token.startswith(SPACE) else inside] = token_id
    lowercase = found.flag("normalizer.lowercase", otherwise=True)
    words = BertWords(
        lowercase=lowercase,
        strip_accents=found.flag("normalizer.strip_accents", otherwise=lowercase),
    )
    unknown = found.id_under("unknown_token_id", otherwise=100)
    return wordpiece_tokenizer(
        "", WordPiece(pieces, PREFIX, unknown, 100, words.of_chunk, CHUNKS, words.of_chunks), {}
    )


def _template(found: GgufVocabulary, kind: str) -> Template:
    """The tokens that begin and end each text, where the file wants them or its kind has them."""
    is_bert = kind == _BERT
    pre = found.metadata.get("tokenizer.ggml.pre")
    begins = is_bert or kind in (_SENTENCEPIECE, _SPACED_BPE) or pre in BEGINS_WITH_BOS
    first, last = ("cls", "seperator") if is_bert else ("bos", "eos")  # spelled so in the format
    before = found.id_under(f"{first}_token_id", otherwise=101 if is_bert else 1)
    after = found.id_under(f"{last}_token_id", otherwise=102 if is_bert else None)
    starts = is_bert or found.flag("add_bos_token", otherwise=begins)
    ends = is_bert or found.flag("add_eos_token", otherwise=kind == _UNIGRAM)
    return (
        (before,) if starts and before is not None else (),
        (after,) if ends and after is not None else (),
    )


_KINDS: dict[str, Callable[[GgufVocabulary, SplitPattern | None], Tokenizer]] = {
    _BPE: _split_bpe,
    _SPACED_BPE: _spaced_bpe,
    _SENTENCEPIECE: _sentencepiece,
    _UNIGRAM: _unigram,
    _BERT: _bert,
}
"""What reads each kind under the name that files have for it."""
