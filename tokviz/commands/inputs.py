"""What the subcommands share: the tokenizer that was named, text from a file or standard input."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tokviz.catalog import TOKENIZERS, load_tokenizer
from tokviz.text_files import TextFileError, decode_text, open_binary, read_bytes, shown
from tokviz.tokenization.formats import SplitPatternNeededError
from tokviz.tokenization.pre_tokenization.known_patterns import GPT2
from tokviz.tokenization.tokenizer import Tokenizer

STANDARD_INPUT = "-"


class InputError(ValueError):
    """Something the command was given cannot be used; the message is the sentence to print."""


def add_tokenizer(parser: argparse.ArgumentParser) -> None:
    """The option `--tokenizer`, for `tokenizer_for`."""
    names = ", ".join(shipped.name for shipped in TOKENIZERS)
    parser.add_argument(
        "--tokenizer",
        default="gpt2",
        metavar="NAME|PATH",
        help=f"{names}, or the path of a tokenizer file (default: gpt2)",
    )


def add_encoding(parser: argparse.ArgumentParser) -> None:
    """The option `--encoding`, for `decode_input`."""
    parser.add_argument(
        "--encoding", default="utf-8", help="how the text's bytes are written (default: utf-8)"
    )


def whole_number(word: str) -> int:
    """The type of an argument that counts something."""
    if not (word.isascii() and word.isdecimal() and len(word) < 10):
        raise argparse.ArgumentTypeError(
            f"{ascii(word)[:40]} is not a whole number below 1,000,000,000"
        )
    return int(word)


def tokenizer_for(name: str, text: str = "") -> Tokenizer:
    """The shipped tokenizer of that name, else the one in the file of that name.

    `text` is what `characters` takes its vocabulary from. Raises `InputError`.
    """
    names = [shipped.name for shipped in TOKENIZERS]
    if name in names:
        return load_tokenizer(name, text)
    try:
        return _opened(Path(name))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            f"There is no tokenizer and no file named {shown(name)}; "
            f"the shipped tokenizers are {', '.join(names)}."
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"The tokenizer file {shown(name)} cannot be read: {reason}; choose another one."
        ) from None


def _opened(path: Path) -> Tokenizer:
    """The tokenizer in a file; one without a split pattern gets GPT-2's, and is told so."""
    from tokviz.tokenization.formats.any_file import open_tokenizer, settings_path

    try:
        return open_tokenizer(path)
    except SplitPatternNeededError as error:
        said, beside = str(error).split(";")[0], shown(str(settings_path(path)))
        sys.stderr.write(
            f"tokviz: {said}; GPT-2's is used, and to choose another, write "
            f'{{"pat_str": "...", "special_tokens": {{}}}} into {beside}.\n'
        )
        return open_tokenizer(path, GPT2)


def depends_on_text(name: str) -> bool:
    """Whether the tokenizer is made anew for each text."""
    return name == "characters"


def read_input(path: str) -> tuple[bytes, str]:
    """The bytes of a file or of standard input (`-`), and what to call it in errors.

    Raises `TextFileError` or `InputError`.
    """
    if path != STANDARD_INPUT:
        return read_bytes(path), shown(path)
    try:
        return _standard_input().read(), "Standard input"
    except OSError as error:
        raise _unreadable("Standard input", error) from None


def input_lines(path: str) -> Iterator[bytes]:
    """The lines of a file or of standard input, each as soon as it is there.

    Raises `TextFileError` or `InputError`.
    """
    with _standard_input() if path == STANDARD_INPUT else open_binary(path) as file:
        try:
            yield from file
        except OSError as error:
            name = "Standard input" if path == STANDARD_INPUT else shown(path)
            raise _unreadable(name, error) from None


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise InputError("Standard input is closed; name a file.")
    return sys.stdin.buffer


def _unreadable(name: str, error: OSError) -> InputError:
    reason = (error.strerror or str(error)).lower()
    return InputError(f"{name} cannot be read: {reason}; name a file with text.")


def read_text_input(path: str, encoding: str) -> str:
    """The text of a file or of standard input, exactly as it is."""
    data, name = read_input(path)
    return decode_input(data, name, encoding)


def decode_input(data: bytes, name: str, encoding: str) -> str:
    """The text in the bytes of an input; `name` is what errors call it. Raises `TextFileError`, or
    `InputError` where another `--encoding` is what helps."""
    try:
        return decode_text(data, name, encoding)
    except LookupError:
        raise InputError(
            f"There is no text encoding named {encoding!r}; try utf-8, utf-16, cp1252 or latin-1."
        ) from None
    except TextFileError as error:
        if "which encoding" not in str(error):
            raise
        sentence = str(error).removesuffix(".")
        raise InputError(f"{sentence}, with --encoding cp1252 for instance.") from None


def checked_argument(text: str, name: str) -> str:
    """A text from the command line, which Python hands on with its bad bytes as surrogates.

    Raises `InputError`.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{name} is not UTF-8 at character {error.start:,}; write the text into a file and "
            f"encode that with --encoding."
        ) from None
    return text


def check_output_folder(output: str | None) -> None:
    """What is learned in an hour is not to be lost by a slip of the pen."""
    if output is not None and not Path(output).absolute().parent.is_dir():
        raise InputError(
            f"{shown(output)} cannot be written: its folder is not there; make it or choose "
            f"another one."
        )
