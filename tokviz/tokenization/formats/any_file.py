"""Opens a tokenizer file of any kind known here; its content tells the kind, not its name."""

import stat
from pathlib import Path

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.gguf import tokenizer_from_gguf
from tokviz.tokenization.formats.gpt2_files import tokenizer_from_vocab_bpe
from tokviz.tokenization.tokenizer import Tokenizer

_LARGEST_TEXT_FILE = 64 * 2**20


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in a file, named like it. Raises `TokenizerFileError`, `OSError`."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise TokenizerFileError(f"{path} is not a file; name a tokenizer file.")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"GGUF"):
        return tokenizer_from_gguf(path, path.name)
    if start.startswith(b"#version"):
        if path.stat().st_size > _LARGEST_TEXT_FILE:
            raise TokenizerFileError(f"{path} is larger than a vocab.bpe ever is (64 MiB).")
        return tokenizer_from_vocab_bpe(path.read_bytes(), path.name, str(path))
    raise TokenizerFileError(
        f"{path} is not a tokenizer file known here: a GGUF file starts with 'GGUF', "
        f"a vocab.bpe with '#version'."
    )
