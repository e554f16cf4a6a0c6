"""`tokviz neighbors`: the tokens whose rows in an embedding table are nearest to a token's row."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tokviz.catalog import TABLES, load_table
from tokviz.commands.inputs import InputError, add_tokenizer, checked_argument, tokenizer_for
from tokviz.commands.json_stream import write_object
from tokviz.embedding.formats.any_file import open_table
from tokviz.embedding.neighbors import Metric, NearestRows, NeighborSearch
from tokviz.embedding.table import EmbeddingTable
from tokviz.text_files import shown
from tokviz.token_tables import TokenTable, tokens_nearest
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

SUMMARY = "list the tokens nearest to a token in an embedding table"
_SHOWN_TOKENS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_tokenizer(parser)
    parser.add_argument(
        "--table",
        metavar="PATH",
        help="a safetensors, GGUF, numpy or PyTorch file, or a model's folder "
        "(default: the tokenizer's own table)",
    )
    token = parser.add_mutually_exclusive_group(required=True)
    token.add_argument("--id", type=int, help="the token's number")
    token.add_argument("--text", help="the token's text, exactly one token")
    parser.add_argument(
        "-k", type=int, default=10, metavar="K", help="how many neighbours (default: 10)"
    )
    parser.add_argument(
        "--metric",
        choices=[metric.value for metric in Metric],
        default=Metric.COSINE.value,
        help="how alike two rows are (default: cosine)",
    )
    parser.add_argument(
        "--centered", action="store_true", help="subtract the mean of all rows first"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    if arguments.k < 1:
        raise InputError(f"-k {arguments.k} is no number of neighbours; take 1 or more.")
    if arguments.text is not None:
        checked_argument(arguments.text, "--text")
    tokenizer = tokenizer_for(arguments.tokenizer, arguments.text or "")
    row = _id_of(tokenizer, arguments.text) if arguments.id is None else arguments.id
    tokenizer.token_bytes(row)
    table = table_for(arguments.tokenizer, arguments.table)
    known = TokenTable(table, tokenizer)
    search = NeighborSearch(table, arguments.centered)
    metric = Metric(arguments.metric)
    found = tokens_nearest(known, search, row, arguments.k, metric)
    if arguments.json:
        write_object(sys.stdout.write, [("neighbors", _rows(tokenizer, found))])
        return 0
    sys.stdout.write(f"{'id':>7} {'similarity':>10}  token\n")
    for token_id, similarity in zip(found.ids.tolist(), found.similarities.tolist(), strict=True):
        token = visible(tokenizer.token_bytes(token_id))
        sys.stdout.write(f"{token_id:>7} {similarity:>10.4f}  {token}\n")
    return 0


def _id_of(tokenizer: Tokenizer, text: str) -> int:
    ids = tokenizer.encode(text).ids.tolist()
    if len(ids) == 1:
        return int(ids[0])
    if not ids:
        raise InputError("--text is no token of this tokenizer; give the text of one token.")
    tokens = [f"{visible(tokenizer.token_bytes(i))} ({i})" for i in ids[:_SHOWN_TOKENS]]
    more = ", …" if len(ids) > _SHOWN_TOKENS else ""
    raise InputError(
        f"--text is {len(ids):,} tokens, {', '.join(tokens)}{more}; "
        f"give the text of one, or its number with --id."
    )


def table_for(tokenizer: str, path: str | None) -> EmbeddingTable:
    """The table at a path, or else the one of a tokenizer."""
    if path is None:
        table = load_table(tokenizer)
        if table is not None:
            return table
        if not Path(tokenizer).is_file():
            names = ", ".join(shipped.tokenizer for shipped in TABLES)
            raise InputError(
                f"There is no shipped table for {shown(tokenizer)}, only for {names}; "
                f"name a file with --table."
            )
        path = tokenizer  # a GGUF file may hold both
    try:
        return open_table(Path(path))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"The table {shown(path)} cannot be read: {reason}; choose another one."
        ) from None


def _rows(tokenizer: Tokenizer, found: NearestRows) -> Iterator[dict[str, int | str | float]]:
    for token_id, similarity in zip(found.ids.tolist(), found.similarities.tolist(), strict=True):
        data = tokenizer.token_bytes(token_id)
        yield {
            "id": token_id,
            "text": data.decode("utf-8", "replace"),
            "bytes": data.hex(),
            "similarity": similarity,
        }
