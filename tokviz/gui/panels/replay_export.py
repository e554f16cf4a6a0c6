"""The steps of a replay as CSV or JSON."""

import csv
import io
import json
from typing import Any

from tokviz.tokenization.merge_replay import TextReplay
from tokviz.tokenization.tokenizer import Tokenizer

_COLUMNS = ("step", "pre_token", "rank", "left", "right", "id", "left_bytes", "right_bytes", "byte")


def step_rows(tokenizer: Tokenizer, replay: TextReplay) -> list[dict[str, Any]]:
    """One row a step: ids of left, right and result, bytes in hex, byte offset in the stretch."""
    rows: list[dict[str, Any]] = []
    of_pre_token: dict[int, Any] = {}
    for step in range(1, replay.n_steps + 1):
        pre_token, own = replay.locate(step)
        if pre_token not in of_pre_token:
            of_pre_token[pre_token] = replay.pre_token(pre_token)
        done = of_pre_token[pre_token].step(own)
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
        rows.append(dict(zip(_COLUMNS, values, strict=True)))
    return rows


def steps_as_csv(tokenizer: Tokenizer, replay: TextReplay) -> str:
    """The step table with a line of headings."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(step_rows(tokenizer, replay))
    return out.getvalue()


def steps_as_json(tokenizer: Tokenizer, replay: TextReplay) -> str:
    """The step table as a list of objects."""
    return json.dumps(step_rows(tokenizer, replay), indent=1)
