"""Where the pre-tokens of an edited text begin."""

import numpy as np

from tokviz.tokenization.text.tokenized_text import TokenizedText


def pre_token_starts(text: TokenizedText, start: int, end: int) -> list[int]:
    """The characters in [start, end) with which pre-tokens begin, as far as they are known.

    None where text is not cut into pre-tokens.
    """
    found: list[int] = []
    for encoding, base, _ in text.encodings(start, end):
        starts = encoding.pre_token_chars
        if starts is not None:
            cut = starts.searchsorted(np.array([start - base, end - base], starts.dtype))
            found += (starts[cut[0] : cut[1]].astype(np.int64) + base).tolist()
    return found
