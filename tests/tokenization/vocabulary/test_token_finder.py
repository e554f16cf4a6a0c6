"""The tokens a person may mean."""

from tests.tokenization.oracles import shipped
from tokviz.tokenization.vocabulary.token_finder import likely_tokens


def _found(words: str, most: int = 8) -> list[bytes]:
    gpt2 = shipped("gpt2")
    return [gpt2.token_bytes(i) for i in likely_tokens(gpt2, words, most)]


def test_the_nearest_come_first() -> None:
    assert _found("token", 3) == [b"token", b" token", b"Token"]
    assert _found(" token", 2) == [b" token", b" Token"]
    assert _found("TOKEN", 3)[0] == b"token"
    assert _found("oken", 1) == [b"oken"]


def test_nothing_is_meant_by_nothing() -> None:
    assert _found("") == []
    assert _found("qqqqqqqq") == []
    assert len(_found("a", 5)) == 5
