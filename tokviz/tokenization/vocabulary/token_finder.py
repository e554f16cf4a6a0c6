"""Which tokens a person may mean by a few letters: the nearest ones first."""

from tokviz.tokenization.tokenizer import Tokenizer


def likely_tokens(tokenizer: Tokenizer, words: str, most: int = 8) -> list[int]:
    """Ids of tokens whose text holds `words`, capital letters or small.

    First the token that is just that, then with a space before it, then those that begin with it,
    and of each kind the shorter, the lower id first.
    """
    wanted = words.encode("utf-8", "surrogatepass")
    if not wanted:
        return []
    low = wanted.lower()
    found = [
        (_distance(data, wanted, low), len(data), token_id)
        for token_id, data in enumerate(tokenizer.vocab)
        if data is not None and low in data.lower()
    ]
    return [token_id for *_, token_id in sorted(found)[:most]]


def _distance(data: bytes, wanted: bytes, low: bytes) -> int:
    word = data.removeprefix(b" ")
    if data == wanted:
        return 0
    if word == wanted:
        return 1
    if word.lower() == low:
        return 2
    if word.startswith(wanted):
        return 3
    return 4 if word.lower().startswith(low) else 5
