"""The tokens of a text as lines to read: index, id, token with visible marks, span, bytes."""

import unicodedata
from collections.abc import Iterator

from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

_TOKEN_CELLS = 20
_SPAN_CELLS = 11


def token_table(tokenizer: Tokenizer, text: str) -> str:
    """The tokens of `text`, a line each, under a line of headings.

    >>> from tokviz.tokenization.tokenizer import bytes_tokenizer
    >>> print(token_table(bytes_tokenizer(), "a é"), end="")
    index  id  token                characters  bytes
        0  97  a                    0-1         61
        1  32  ·                    1-2         20
        2 195  \\xc3                 2-3         c3
        3 169  \\xa9                 2-3         a9
    """
    return "".join(table_lines(tokenizer, tokenizer.encode(text)))


def table_lines(tokenizer: Tokenizer, encoding: Encoding) -> Iterator[str]:
    """The lines of the table, each with its line end."""
    index_width = max(len("index"), len(str(len(encoding.ids))))
    id_width = max(len("id"), len(str(tokenizer.n_vocab - 1)))
    token, span = _padded("token", _TOKEN_CELLS), "characters".ljust(_SPAN_CELLS)
    yield f"{'index':>{index_width}} {'id':>{id_width}}  {token} {span} bytes\n"
    starts, ends = encoding.spans()
    for index, token_id in enumerate(encoding.ids.tolist()):
        data = tokenizer.token_bytes(token_id)
        token = _padded(visible(data), _TOKEN_CELLS)
        span = f"{starts[index]}-{ends[index]}".ljust(_SPAN_CELLS)
        yield f"{index:>{index_width}} {token_id:>{id_width}}  {token} {span} {data.hex(' ')}\n"


def _padded(text: str, cells: int) -> str:
    return text + " " * max(cells - _width(text), 0)


def _width(text: str) -> int:
    """Columns of a terminal: two for wide East Asian characters, none for combining marks."""
    return sum(
        0
        if unicodedata.category(c) in ("Mn", "Me")
        else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
