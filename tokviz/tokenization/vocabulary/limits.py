"""What cannot be shown of a tokenizer, or is shown in another way, in sentences."""

from tokviz.tokenization.tokenizer import Algorithm, Tokenizer

_OTHER_ALGORITHMS = {
    Algorithm.WORDPIECE: "WordPiece takes the longest token that fits; there are no merges to "
    "take back.",
    Algorithm.UNIGRAM: "Unigram takes the likeliest row of tokens; there are no merges to take "
    "back.",
    Algorithm.WORDLEVEL: "Each word is one token or unknown; there is nothing to replay.",
}


def limits_of(tokenizer: Tokenizer) -> list[str]:
    """A sentence for each; whether the order of merges holds is not known here."""
    found = []
    if tokenizer.algorithm in _OTHER_ALGORITHMS:
        found.append(_OTHER_ALGORITHMS[tokenizer.algorithm])
    return [*found, *tokenizer.notes]
