"""`tokviz count`: bytes, characters and tokens of files."""

import argparse
import json
import sys

from tokviz.commands.inputs import (
    InputError,
    add_encoding,
    add_tokenizer,
    decode_input,
    depends_on_text,
    read_input,
    tokenizer_for,
)
from tokviz.text_files import TextFileError

SUMMARY = "count the tokens of files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="- is standard input")
    add_tokenizer(parser)
    add_encoding(parser)
    parser.add_argument("--json", action="store_true", help="a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """A file that cannot be read is reported; the others are counted all the same."""
    tokenizer = tokenizer_for(arguments.tokenizer)
    encoder = tokenizer.encoder()
    rows = []
    status = 0
    for file in arguments.files:
        try:
            data, name = read_input(file)
            text = decode_input(data, name, arguments.encoding)
        except (InputError, TextFileError) as error:
            sys.stderr.write(f"tokviz count: {error}\n")
            status = 2
            continue
        if depends_on_text(arguments.tokenizer):
            encoder = tokenizer_for(arguments.tokenizer, text).encoder()
        n_tokens = len(encoder.encode(text).ids)
        rows.append({"file": file, "bytes": len(data), "characters": len(text), "tokens": n_tokens})
    if arguments.json:
        sys.stdout.write(json.dumps(rows) + "\n")
    elif rows:
        _write_table(rows)
    return status


def _write_table(rows: list[dict[str, str | int]]) -> None:
    sys.stdout.write(f"{'tokens':>12} {'characters':>12} {'bytes':>12}  file\n")
    for row in rows:
        numbers = " ".join(f"{row[key]:>12,}" for key in ("tokens", "characters", "bytes"))
        sys.stdout.write(f"{numbers}  {row['file']}\n")
