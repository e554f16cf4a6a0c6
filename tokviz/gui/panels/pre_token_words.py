"""What is said of a pre-token: which alternative of the split pattern matched it."""

from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.encoding import without_surrogates
from tokviz.tokenization.pre_tokenization.known_patterns import in_words

_LOOKED_AT = 64  # characters behind a pre-token that its pattern may look at


def matched_by(model: TokenizerModel, start: int, end: int) -> str:
    """The alternative that matched the characters [start, end), and what it means in words."""
    split = model.tokenizer.split
    if split is None:
        return "nothing: this text is not cut by a pattern"
    text = without_surrogates(model.text.slice(start, end + _LOOKED_AT))
    alternative = split.alternative_at(text, 0, end - start)
    if alternative is None:
        return "nothing of the pattern"
    words = in_words(alternative)
    return f"{alternative}" + (f" ({words})" if words else "")
