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
    """A sentence for each; none for a byte-pair encoding that holds what is shown of one."""
    found = []
    if tokenizer.algorithm in _OTHER_ALGORITHMS:
        found.append(_OTHER_ALGORITHMS[tokenizer.algorithm])
    elif len(tokenizer.merges) and tokenizer.ordered is None:
        found.append("Whether its order of merges holds is being checked.")
    elif len(tokenizer.merges) and not tokenizer.ordered:
        found.append(
            "Its order of merges does not hold: some fire before ones learned earlier, so "
            "they cannot be taken back."
        )
    return [*found, *tokenizer.notes]
