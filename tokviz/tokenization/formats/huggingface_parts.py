"""The parts of a `tokenizer.json` around its algorithm: added tokens, template, split, spaces."""

import re
from dataclasses import dataclass
from typing import Any

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.json_text import MOST_IDS
from tokviz.tokenization.formats.space_chunks import SPACES_AND_WORD
from tokviz.tokenization.normalization.added_tokens import AddedToken
from tokviz.tokenization.normalization.spaced_text import SPACE, Spacing
from tokviz.tokenization.pre_tokenization.known_patterns import (
    BETWEEN_WORDS,
    CL100K,
    GPT2,
    LLAMA3,
    QWEN2,
    SMOLLM,
    proved_cut,
    split_pattern,
)
from tokviz.tokenization.pre_tokenization.split_pattern import (
    SplitPattern,
    SplitPatternError,
    chain,
)
from tokviz.tokenization.tokenizer import Template

# cl100k as `tokenizers` writes it: no possessive {1,3}+, and its $ would match at each line end.
CL100K_WRITTEN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s+(?![\s\S])|\s*[\r\n]|\s+(?!\S)|\s"
)
_KNOWN = {CL100K_WRITTEN: CL100K, LLAMA3.pattern: LLAMA3, QWEN2.pattern: QWEN2}
_FLAGS = ("lstrip", "rstrip", "single_word", "normalized")


def kind_of(part: Any) -> str | None:
    """The type that a part of the file says it is of."""
    kind = part.get("type") if isinstance(part, dict) else None
    return kind if isinstance(kind, str) else None


def parts_of(part: Any, key: str) -> list[dict[str, Any]]:
    """The parts of a sequence, or the part alone; none for null."""
    if part is None:
        return []
    listed = part.get(key) if isinstance(part, dict) and kind_of(part) == "Sequence" else [part]
    found = listed if isinstance(listed, list) else [listed]
    return [p if isinstance(p, dict) else {} for p in found]


def read_added(entries: Any, file: str) -> list[AddedToken]:
    """The added tokens, by id. Raises `TokenizerFileError`."""
    found: dict[str, AddedToken] = {}
    ids: set[int] = set()
    for listed in entries if isinstance(entries, list) else [None]:
        entry: dict[str, Any] = listed if isinstance(listed, dict) else {}
        name, token_id = entry.get("content"), entry.get("id")
        if not isinstance(name, str) or not name or type(token_id) is not int:
            raise TokenizerFileError(f"{file} has an added token without a name or an id; name it.")
        if not 0 <= token_id < MOST_IDS:
            raise TokenizerFileError(
                f"{file} has an added token with the id {token_id}; change it."
            )
        if token_id in ids or name in found:
            raise TokenizerFileError(
                f"{file} gives two added tokens the same id or name ({ascii(name)[:60]}, "
                f"{token_id}); change one."
            )
        flags = {flag: entry.get(flag) is True for flag in _FLAGS}
        ids.add(token_id)
        found[name] = AddedToken(name, token_id, entry.get("special") is True, **flags)
    return sorted(found.values(), key=lambda token: token.id)


def read_template(part: Any) -> Template:
    """What is put before and behind a text: ids."""
    before: list[int] = []
    after: list[int] = []
    for processor in parts_of(part, "processors"):
        kind = kind_of(processor)
        outer: list[int] = []  # each processor stands around what those before it made
        if kind in ("BertProcessing", "RobertaProcessing"):
            outer += _ids_of(processor.get("cls"))
            after += _ids_of(processor.get("sep"))
        elif kind == "TemplateProcessing":
            known, side = processor.get("special_tokens"), outer
            single = processor.get("single")
            for piece in single if isinstance(single, list) else []:
                if not isinstance(piece, dict):
                    continue
                if "Sequence" in piece:
                    side = after
                named = piece.get("SpecialToken")
                name = named.get("id") if isinstance(named, dict) else None
                if (
                    isinstance(known, dict)
                    and isinstance(name, str)
                    and isinstance(known.get(name), dict)
                ):
                    listed = known[name].get("ids")
                    side += [i for i in listed or [] if type(i) is int and 0 <= i < MOST_IDS]
        before = outer + before
    return tuple(before), tuple(after)


def _ids_of(pair: Any) -> list[int]:
    is_pair = isinstance(pair, list) and len(pair) == 2 and type(pair[1]) is int
    return [pair[1]] if is_pair else []


def read_notes(found: dict[str, Any]) -> tuple[str, ...]:
    """What a file asks for that would hide tokens or add some: it is not done, and said."""
    notes = []
    if found.get("truncation") is not None:
        most = found["truncation"].get("max_length") if isinstance(found["truncation"], dict) else 0
        notes.append(f"The file cuts texts after {most} tokens; here they are shown whole.")
    if found.get("padding") is not None:
        notes.append("The file pads short texts with extra tokens; here it does not.")
    return tuple(notes)


