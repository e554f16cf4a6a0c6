"""The steps of a replay as CSV or JSON, made row by row."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from tokviz.text_files import write_text
from tokviz.tokenization.replay.merge_replay import MergeReplay
from tokviz.tokenization.replay.text_replay import TextReplay
from tokviz.tokenization.tokenizer import Tokenizer

_COLUMNS = ("step", "pre_token", "rank", "left", "right", "id", "left_bytes", "right_bytes", "byte")
_REMEMBERED = 20_000  # distinct pre-tokens
_AT_A_TIME = 500  # rows between two chances to cancel


def step_rows(tokenizer: Tokenizer, replay: TextReplay) -> Iterator[dict[str, Any]]:
    """One row a step: ids of left, right and result, bytes in hex, byte offset in the stretch."""
    known: dict[str, MergeReplay] = {}  # words come again and again, whatever the order
    for step in range(1, replay.n_steps + 1):
        pre_token, own = replay.locate(step)
        text = replay.pre_token_text(pre_token)
        if text not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[text] = replay.pre_token(pre_token)
        done = known[text].step(own)
        values = (
            step,
            pre_token,
            done.rank,
            done.left,
            done.right,
            done.id,
            tokenizer.token_bytes(done.left).hex(),
            tokenizer.token_bytes(done.right).hex(),
            replay.pre_token_start(pre_token) + done.byte,
        )
        yield dict(zip(_COLUMNS, values, strict=True))


def steps_as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The step table with a line of headings, line by line."""
    yield ",".join(_COLUMNS) + "\n"
    for row in rows:
        line = io.StringIO()
        csv.DictWriter(line, _COLUMNS, lineterminator="\n").writerow(row)
        yield line.getvalue()


def steps_as_json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The step table as a list of objects, one a line."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def saving_steps(
    path: str, tokenizer: Tokenizer, replay: TextReplay, *, as_json: bool
) -> Iterator[int]:
    """Write the step table to a file, whole or not at all; yields the rows made so far.

    Raises `TextFileError`.
    """
    rows = step_rows(tokenizer, replay)
    parts = []
    for part in (steps_as_json if as_json else steps_as_csv)(rows):
        parts.append(part)
        if len(parts) % _AT_A_TIME == 0:
            yield len(parts)
    write_text(path, "".join(parts))
    yield replay.n_steps
