"""`tokviz replay`: every merge of encoding a text, step by step."""

import argparse
import sys
from collections.abc import Iterator

from tokviz.commands.inputs import add_tokenizer, checked_argument, tokenizer_for
from tokviz.commands.json_stream import write_object
from tokviz.text_files import shown
from tokviz.tokenization.algorithms.bpe import MergeStep
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

SUMMARY = "list the merges of encoding a text"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", required=True, help="the text to encode")
    add_tokenizer(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    text = checked_argument(arguments.text, "--text")
    tokenizer = tokenizer_for(arguments.tokenizer, text)
    steps = tokenizer.replay(text)
    if not len(tokenizer.merges):
        sys.stderr.write(
            f"tokviz replay: {shown(arguments.tokenizer)} has no merges that could be listed; its "
            f"algorithm is {tokenizer.algorithm.value}.\n"
        )
    if arguments.json:
        ids = tokenizer.encode(text).ids
        write_object(sys.stdout.write, [("steps", _rows(tokenizer, steps)), ("ids", ids)])
        return 0
    sys.stdout.write(f"{'step':>6} {'rank':>7} {'byte':>7} {'id':>7}  merge\n")
    for number, step in enumerate(steps):
        left, right = tokenizer.token_bytes(step.left), tokenizer.token_bytes(step.right)
        sys.stdout.write(
            f"{number:>6} {step.rank:>7} {step.byte:>7} {step.id:>7}  "
            f"{visible(left)} + {visible(right)}\n"
        )
    return 0


def _rows(tokenizer: Tokenizer, steps: Iterator[MergeStep]) -> Iterator[dict[str, int | str]]:
    for number, step in enumerate(steps):
        yield {
            "step": number,
            "rank": step.rank,
            "left": tokenizer.token_bytes(step.left).hex(),
            "right": tokenizer.token_bytes(step.right).hex(),
            "id": step.id,
            "byte": step.byte,
        }
