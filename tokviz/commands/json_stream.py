"""JSON written piece by piece, so that the answer for a large text is never one huge string."""

import json
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

Write = Callable[[str], object]
_AT_ONCE = 1 << 14


def write_object(write: Write, members: Iterable[tuple[str, Any]]) -> None:
    r"""One JSON object on one line, ASCII only; numpy columns and iterators become arrays.

    >>> import sys
    >>> write_object(sys.stdout.write, [("ids", iter([1, 2])), ("name", "é")])
    {"ids": [1, 2], "name": "\u00e9"}
    """
    before = "{"
    for key, value in members:
        write(f"{before}{json.dumps(key)}: ")
        if value is None or isinstance(value, (str, int, dict)):
            write(json.dumps(value))
        else:
            _write_array(write, value)
        before = ", "
    write("{}\n" if before == "{" else "}\n")


def _write_array(write: Write, values: Iterable[Any]) -> None:
    before = "["
    for part in _parts(values):
        write(before + json.dumps(part)[1:-1])
        before = ", "
    write("[]" if before == "[" else "]")


def _parts(values: Any) -> Iterable[list[Any]]:
    if hasattr(values, "tolist"):
        for at in range(0, len(values), _AT_ONCE):
            yield values[at : at + _AT_ONCE].tolist()
        return
    iterator = iter(values)
    while part := list(islice(iterator, _AT_ONCE)):
        yield part
