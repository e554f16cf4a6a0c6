"""The command `tokviz`: the window, and subcommands that print what the window shows.

The subcommands need neither Qt nor torch; the window is imported when it is asked for. Errors are
one sentence on standard error; the status is 2 for wrong usage or input, 1 for work that failed.
"""

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from tokviz import __version__
from tokviz.catalog import TOKENIZERS
from tokviz.commands.inputs import InputError
from tokviz.text_files import shown

COMMANDS = {
    "encode": "encode",
    "decode": "decode",
    "tokenizers": "tokenizers",
    "count": "count",
    "replay": "replay",
    "curve": "curve",
    "train": "train",
    "neighbors": "neighbors",
    "map": "draw_map",
    "bigram": "bigram",
}
"""What each is called, and its module: only the one asked for is imported, none for the window."""
_OF_THE_PROGRAM = ("-h", "--help", "--version")
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; `arguments` default to the process's own."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parsed = argparse.Namespace()
    try:
        given = _with_window(given)
        parsed = _parser(given[0]).parse_args(given)
        if parsed.command == "window":
            return _open_window(parsed.files, parsed.tokenizer)
        if parsed.command == "map":
            return _draw_map(parsed)
        return _run(parsed)
    except MemoryError:
        return _fail("There is not enough memory for this text; try a part of it.", 1)
    except KeyboardInterrupt:
        return _fail("Stopped.", _INTERRUPTED)
    except Exception as error:
        from tokviz.commands.errors import sentence_of, status_of

        if (status := status_of(error)) is None:
            raise
        return _fail(sentence_of(error, getattr(parsed, "tokenizer", None)), status)


def _run(parsed: argparse.Namespace) -> int:
    if sys.stdout is None:
        raise InputError("Standard output is closed; redirect it to a file or a program.")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int = _module(parsed.command).run(parsed)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        _discard_output()
        return 1
    except OSError as error:  # inputs have errors of their own, so it is the output
        _discard_output()
        reason = (error.strerror or str(error)).lower()
        return _fail(f"Standard output cannot be written: {reason}; send it elsewhere.", 1)
    return status


def _discard_output() -> None:
    # Python flushes standard output once more at its end, and would complain again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(sentence: str, status: int) -> int:
    if sys.stderr is not None:
        line = sentence.replace("\n", "\\n").replace("\r", "\\r")  # a file may be named so
        sys.stderr.write(f"tokviz: {line}\n")
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def _module(command: str) -> ModuleType:
    return import_module(f"tokviz.commands.{COMMANDS[command]}")


def _parser(first: str) -> argparse.ArgumentParser:
    """Knows the arguments of the command that stands `first`; of all of them where none does."""
    parser = _Parser(
        prog="tokviz",
        description="Shows how language models cut text into tokens.",
        epilog="tokviz [FILE ...] opens the window; tokviz COMMAND --help tells about a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tokviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    window = commands.add_parser("window", help="open the window (the default)", allow_abbrev=False)
    window.add_argument("files", nargs="*", metavar="FILE", help="text files to open")
    window.add_argument("--tokenizer", metavar="NAME|PATH", help="the tokenizer to begin with")
    known = [name for name in COMMANDS if first in (name, *_OF_THE_PROGRAM)]
    for name, module in zip(known, map(_module, known), strict=True):
        summary = module.SUMMARY
        description = f"{summary[0].upper()}{summary[1:]}."
        command = commands.add_parser(
            name, help=summary, description=description, allow_abbrev=False
        )
        module.add_arguments(command)
    return parser


def _with_window(given: list[str]) -> list[str]:
    """The arguments with `window` in front where no command is named."""
    first = given[0] if given else ""
    if first in {*COMMANDS, "window", *_OF_THE_PROGRAM}:
        return given
    if first and not first.startswith("-") and not os.path.lexists(first):
        known = ", ".join(["window", *COMMANDS])
        raise InputError(f"{shown(first)} is neither a file nor a command; these are {known}.")
    return ["window", *given]


def _open_window(files: list[str], tokenizer: str | None) -> int:
    names = [shipped.name for shipped in TOKENIZERS]
    if tokenizer is not None and tokenizer not in names and not Path(tokenizer).exists():
        raise InputError(
            f"There is no tokenizer and no file named {shown(tokenizer)}; "
            f"the shipped tokenizers are {', '.join(names)}."
        )
    gc.disable()  # while modules are loaded there is nothing to collect; `run` begins anew
    try:
        from tokviz.gui.app import run
    except ImportError as error:
        if (error.name or "").startswith("tokviz"):
            raise
        return _fail(f"Qt cannot be loaded ({error}); ./run installs what the window needs.", 1)
    return run(files, tokenizer)


def _draw_map(parsed: argparse.Namespace) -> int:
    drawn = _module(parsed.command).run(parsed)
    if drawn is None:
        return 0
    try:
        from tokviz.gui.map_picture import save_picture
    except ImportError as error:
        if (error.name or "").startswith("tokviz"):
            raise
        return _fail(f"Qt cannot be loaded ({error}); ./run installs what a picture needs.", 1)
    try:
        save_picture(drawn.known, drawn.points, drawn.path, drawn.size)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{shown(drawn.path)} cannot be written: {reason}.") from None
    return 0