def read_split(part: Any, file: str) -> tuple[SplitPattern, bool] | None:
    """A split pattern that our own encoder knows or can use, and whether it is byte-level; None
    for another pre-tokenizer. Raises `TokenizerFileError`."""
    parts = parts_of(part, "pretokenizers")
    by_bytes = bool(parts) and kind_of(parts[-1]) == "ByteLevel"
    patterns: list[SplitPattern] = []
    for one in parts[:-1] if by_bytes else parts:
        found = _digits(one) if kind_of(one) == "Digits" else _own_split(one, file)
        if found is None:
            return None
        patterns.append(found)
    if by_bytes:
        if parts[-1].get("add_prefix_space", True) is not False:
            return None
        if parts[-1].get("use_regex", True) is not False:
            patterns.append(GPT2)
    if patterns == [_EACH_DIGIT, GPT2]:
        patterns = [SMOLLM]
    if not patterns:
        return None
    if len(patterns) == 1:
        return patterns[0], by_bytes
    split = chain("own", patterns, proved_cut([pattern.pattern for pattern in patterns]))
    return split, by_bytes


_EACH_DIGIT = SplitPattern("digits", r"\p{N}")
_DIGITS = SplitPattern("digits", r"\p{N}+")


def _digits(part: dict[str, Any]) -> SplitPattern:
    return _EACH_DIGIT if part.get("individual_digits") is True else _DIGITS


def _own_split(part: dict[str, Any], file: str) -> SplitPattern | None:
    pattern = part.get("pattern")
    written = pattern.get("Regex") if isinstance(pattern, dict) else None
    if kind_of(part) != "Split" or part.get("behavior") != "Isolated" or part.get("invert"):
        return None
    if not isinstance(written, str):
        return None
    if written in _KNOWN:
        return _KNOWN[written]
    try:
        split = split_pattern(written)
    except SplitPatternError as error:
        raise TokenizerFileError(f"{file}: {error}") from None
    is_alike = not _ODD.search(_PLAIN_ESCAPE.sub("x", written))
    return split if is_alike else None


_PLAIN_ESCAPE = re.compile(
    r"\\(?:[pP]\{\^?\w+\}|[rntsSdD]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^\w\s])"
)
_ODD = re.compile(r"\\|\$|(?<!\[)\^|&&|--|\[[^\]]*\[|\}\+|\(\?(?![:=!]|<[=!]|i:)")
"""What Oniguruma, the dialect of `tokenizers`, reads in another way than `regex`, or may: unknown
escapes, anchors of lines, sets in sets, `{1,3}+`, and groups with flags."""


@dataclass(frozen=True)
class SpacesFound:
    """How spaces are written, and whether what is behind an added token begins anew."""

    spacing: Spacing
    restarts: bool


def read_spaces(normalizer: Any, pre_tokenizer: Any) -> SpacesFound | None:
    """Spaces written as ▁, as in SentencePiece, with nothing else done; None for anything else."""
    prefix = replaced = False
    for part in parts_of(normalizer, "normalizers"):
        kind = kind_of(part)
        if kind == "Prepend" and part.get("prepend") == SPACE and not replaced and not prefix:
            prefix = True
        elif kind == "Replace" and _is_space_for_space(part):
            replaced = True
        else:
            return None
    parts = parts_of(pre_tokenizer, "pretokenizers")
    if replaced and all(_splits_at_spaces(p) for p in parts):
        return SpacesFound(Spacing(prefix=prefix), restarts=prefix)
    if len(parts) == 1 and kind_of(parts[0]) == "Metaspace" and not replaced and not prefix:
        part = parts[0]
        scheme = part.get("prepend_scheme", "always")
        if part.get("replacement", SPACE) == SPACE and part.get("split", True) is False:
            spacing = Spacing(prefix=scheme != "never", prefix_once=True)
            return SpacesFound(spacing, restarts=scheme == "always")
    return None


def _is_space_for_space(part: dict[str, Any]) -> bool:
    return part.get("pattern") == {"String": " "} and part.get("content") == SPACE


def _splits_at_spaces(part: dict[str, Any]) -> bool:
    """A split at spaces does nothing where there are none left."""
    return kind_of(part) == "Split" and part.get("pattern") == {"String": " "}


def chunks_of(names: list[str]) -> tuple[re.Pattern[str], str | None]:
    """What may be encoded alone, and where a text may be cut: before spaces that no token goes
    over from the character in front of them."""
    before = re.compile(f"[^{SPACE}](?={SPACE})")
    joined = "".join(sorted({c for name in names for c in before.findall(name)}))
    if not joined:
        return SPACES_AND_WORD, BETWEEN_WORDS
    cut = f"(?<![{re.escape(joined)}]){BETWEEN_WORDS}"
    goes_on = f"[^ {SPACE}]+|(?<=[ {SPACE}{re.escape(joined)}])[ {SPACE}]"
    return re.compile(rf"[\s\S](?:{goes_on})*"), cut
