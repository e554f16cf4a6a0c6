"""Hugging Face's `tokenizer.json`, read in full.

Byte-pair encoding with a split pattern or with SentencePiece's spaces, and BERT's WordPiece, are
done by our own encoders; whatever else a file asks for is done by the `tokenizers` package, which
then tells ids and spans.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from tokviz.tokenization.added_tokens import AddedToken
from tokviz.tokenization.bpe import MergeRules, Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import CHUNKS, BertWords, wordpiece_tokenizer
from tokviz.tokenization.formats.byte_alphabet import to_bytes
from tokviz.tokenization.formats.huggingface_delegate import delegated
from tokviz.tokenization.formats.huggingface_normalizer import Form, HuggingFaceNormalizer
from tokviz.tokenization.formats.huggingface_parts import (
    SpacesFound,
    chunks_of,
    kind_of,
    read_added,
    read_notes,
    read_spaces,
    read_split,
    read_template,
)
from tokviz.tokenization.formats.json_text import checked_vocab
from tokviz.tokenization.formats.named_merges import read_merges
from tokviz.tokenization.formats.sentencepiece_model import (
    WHOLE_TEXT,
    byte_of,
    join_words,
)
from tokviz.tokenization.piece_bpe import PieceBpe
from tokviz.tokenization.pre_tokenizers import SplitPattern
from tokviz.tokenization.spaced_text import SPACE
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer
from tokviz.tokenization.wordpiece import WordPiece

_KINDS = ("BPE", "WordPiece", "Unigram", "WordLevel")


def read_tokenizer(found: dict[str, Any], name: str, file: str) -> Tokenizer:
    """The tokenizer that the object of a file describes. Raises `TokenizerFileError`."""
    model = found.get("model")
    kind = model.get("type", "BPE") if isinstance(model, dict) else None
    if not isinstance(model, dict) or kind not in _KINDS:
        raise TokenizerFileError(
            f"{file} holds a tokenizer of the type {ascii(kind)[:40]}; known are "
            f"{', '.join(_KINDS)}."
        )
    added = read_added(found.get("added_tokens") or [], file)
    if kind == "BPE":
        tokenizer = _bpe(found, model, added, name, file)
    elif kind == "WordPiece" and _is_bert(found, added):
        tokenizer = _bert(found, model, added, name, file)
    else:
        tokenizer = delegated(found, model, added, name, file)
    return replace(
        tokenizer,
        template=read_template(found.get("post_processor")),
        notes=(*read_notes(found), *tokenizer.notes),
        added_tokens=tuple(added),
        special_tokens={token.content: token.id for token in added if token.special},
    )


def _bpe(
    found: dict[str, Any],
    model: dict[str, Any],
    added: list[AddedToken],
    name: str,
    file: str,
) -> Tokenizer:
    names = checked_vocab(model.get("vocab"), file)
    rules = read_rules(model.get("merges"), names, file)
    split = read_split(found.get("pre_tokenizer"), file)
    normalizer, is_known = _normal_form(found.get("normalizer"))
    odd = any(model.get(key) for key in ("continuing_subword_prefix", "end_of_word_suffix"))
    odd = odd or (any(token.normalized for token in added) and found.get("normalizer") is not None)
    if model.get("dropout"):
        odd = True
    plain = not (model.get("unk_token") or model.get("byte_fallback"))
    if not odd and split is not None and is_known and plain:
        return _split_bpe(model, names, rules, split, normalizer, added, name, file)
    spaces = read_spaces(found.get("normalizer"), found.get("pre_tokenizer"))
    if not odd and spaces is not None:
        return _spaced_bpe(model, names, rules, spaces, added, name)
    return delegated(found, model, added, name, file)


def _normal_form(part: Any) -> tuple[HuggingFaceNormalizer | None, bool]:
    """The normalizer, and whether it is one that goes with a split pattern of ours."""
    if part is None:
        return None, True
    form = next((form for form in get_args(Form) if form == kind_of(part)), None)
    if form is None:
        return None, False
    from tokenizers import normalizers

    return HuggingFaceNormalizer(form, getattr(normalizers, form)(), form=form), True


def read_rules(entries: Any, vocab: dict[str, int], file: str) -> MergeRules:
    """Merges as the file lists them, with the rank of the token that each makes."""
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


def _split_bpe(
    model: dict[str, Any],
    names: dict[str, int],
    rules: MergeRules,
    split: tuple[SplitPattern, bool],
    normalizer: HuggingFaceNormalizer | None,
    added: list[AddedToken],
    name: str,
    file: str,
) -> Tokenizer:
    pattern, by_bytes = split
    history = history_of(rules)
    is_history = len(history) == len(rules.lines)
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE if by_bytes else Algorithm.CHARACTER_LEVEL_BPE,
        vocab=with_added(read_names(names, added, file, by_bytes=by_bytes), added, names, file),
        merges=history,
        split=pattern,
        normalizer=normalizer,
        rules=None if is_history else rules,
        ordered=None,
        ignore_merges=model.get("ignore_merges") is True,
    )


def read_names(
    names: dict[str, int], added: Sequence[AddedToken], file: str, *, by_bytes: bool
) -> list[bytes | None]:
    """Id → bytes of the tokens that are not added ones."""
    extra = {token.content for token in added}
    ordinary = [name for name in names if name not in extra]
    try:
        data = to_bytes(ordinary) if by_bytes else [n.encode("utf-8") for n in ordinary]
    except UnicodeEncodeError as error:
        raise TokenizerFileError(
            f"{file}: {error.object[error.start]!a} in a token is no character of GPT-2's "
            f"byte alphabet; its tokens are not the bytes that its pre-tokenizer makes."
        ) from None
    vocab: list[bytes | None] = [None] * (max(names.values(), default=-1) + 1)
    for token, content in zip(ordinary, data, strict=True):
        vocab[names[token]] = content
    return vocab


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


def _spaced_bpe(
    model: dict[str, Any],
    names: dict[str, int],
    rules: MergeRules,
    spaces: SpacesFound,
    added: list[AddedToken],
    name: str,
) -> Tokenizer:
    extra = {token.content for token in added}
    fallback = model.get("byte_fallback") is True
    vocab: list[bytes | None] = [None] * (max([*names.values(), *(t.id for t in added)]) + 1)
    byte_ids = [-1] * 256
    for token, token_id in names.items():
        byte = byte_of(token) if fallback else None
        data = token if token in extra else token.replace(SPACE, " ")
        vocab[token_id] = data.encode("utf-8", "surrogatepass")
        if byte is not None:
            vocab[token_id], byte_ids[byte] = bytes([byte]), token_id
    for extra_token in added:
        vocab[extra_token.id] = extra_token.content.encode("utf-8", "surrogatepass")
    chunks, cut = WHOLE_TEXT, None
    if SPACE in names:
        chunks, cut = chunks_of([token for token in names if token not in extra])
    unknown = model.get("unk_token")
    algorithm = PieceBpe(
        spacing=spaces.spacing,
        symbols={token: i for token, i in names.items() if len(token) == 1},
        n_vocab=len(vocab),
        rules=rules,
        byte_ids=byte_ids if min(byte_ids) >= 0 else [],
        unknown_id=names.get(unknown) if isinstance(unknown, str) else None,
        names=None,
        whole=names if model.get("ignore_merges") is True else {},
        fuse_unknown=model.get("fuse_unk") is True,
        chunks=chunks,
    )
    return Tokenizer(
        name=name,
        algorithm=Algorithm.SENTENCEPIECE_BPE,
        vocab=vocab,
        merges=history_of(rules),
        ordered=None,
        unknown_id=algorithm.unknown_id,
        cut=cut,
        restarts=spaces.restarts,
        join=join_words if spaces.spacing.prefix else None,
        segmenter=algorithm,
    )


def _is_bert(found: dict[str, Any], added: list[AddedToken]) -> bool:
    return (
        kind_of(found.get("normalizer")) == "BertNormalizer"
        and kind_of(found.get("pre_tokenizer")) == "BertPreTokenizer"
        and not any(token.normalized for token in added)
    )


def _bert(
    found: dict[str, Any],
    model: dict[str, Any],
    added: list[AddedToken],
    name: str,
    file: str,
) -> Tokenizer:
    names = checked_vocab(model.get("vocab"), file)
    options = {key: value for key, value in found["normalizer"].items() if key != "type"}
    words = BertWords(
        lowercase=options.get("lowercase") is not False,
        clean_text=options.get("clean_text") is not False,
        handle_chinese_chars=options.get("handle_chinese_chars") is not False,
        strip_accents=options.get("strip_accents"),
    )
    unknown, prefix = model.get("unk_token"), model.get("continuing_subword_prefix")
    most = model.get("max_input_chars_per_word")
    pieces = WordPiece(
        pieces=names,
        prefix=prefix if isinstance(prefix, str) else "##",
        unknown_id=names.get(unknown) if isinstance(unknown, str) else None,
        most=most if type(most) is int else 100,
        words=words.of_chunk,
        chunks=re.compile(CHUNKS.pattern),
    )
    return wordpiece_tokenizer(name, pieces, {token.content: token.id for token in added})
