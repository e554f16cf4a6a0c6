"""What the tests of the window share: tokenizers loaded once, and models that end with a test."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from tokviz.catalog import load_tokenizer
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def gpt2() -> Tokenizer:
    return load_tokenizer("gpt2")


@pytest.fixture(scope="session")
def smollm2() -> Tokenizer:
    return load_tokenizer("smollm2")


@pytest.fixture
def new_model(qtbot: QtBot) -> Iterator[Callable[[Tokenizer], TokenizerModel]]:
    """Makes models whose tasks are ended with the test."""
    made: list[TokenizerModel] = []

    def new(tokenizer: Tokenizer) -> TokenizerModel:
        made.append(TokenizerModel(tokenizer))
        return made[-1]

    yield new
    for model in made:
        model.close()
