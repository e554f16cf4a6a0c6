"""Characters and bytes in a `tokenizer.json`: the same ids here and in Hugging Face's library."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer as HuggingFaceTokenizer

from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.huggingface_json import to_tokenizer_json
from tokviz.tokenization.tokenizer import Tokenizer, bytes_tokenizer, characters_tokenizer

TEXT = "naïve café 🚀\n\ttwo  spaces, 北京 \x00 e\u0301 \u200d"


@pytest.mark.parametrize("tokenizer", [characters_tokenizer(TEXT), bytes_tokenizer()])
def test_they_are_saved_and_opened_as_what_they_are(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "model.tokenizer.json"
    path.write_bytes(to_tokenizer_json(tokenizer))
    found = open_tokenizer(path)
    assert found.algorithm is tokenizer.algorithm
    assert found.fingerprint == tokenizer.fingerprint
    assert found.growing == tokenizer.growing
    ids = tokenizer.encode(TEXT).ids.tolist()
    assert found.encode(TEXT).ids.tolist() == ids
    assert HuggingFaceTokenizer.from_file(str(path)).encode(TEXT).ids == ids


def test_a_vocabulary_that_has_grown_keeps_its_order(tmp_path: Path) -> None:
    grown = characters_tokenizer("xyz").extended("abc")
    path = tmp_path / "tokenizer.json"
    path.write_bytes(to_tokenizer_json(grown))
    assert open_tokenizer(path).encode("axbc").ids.tolist() == [3, 0, 4, 5]
