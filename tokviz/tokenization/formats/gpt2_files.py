"""GPT-2's `vocab.bpe`: a version line, then one merge a line. The vocabulary follows from it.

Ids 0-255 are the bytes in GPT-2's order, 256 + r is the result of merge r, and the last id is the
special token `<|endoftext|>`.
"""

from tokviz.tokenization.bpe import Merges
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.byte_alphabet import CHARACTERS, to_bytes
from tokviz.tokenization.pre_tokenizers import GPT2
from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

END_OF_TEXT = "<|endoftext|>"


def tokenizer_from_vocab_bpe(content: bytes, name: str, file: str) -> Tokenizer:
    """Read `vocab.bpe`. `file` is the name used in errors. Raises `TokenizerFileError`."""
    try:
        version, _, body = content.decode("utf-8").partition("\n")
    except UnicodeDecodeError as error:
        raise TokenizerFileError(f"{file} is not UTF-8 at byte {error.start}.") from None
    parts = body.split()
    if not version.startswith("#version") or len(parts) % 2:
        raise TokenizerFileError(
            f"{file} is not a vocab.bpe file: expected a '#version' line, then two parts a line."
        )
    left, right = parts[::2], parts[1::2]
    merged = [a + b for a, b in zip(left, right, strict=True)]
    tokens = CHARACTERS + merged
    id_of = dict(zip(tokens, range(len(tokens)), strict=True))
    try:
        merges = Merges(
            [id_of[a] for a in left],
            [id_of[b] for b in right],
            range(256, 256 + len(merged)),
        )
    except KeyError as error:
        raise TokenizerFileError(
            f"{file}: the part {error.args[0]!r} of a merge is no byte and no merge makes it."
        ) from None
    return Tokenizer(
        name=name,
        algorithm=Algorithm.BYTE_LEVEL_BPE,
        vocab=[*to_bytes(tokens), END_OF_TEXT.encode()],
        merges=merges,
        special_tokens={END_OF_TEXT: len(tokens)},
        split=GPT2,
        context=1024,
    )
