"""What the card says of a token at its place in the text."""

import unicodedata
from dataclasses import dataclass

from tokviz.gui.panels.pre_token_words import matched_by
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.text.normalized_text import is_changed, normalized
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.vocabulary.visible_text import visible

_MOST = 40  # characters of a pre-token that the card shows


@dataclass(frozen=True)
class TokenInText:
    """Sentences about one token of the text; empty where there is nothing to say."""

    where: str
    normalized: str
    pre_token: str
    cut: str
    attends: str
    predicted: str


def describe_place(model: TokenizerModel, place: int | None) -> TokenInText | None:
    """The token at an index of the text; None for a token that was not picked in the text."""
    text = model.text
    if place is None or not 0 <= place < text.n_tokens:
        return None
    row = text.token(place)
    start, end = int(row.starts[0]), int(row.ends[0])
    first, last = int(row.byte_starts[0]), int(row.byte_ends[0])
    where = f"token {place + 1:,}, characters {start:,}–{end:,}, bytes {first:,}–{last:,}"
    attends, predicted = _context_sentences(model.context, place)
    pre_token = _pre_token(model, start)
    cut = _cut(text, (start, end), (first, last))
    return TokenInText(where, _normalized(model, start, end), pre_token, cut, attends, predicted)


def _normalized(model: TokenizerModel, start: int, end: int) -> str:
    """What the token's characters were changed into before tokens were looked for."""
    tokenizer, written = model.tokenizer, model.text.slice(start, min(end, start + _MOST))
    is_name = int(model.text.tokens(start, end).ids[0]) in tokenizer.named_ids
    if is_name or not is_changed(tokenizer, written):
        return ""
    made = normalized(tokenizer, written)
    return visible(made.encode()) if made else "nothing: it is left out"


def _pre_token(model: TokenizerModel, position: int) -> str:
    """The pre-token that holds a character, and what of the split pattern matched it."""
    span = model.text.pre_token_span(position)
    if span is None or model.tokenizer.split is None:
        return ""
    start, end = span
    shown = visible(model.text.slice(start, min(end, start + _MOST)).encode("utf-8", "replace"))
    more = " …" if end - start > _MOST else ""
    return f"{shown}{more}  matched {matched_by(model, start, end)}"


def _context_sentences(context: int | None, place: int) -> tuple[str, str]:
    """A token attends to itself and those before it; it was predicted from those before it."""
    if context is None:
        return "", ""
    before = min(place, context - 1)
    window = f"(window {context:,})"
    if before == 0:
        attends = f"itself only {window}"
    else:
        attends = f"itself and the {_tokens(before)} before it {window}"
    sources = min(place, context)
    if sources == 0:
        return attends, "from nothing: it is the first token"
    return attends, f"from the {_tokens(sources)} before it (up to {context:,})"


def _tokens(n: int) -> str:
    return f"{n:,} token" + ("s" if n != 1 else "")


def _cut(text: TokenizedText, chars: tuple[int, int], span: tuple[int, int]) -> str:
    """Which bytes of a character the token holds, where it holds a part of one."""
    sentences = []
    for position in dict.fromkeys((chars[0], chars[1] - 1)):
        begin, end = text.byte_offset(position), text.byte_offset(position + 1)
        low, high = max(begin, span[0]), min(end, span[1])
        if (low, high) == (begin, end):
            continue
        character = text.slice(position, position + 1)
        held = f"byte {low - begin + 1}" if high - low == 1 else _range(low, high, begin)
        name = unicodedata.name(character, "")
        sentences.append(f"{held} of the {end - begin} of U+{ord(character):04X} {name}".rstrip())
    return "\n".join(sentences)


def _range(low: int, high: int, begin: int) -> str:
    return f"bytes {low - begin + 1}–{high - begin}"
