"""`tokviz curve`: how many tokens a text has after the first k merges, for every k."""

import argparse
import sys

from tokviz.commands.inputs import (
    InputError,
    add_encoding,
    add_tokenizer,
    read_text_input,
    tokenizer_for,
)
from tokviz.commands.json_stream import write_object
from tokviz.text_files import shown
from tokviz.tokenization.replay.merge_order import check_order
from tokviz.tokenization.replay.vocabulary_curve import vocabulary_curve
from tokviz.tokenization.tokenizer import Tokenizer

SUMMARY = "count a text's tokens against the number of merges"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="- is standard input")
    add_tokenizer(parser)
    add_encoding(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    text = read_text_input(arguments.file, arguments.encoding)
    tokenizer = in_order(tokenizer_for(arguments.tokenizer, text), arguments.tokenizer)
    curve = vocabulary_curve(tokenizer, tokenizer.encode(text))
    if arguments.json:
        columns = [("n_merges", curve.n_merges), ("n_tokens", curve.n_tokens)]
        write_object(sys.stdout.write, columns)
        return 0
    sys.stdout.write(f"{'merges':>8} {'tokens':>12}\n")
    for n_merges, n_tokens in zip(curve.n_merges.tolist(), curve.n_tokens.tolist(), strict=True):
        sys.stdout.write(f"{n_merges:>8} {n_tokens:>12}\n")
    return 0


def in_order(tokenizer: Tokenizer, name: str) -> Tokenizer:
    """The tokenizer if fewer merges mean what they meant when they were learned."""
    if tokenizer.ordered is None:
        *_, checked = check_order(tokenizer)
        tokenizer = checked.tokenizer or tokenizer
    if len(tokenizer.merges) and tokenizer.ordered is False:
        raise InputError(
            f"The order of merges does not hold in {shown(name)}, so nobody can tell the tokens "
            f"after fewer of them; tokviz replay shows the merges of a text."
        )
    return tokenizer
