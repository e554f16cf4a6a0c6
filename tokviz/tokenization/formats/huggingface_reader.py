"""Hugging Face's `tokenizer.json`, read in full.

Byte-pair encoding with a split pattern or with SentencePiece's spaces, and BERT's WordPiece, are
done by our own encoders; whatever else a file asks for is done by the `tokenizers` package, which
then tells ids and spans.
"""

import re
from dataclasses import replace
from typing import Any, get_args

from tokviz.tokenization.algorithms.bpe import MergeRules
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.bert_vocab import CHUNKS, BertWords, wordpiece_tokenizer
from tokviz.tokenization.formats.byte_alphabet import CHARACTERS
from tokviz.tokenization.formats.huggingface_delegate import delegated
from tokviz.tokenization.formats.huggingface_normalizer import Form, HuggingFaceNormalizer
from tokviz.tokenization.formats.huggingface_parts import (
    kind_of,
    read_added,
    read_notes,
    read_spaces,
    read_split,
    read_template,
)
from tokviz.tokenization.formats.json_text import checked_vocab
from tokviz.tokenization.formats.listed_bpe import (
    read_names,
    read_rules,
    spaced_bpe,
    split_bpe,
    with_added,
)
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.segmenters.wordpiece import WordPiece
from tokviz.tokenization.tokenizer import Tokenizer

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
    if model.get("dropout") or _merges_make_names(added, names, rules):
        odd = True
    has_all = split is not None and split[1] and names.keys() >= _ALPHABET
    plain = has_all or not (model.get("unk_token") or model.get("byte_fallback"))
    if not odd and split is not None and is_known and plain:
        pattern, by_bytes = split
        spelled = read_names(names, added, file, by_bytes=by_bytes)
        return split_bpe(
            name,
            with_added(spelled, added, names, file),
            rules,
            pattern,
            by_bytes=by_bytes,
            normalizer=normalizer,
            ignore_merges=model.get("ignore_merges") is True,
        )
    spaces = read_spaces(found.get("normalizer"), found.get("pre_tokenizer"))
    if not odd and spaces is not None:
        unknown = model.get("unk_token")
        return spaced_bpe(
            name,
            names,
            rules,
            spaces,
            added,
            byte_fallback=model.get("byte_fallback") is True,
            unknown_id=names.get(unknown) if isinstance(unknown, str) else None,
            fuse_unknown=model.get("fuse_unk") is True,
            ignore_merges=model.get("ignore_merges") is True,
        )
    return delegated(found, model, added, name, file)


_ALPHABET = frozenset(CHARACTERS)


def _merges_make_names(added: list[AddedToken], names: dict[str, int], rules: MergeRules) -> bool:
    """Whether a token that has to be asked for by its name may come up without it."""
    made = set(rules.lines.ids.tolist())
    return any(
        names.get(token.content) == token.id and (len(token.content) == 1 or token.id in made)
        for token in added
        if token.special or token.single_word
    )


def _normal_form(part: Any) -> tuple[HuggingFaceNormalizer | None, bool]:
    """The normalizer, and whether it is one that goes with a split pattern of ours."""
    if part is None:
        return None, True
    form = next((form for form in get_args(Form) if form == kind_of(part)), None)
    if form is None:
        return None, False
    from tokenizers import normalizers

    return HuggingFaceNormalizer(form, getattr(normalizers, form)(), form=form), True


def _is_bert(found: dict[str, Any], added: list[AddedToken]) -> bool:
    normalizer = found.get("normalizer")
    return (
        isinstance(normalizer, dict)
        and kind_of(normalizer) == "BertNormalizer"
        and normalizer.get("strip_accents") in (None, True, False)
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
        many_words=words.of_chunks,
    )
    return wordpiece_tokenizer(name, pieces, {token.content: token.id for token in added})
