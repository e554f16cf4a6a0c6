"""A model's folder: which file is the tokenizer, and how many tokens its model attends to."""

from collections.abc import Mapping
from pathlib import Path

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.json_text import parse_object

_BY_NAME = [
    "tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model",
    "vocab.json", "encoder.json", "merges.txt", "vocab.bpe", "vocab.txt",
]  # fmt: skip
"""Names of tokenizer files, the one that tells most first."""
_BY_ENDING = [".tiktoken", ".model", ".gguf"]
_CONTEXT = ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"]
_MOST_SETTINGS = 1 << 22


def tokenizer_file(folder: Path) -> Path:
    """The tokenizer in a folder. Raises `TokenizerFileError`, `OSError`."""
    for name in _BY_NAME:
        if (folder / name).is_file():
            return folder / name
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for ending in _BY_ENDING:
        found = [path for path in files if path.name.endswith(ending)]
        if len(found) == 1:
            return found[0]
        if found:
            raise TokenizerFileError(
                f"{folder} has {len(found)} files that end with {ending}; open one of them."
            )
    raise TokenizerFileError(
        f"{folder} holds no tokenizer; choose a folder with a tokenizer.json, a tokenizer.model or "
        f"vocab.json and merges.txt."
    )


def context_beside(file: Path) -> int | None:
    """The context window that the `config.json` beside a file tells; None where it does not."""
    config = file.with_name("config.json")
    try:
        if config == file or not config.is_file() or config.stat().st_size > _MOST_SETTINGS:
            return None
        found = parse_object(config.read_bytes(), str(config))
    except (TokenizerFileError, OSError):
        return None  # the tokenizer is whole without it
    return _context(found) or _context(found.get("text_config"))


def _context(settings: object) -> int | None:
    if not isinstance(settings, Mapping):
        return None
    values = [settings.get(key) for key in _CONTEXT]
    return next((n for n in values if type(n) is int and 0 < n < 1 << 31), None)
