"""A table from a file or a model's folder, together with the tokenizer that lies beside it.

Everything is read and checked here before anything is shown, so that a file that cannot be used
changes nothing.
"""

from dataclasses import replace
from pathlib import Path

from tokviz.embedding.formats import Candidate, TableFileError
from tokviz.embedding.formats.any_file import open_candidates
from tokviz.text_files import shown
from tokviz.token_tables import TokenTable
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.tokenizer import Tokenizer

_TOKENIZERS_IN_FOLDER = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")


def table_candidates(path: Path) -> list[Candidate]:
    """The matrices of a file or folder, the likeliest first. Raises `TableFileError`."""
    try:
        return open_candidates(path)
    except OSError as error:
        raise _unreadable(path, error) from None


def needs_a_choice(candidates: list[Candidate]) -> bool:
    """Whether it is for the user to say which matrix is meant: none or several look like it."""
    return len(candidates) > 1 and sum(candidate.likely for candidate in candidates) != 1


def read_table(path: Path, candidate: Candidate, tokenizer: Tokenizer) -> TokenTable:
    """A candidate of `path` as the table of the tokenizer beside it, or else of `tokenizer`.

    Raises `TableFileError`, `TokenizerFileError`, `MissingRowsError`.
    """
    try:
        beside = tokenizer_beside(path)
        table = candidate.open()
    except OSError as error:
        raise _unreadable(path, error) from None
    if path.is_dir():  # the files in models' folders all have the same names
        table = replace(table, name=path.name)
    n_finite = table.n_rows - len(table.not_finite)
    if n_finite < 2:
        raise TableFileError(
            f"{shown(str(path))}: {candidate.name} has {n_finite} rows of finite numbers; a map "
            f"needs at least two, so choose another matrix."
        )
    if beside is not None and beside.fingerprint == tokenizer.fingerprint:
        beside = None
    return TokenTable(table, beside or tokenizer)


def tokenizer_beside(path: Path) -> Tokenizer | None:
    """The tokenizer in a model's folder, or in the same GGUF file; `None` if there is none."""
    if path.is_dir():
        is_there = any((path / name).is_file() for name in _TOKENIZERS_IN_FOLDER)
        return open_tokenizer(path) if is_there else None
    if path.suffix.lower() != ".gguf":
        return None
    try:
        return open_tokenizer(path)
    except TokenizerFileError:
        return None  # a GGUF file may hold a table alone


def _unreadable(path: Path, error: OSError) -> TableFileError:
    reason = (error.strerror or str(error)).lower()
    return TableFileError(
        f"The table {shown(str(path))} cannot be read: {reason}; choose another one."
    )
