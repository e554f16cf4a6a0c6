"""`tokviz decode`: the bytes that ids stand for, exactly."""

import argparse
import re
import sys

from tokviz.commands.inputs import (
    STANDARD_INPUT,
    InputError,
    add_tokenizer,
    depends_on_text,
    read_text_input,
    tokenizer_for,
)

SUMMARY = "write the bytes that ids stand for"

_LONGEST = 18  # digits; no vocabulary is near that


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", nargs="*", metavar="IDS", help="whole numbers; - reads them from standard input"
    )
    add_tokenizer(parser)


def run(arguments: argparse.Namespace) -> int:
    if depends_on_text(arguments.tokenizer):
        raise InputError(
            f"The ids of {arguments.tokenizer} mean nothing without the text that they were "
            f"made from; choose another tokenizer."
        )
    words = arguments.ids
    if words == [STANDARD_INPUT]:
        words = re.split(r"[\s,\[\]]+", read_text_input(STANDARD_INPUT, "utf-8"))
    ids = [_id(word) for word in words if word]
    data = tokenizer_for(arguments.tokenizer).decode(ids)
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    return 0


def _id(word: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", word):
        raise InputError(f"{ascii(word)[:80]} is not an id; ids are whole numbers like 15496.")
    if len(word) > _LONGEST:
        raise InputError(f"No tokenizer has the id {word[:_LONGEST]}…; ids are far smaller.")
    return int(word)
