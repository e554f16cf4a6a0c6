"""`tokviz encode`: the tokens of a text, as a table to read, JSON, JSON lines or CSV."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from tokviz.commands.inputs import (
    InputError,
    add_encoding,
    add_tokenizer,
    depends_on_text,
    input_lines,
    read_text_input,
    tokenizer_for,
)
from tokviz.commands.json_stream import write_object
from tokviz.token_lines import table_lines
from tokviz.tokenization.encoding import Encoding, Int32s, Int64s
from tokviz.tokenization.tokenizer import (
    NO_TEMPLATE,
    Algorithm,
    Special,
    SpecialTokenError,
    Template,
    Tokenizer,
)

SUMMARY = "show the tokens of a text"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="- is standard input")
    add_tokenizer(parser)
    add_encoding(parser)
    parser.add_argument(
        "--special",
        choices=[special.value for special in Special],
        default=Special.TEXT.value,
        help="what the names of special tokens in the text are taken for (default: text)",
    )
    parser.add_argument(
        "--template", action="store_true", help="add the tokens that the tokenizer's file asks for"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON object")
    shape.add_argument(
        "--jsonl",
        action="store_true",
        help='read one JSON object with "text" a line, answer each with a line',
    )
    shape.add_argument("--csv", action="store_true", help="comma-separated, a line each token")


def run(arguments: argparse.Namespace) -> int:
    special = Special(arguments.special)
    if arguments.jsonl:
        return _answer_lines(arguments, special)
    text = read_text_input(arguments.file, arguments.encoding)
    tokenizer = tokenizer_for(arguments.tokenizer, text)
    encoding = tokenizer.encode(text, special)
    if arguments.json:
        write_object(sys.stdout.write, members(tokenizer, encoding, arguments.template))
    elif arguments.csv:
        _write_csv(tokenizer, encoding)
    else:
        sys.stdout.writelines(table_lines(tokenizer, encoding))
    return 0


def members(tokenizer: Tokenizer, encoding: Encoding, template: bool) -> Iterator[tuple[str, Any]]:
    """What is known of an encoded text, key by key; `template` adds its tokens with empty spans."""
    added = tokenizer.template if template else NO_TEMPLATE
    ids = encoding.ids
    yield "ids", np.concatenate((np.array(added[0], np.int32), ids, np.array(added[1], np.int32)))
    yield "spans", _spans(*encoding.spans(), added, len(encoding.text))
    yield "byte_spans", _spans(encoding.byte_starts, encoding.byte_ends, added, encoding.n_bytes)
    yield "pre_tokens", pre_tokens(tokenizer, encoding)
    yield "gap_ranks", encoding.gap_ranks()
    yield "uncovered", encoding.uncovered()
    decoded = tokenizer.decode(ids.tolist())
    yield "round_trip", decoded == encoding.text.encode("utf-8", "surrogatepass")


def pre_tokens(tokenizer: Tokenizer, encoding: Encoding) -> list[tuple[int, int]]:
    """The spans of the pre-tokens; white space that WordPiece leaves out is none."""
    spans, text = encoding.pre_token_spans(), encoding.text
    if tokenizer.algorithm is not Algorithm.WORDPIECE:
        return spans
    return [(start, end) for start, end in spans if not text[start:end].isspace()]


def _spans(starts: Int64s | Int32s, ends: Int64s | Int32s, added: Template, last: int) -> Int64s:
    """(tokens, 2) spans; what a template adds has empty ones at 0 and at `last`."""
    before, after = added
    spans = np.stack((starts, ends), axis=1).astype(np.int64)
    front, back = np.zeros((len(before), 2), np.int64), np.full((len(after), 2), last, np.int64)
    return np.concatenate((front, spans, back))


def _write_csv(tokenizer: Tokenizer, encoding: Encoding) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["index", "id", "start", "end", "byte_start", "byte_end", "bytes", "text"])
    starts, ends = encoding.spans()
    for i, token_id in enumerate(encoding.ids.tolist()):
        data = tokenizer.token_bytes(token_id)
        spans = (starts[i], ends[i], encoding.byte_starts[i], encoding.byte_ends[i])
        writer.writerow([i, token_id, *spans, data.hex(), data.decode("utf-8", "replace")])


def _answer_lines(arguments: argparse.Namespace, special: Special) -> int:
    own_vocabulary = depends_on_text(arguments.tokenizer)
    tokenizer = tokenizer_for(arguments.tokenizer)
    encoder = tokenizer.encoder()
    n_lines = n_bad = 0
    for line in input_lines(arguments.file):
        n_lines += 1
        try:
            text = text_of_line(line)
            if own_vocabulary:
                tokenizer = tokenizer_for(arguments.tokenizer, text)
                encoder = tokenizer.encoder()
            encoding = tokenizer.encode(text, special, encoder)
        except (InputError, SpecialTokenError) as error:
            n_bad += 1
            sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        else:
            answer = members(tokenizer, encoding, arguments.template)
            write_object(sys.stdout.write, answer)
        sys.stdout.flush()  # who asks line by line waits for each answer
    if n_bad:
        sys.stderr.write(
            f"tokviz encode: {n_bad:,} of {n_lines:,} lines could not be encoded; "
            f'their answers hold "error" and say why.\n'
        )
    return 1 if n_bad else 0


def text_of_line(line: bytes) -> str:
    r"""The `text` of one JSON line. Raises `InputError`.

    >>> text_of_line(b'{"text": "a\\n"}')
    'a\n'
    """
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"The line is not UTF-8 at byte {error.start}.") from None
    except RecursionError:
        raise InputError("The line's JSON is nested too deeply.") from None
    except ValueError as error:
        raise InputError(f"The line is not JSON: {error}.") from None
    text = found.get("text") if isinstance(found, dict) else None
    if not isinstance(text, str):
        raise InputError('The line is not a JSON object with a string under "text".')
    return text
