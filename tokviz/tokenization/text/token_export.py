"""The coloured tokens of a text as a page of HTML, and their table as CSV or JSON.

Every byte can be had back: HTML names each token's bytes in hex, CSV and JSON hold them.
"""

import csv
import html
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokviz.tokenization.text.token_rows import TokenRows
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

_COLUMNS = ("index", "id", "start", "end", "byte_start", "byte_end", "bytes", "text")
_AT_A_TIME = 1000
_MARKS = {"\n": "↵\n", "\r": "␍", "\t": "→\t", "\x00": "␀"}


@dataclass(frozen=True)
class TokensToExport:
    """The tokens that touch the characters [start, start + len(text)), and those characters."""

    tokenizer: Tokenizer
    text: str
    start: int
    rows: TokenRows


def tokens_to_export(text: TokenizedText, start: int, end: int) -> TokensToExport:
    """A snapshot of a range, widened to whole tokens, which another thread may read."""
    rows = text.tokens(start, end)
    if len(rows.ids):
        start, end = min(start, int(rows.starts[0])), max(end, int(rows.ends[-1]))
    return TokensToExport(text.tokenizer, text.slice(start, end), start, rows)


def csv_parts(tokens: TokensToExport) -> Iterator[str]:
    """A line of headings and a line a token, in parts of many lines."""
    for part in _parts(tokens):
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        if not part or part[0][0] == tokens.rows.first:
            writer.writerow(_COLUMNS)
        writer.writerows(part)
        yield lines.getvalue()


def json_parts(tokens: TokensToExport) -> Iterator[str]:
    """A list of objects, ASCII only, one a line, in parts."""
    before = "[\n"
    for part in _parts(tokens):
        lines = [json.dumps(dict(zip(_COLUMNS, row, strict=True))) for row in part]
        if lines:
            yield before + ",\n".join(lines)
            before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _parts(tokens: TokensToExport) -> Iterator[list[tuple[int | str, ...]]]:
    """Rows of values, some at a time; at least one part, be it empty."""
    rows = tokens.rows
    for at in range(0, max(len(rows.ids), 1), _AT_A_TIME):
        piece = slice(at, at + _AT_A_TIME)
        columns = (rows.ids, rows.starts, rows.ends, rows.byte_starts, rows.byte_ends)
        part = []
        numbers = zip(*(column[piece].tolist() for column in columns), strict=True)
        for i, (token_id, *spans) in enumerate(numbers, rows.first + at):
            data = tokens.tokenizer.token_bytes(token_id)
            part.append((i, token_id, *spans, data.hex(), data.decode("utf-8", "replace")))
        yield part


# -- HTML ------------------------------------------------------------------------------------------


def html_parts(tokens: TokensToExport, colors: Sequence[str], title: str) -> Iterator[str]:
    """A page that needs nothing else; `colors` are those of the tokens' colour numbers.

    A character that is cut by several tokens shows their colours side by side, in bytes' shares.
    """
    yield _head(tokens, colors, title)
    rows, at = tokens.rows, tokens.start
    n_tokens, i = len(rows.ids), 0
    while i < n_tokens:
        parts = []
        for _ in range(min(_AT_A_TIME, n_tokens)):
            if i >= n_tokens:
                break
            last = _last_of_cut(rows, i)
            end = int(rows.ends[last])
            if at < int(rows.starts[i]):  # characters that no token has
                parts.append(f"<u>{_shown(tokens, at, int(rows.starts[i]))}</u>")
            at = max(at, int(rows.starts[i]))
            parts.append(_whole(tokens, i) if last == i else _cut(tokens, i, last, colors))
            at, i = max(at, end), last + 1
        yield "".join(parts)
    rest = tokens.start + len(tokens.text)
    yield (f"<u>{_shown(tokens, at, rest)}</u>" if at < rest else "") + "</pre></body></html>\n"


def _last_of_cut(rows: TokenRows, first: int) -> int:
    """The last of the tokens from `first` on that hang together by characters they share."""
    last = first
    while last + 1 < len(rows.ids) and rows.starts[last + 1] < rows.ends[last]:
        last += 1
    return last


def _whole(tokens: TokensToExport, i: int) -> str:
    rows = tokens.rows
    shown = _shown(tokens, int(rows.starts[i]), int(rows.ends[i]))
    return f'<b class="c{rows.colors[i]}" title="{_tip(tokens, i)}">{shown}</b>'


def _cut(tokens: TokensToExport, first: int, last: int, colors: Sequence[str]) -> str:
    """Tokens that share characters as one piece, with a stripe for each by its bytes."""
    rows = tokens.rows
    begin, whole = int(rows.byte_starts[first]), 0
    whole = int(rows.byte_ends[last]) - begin
    stops, tips = [], []
    for i in range(first, last + 1):
        low = 100 * (int(rows.byte_starts[i]) - begin) / whole
        high = 100 * (int(rows.byte_ends[i]) - begin) / whole
        stops.append(f"{colors[int(rows.colors[i])]} {low:.4g}% {high:.4g}%")
        tips.append(_tip(tokens, i))
    style = f"background:linear-gradient(to right,{','.join(stops)})"
    shown = _shown(tokens, int(rows.starts[first]), int(rows.ends[last]))
    return f'<b style="{style}" title="{"&#10;".join(tips)}">{shown}</b>'


def _tip(tokens: TokensToExport, i: int) -> str:
    token_id = int(tokens.rows.ids[i])
    data = tokens.tokenizer.token_bytes(token_id)
    return f"{token_id} · {html.escape(visible(data))} · {data.hex(' ')}"


def _shown(tokens: TokensToExport, start: int, end: int) -> str:
    """Characters for the page, with marks for what a browser would swallow or change."""
    characters = tokens.text[start - tokens.start : end - tokens.start]
    parts = []
    for character in characters:
        if character in _MARKS:
            parts.append(f"<i>{_MARKS[character][0]}</i>{_MARKS[character][1:]}")
        elif character == " " or character.isprintable():
            parts.append(html.escape(character))
        elif "\ud800" <= character <= "\udfff" or ord(character) < 0x20 or character == "\x7f":
            parts.append(f"<i>{ascii(character)[1:-1]}</i>")
        else:
            parts.append(f"&#{ord(character)};")
    return "".join(parts)


def _head(tokens: TokensToExport, colors: Sequence[str], title: str) -> str:
    classes = "".join(f".c{i}{{background:{color}}}" for i, color in enumerate(colors))
    n = len(tokens.rows.ids)
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>"
        "body{margin:2em;background:#fff;color:#16181d;font-family:sans-serif}"
        "pre{font:15px/1.75 monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
        "b{font-weight:400;box-shadow:inset 1px 0 #0006;padding:2px 0}"
        "i{font-style:normal;opacity:.5}u{text-decoration:wavy underline #b42318}"
        f"{classes}</style></head><body><p>{html.escape(tokens.tokenizer.name)}, "
        f"{n:,} tokens, {len(tokens.text):,} characters</p><pre>"
    )
