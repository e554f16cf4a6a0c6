"""`tokviz tokenizers`: what can be chosen by name."""

import argparse
import json
import sys

from tokviz.catalog import TOKENIZERS, ShippedTokenizer

SUMMARY = "list the shipped tokenizers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a list of objects")


def run(arguments: argparse.Namespace) -> int:
    rows = [_row(shipped) for shipped in TOKENIZERS]
    if arguments.json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return 0
    sys.stdout.write(f"{'name':<17} {'vocabulary':>10} {'context':>8}  algorithm\n")
    for row in rows:
        n_vocab = "the text's" if row["n_vocab"] is None else f"{row['n_vocab']:,}"
        context = "" if row["context"] is None else f"{row['context']:,}"
        sys.stdout.write(f"{row['name']:<17} {n_vocab:>10} {context:>8}  {row['algorithm']}\n")
    return 0


def _row(shipped: ShippedTokenizer) -> dict[str, str | int | None]:
    return {
        "name": shipped.name,
        "n_vocab": shipped.n_vocab,
        "algorithm": shipped.algorithm.value,
        "context": shipped.context,
    }
