"""Random `tokenizer.json` files: the ids and spans of the tokenizers package, whoever encodes."""

import json
from itertools import pairwise

import pytest
from tokenizers import Tokenizer as HuggingFaceTokenizer

from tests.tokenization.formats.random_json import random_texts, tokenizer_json
from tokviz.tokenization.encoding import Encoding
from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.huggingface_json import tokenizer_from_json
from tokviz.tokenization.normalization.spaced_text import SPACE
from tokviz.tokenization.tokenizer import Special, Tokenizer

_Spans = list[tuple[int, int]]


def spans_of(found: Encoding) -> _Spans:
    starts, ends = found.spans()
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def is_told_right(spans: _Spans, text: str) -> bool:
    """Where characters fall back to bytes inside words, the package goes back, or past the end."""
    in_order = all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(spans))
    return in_order and all(end <= len(text) for _, end in spans)


def loses_characters(tokenizer: Tokenizer, found: Encoding) -> bool:
    """The package does not count characters that it drops."""
    own = tokenizer.segmenter is None or not tokenizer.segmenter.matches_names
    has_space = SPACE.encode() in tokenizer.vocab or b" " in tokenizer.vocab
    return own and (bool(found.uncovered()) or tokenizer.unknown_id is None or not has_space)


@pytest.mark.parametrize("first", range(0, 400, 25))
def test_ids_and_spans_are_those_of_the_package(first: int) -> None:
    for seed in range(first, first + 25):
        content = json.dumps(tokenizer_json(seed)).encode()
        try:
            theirs = HuggingFaceTokenizer.from_str(content.decode())
        except Exception:  # noqa: BLE001 - the package raises nothing more exact
            with pytest.raises(TokenizerFileError):
                tokenizer_from_json(content, "x", "x")
            continue
        ours = tokenizer_from_json(content, "x", "x")
        encoder = ours.encoder()
        for special in (Special.TEXT, Special.SPECIAL):
            theirs.encode_special_tokens = special is Special.TEXT
            for text in random_texts(seed, 12):
                expected = theirs.encode(text, add_special_tokens=False)
                found = ours.encode(text, special, encoder)
                assert found.ids.tolist() == expected.ids, (seed, text)
                if is_told_right(expected.offsets, text) and not loses_characters(ours, found):
                    for span, their_span in zip(spans_of(found), expected.offsets, strict=True):
                        assert span[0] == span[1] or span == their_span, (seed, text)
        theirs.encode_special_tokens = True
        ids = [*ours.template[0], *ours.encode("ab e").ids.tolist(), *ours.template[1]]
        assert ids == theirs.encode("ab e").ids, seed
