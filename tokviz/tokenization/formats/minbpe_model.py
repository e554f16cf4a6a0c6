"""minbpe's `.model`: the split pattern, the special tokens, then a pair of ids for each merge.

Ids 0-255 are the byte values, 256 + r is the result of merge r
(https://github.com/karpathy/minbpe, `Tokenizer.save`).
"""

from tokviz.tokenization.algorithms.bpe import Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.named_merges import LONGEST_TOKEN
from tokviz.tokenization.formats.utf8_text import utf8_text
from tokviz.tokenization.pre_tokenization.known_patterns import split_pattern
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPatternError
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

FIRST_LINE = "minbpe v1"
_WHOLE_TEXT = r"[\s\S]+"
_MOST_MERGES = 1 << 21


def to_minbpe_model(tokenizer: Tokenizer) -> bytes:
    """The content of a `.model`. Raises `TokenizerFileError` where it cannot say it."""
    merges = tokenizer.merges
    is_plain = (
        tokenizer.split is not None
        and tokenizer.byte_ids == list(range(256))
        and merges.ids.tolist() == list(range(256, 256 + len(merges)))
    )
    if not is_plain or tokenizer.split is None:
        raise TokenizerFileError(
            f"{tokenizer.name} does not number its bytes by their values and its merges behind "
            f"them, as minbpe does; save it as a tokenizer.json."
        )
    if tokenizer.split.then is not None:
        raise TokenizerFileError(
            f"{tokenizer.name} splits a text several times, which minbpe does not; save it as a "
            f"tokenizer.json."
        )
    pattern = tokenizer.split.pattern
    if pattern != pattern.strip():
        pattern = f"(?:{pattern})"  # minbpe strips the line
    lines = [FIRST_LINE, pattern, str(len(tokenizer.special_tokens))]
    for name, token_id in tokenizer.special_tokens.items():
        lines.append(f"{name} {token_id}")
        if len(name.split()) != 1 or not name.isprintable():
            raise TokenizerFileError(
                f"minbpe's format cannot hold the special token {ascii(name)[:60]}; give it a name "
                f"without white space or save as a tokenizer.json."
            )
    if len(pattern.splitlines()) != 1:
        raise TokenizerFileError(
            "minbpe's format has one line for the split pattern; write its line ends as \\n."
        )
    left, right, _ = merges.columns
    lines += [f"{a} {b}" for a, b in zip(left, right, strict=True)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def tokenizer_from_minbpe(content: bytes, name: str, file: str) -> Tokenizer:
    """Read a `.model`; `file` is its name in errors. Raises `TokenizerFileError`."""
    lines = utf8_text(content, file).split("\n")
    if len(lines) < 3 or lines[0].strip() != FIRST_LINE or not _is_number(lines[2]):
        raise TokenizerFileError(
            f"{file} is no minbpe model: expected {FIRST_LINE!r}, the split pattern and the "
            f"number of special tokens, a line each."
        )
    n_special = int(lines[2])
    special = _special_tokens(lines[3 : 3 + n_special], file)
    vocab, merges = _merged(lines[3 + n_special :], 4 + n_special, file)
    _place_special_tokens(vocab, special, file)
    try:
        split = split_pattern(lines[1].strip() or _WHOLE_TEXT)
    except SplitPatternError as error:
        raise TokenizerFileError(f"{file}, line 2: {error}") from None
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=vocab,
        merges=merges,
        special_tokens=special,
        split=split,
    )


def _special_tokens(lines: list[str], file: str) -> dict[str, int]:
    """A name and an id in each line; the first is line 4 of the file."""
    special: dict[str, int] = {}
    for number, line in enumerate(lines, 4):
        name, _, written_id = line.strip().rpartition(" ")
        if not name or not _is_number(written_id):
            raise _bad_line(file, number, "the name of a special token and its id")
        special[name] = int(written_id)
    return special


def _merged(lines: list[str], first: int, file: str) -> tuple[list[bytes | None], Merges]:
    """The vocabulary that the merges make, two ids in each line; `first`: the number of one."""
    pairs = [(number, line.split()) for number, line in enumerate(lines, first) if line.strip()]
    if len(pairs) > _MOST_MERGES:
        raise TokenizerFileError(
            f"{file} has more than {_MOST_MERGES:,} merges; take a part of it."
        )
    vocab: list[bytes | None] = [bytes([byte]) for byte in range(256)]
    left, right = [], []
    for number, pair in pairs:
        if len(pair) != 2 or not all(map(_is_number, pair)):
            raise _bad_line(file, number, "the ids of two tokens")
        a, b = map(int, pair)
        if max(a, b) >= len(vocab):
            raise _bad_line(file, number, f"ids below {len(vocab)}, the id of its own result")
        data = (vocab[a] or b"") + (vocab[b] or b"")
        if len(data) > LONGEST_TOKEN:
            raise _bad_line(file, number, "a merge whose token has at most 64 KiB")
        vocab.append(data)
        left.append(a)
        right.append(b)
    return vocab, Merges(left, right, range(256, len(vocab)))


def _place_special_tokens(vocab: list[bytes | None], special: dict[str, int], file: str) -> None:
    """Append the special tokens to the vocabulary at their ids."""
    for name, token_id in special.items():
        if not len(vocab) <= token_id < _MOST_MERGES:
            raise TokenizerFileError(
                f"{file} gives the special token {ascii(name)[:60]} the id {token_id}; it "
                f"must be above those of the merges."
            )
    vocab += [None] * (max(special.values(), default=-1) + 1 - len(vocab))
    for name, token_id in special.items():
        vocab[token_id] = name.encode("utf-8")


def _is_number(word: str) -> bool:
    word = word.strip()
    return word.isascii() and word.isdecimal() and len(word) < 10


def _bad_line(file: str, number: int, expected: str) -> TokenizerFileError:
    return TokenizerFileError(f"{file}, line {number:,}: expected {expected}; correct the line.")
