"""Encoding without merges: the vocabulary may have gaps, and lacks what it lacks."""

from tokviz.tokenization.algorithms.alphabet import AlphabetEncoder


def test_ids_need_not_be_in_the_order_of_the_characters() -> None:
    encoder = AlphabetEncoder([b"b", None, "é".encode(), b"a"], by_bytes=False)
    assert encoder.encode("abé").ids.tolist() == [3, 0, 2]


def test_an_empty_vocabulary_covers_nothing() -> None:
    encoding = AlphabetEncoder([], by_bytes=False).encode("aé")
    assert encoding.ids.tolist() == []
    assert encoding.uncovered_bytes.tolist() == [0, 1, 2]
    assert encoding.n_bytes == 3


def test_an_empty_text_has_no_tokens() -> None:
    for by_bytes in (False, True):
        encoding = AlphabetEncoder([b"a"], by_bytes=by_bytes).encode("")
        assert (encoding.ids.tolist(), encoding.n_bytes) == ([], 0)
