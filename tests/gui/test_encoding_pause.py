from pytestqt.qtbot import QtBot

from tokviz.gui.encoding_pause import EncodingPause
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.tokenizer import Tokenizer

LONG = "one line of words\n" * 3_000


def test_a_text_is_counted_anew_only_after_twice_as_much_and_at_the_end(
    gpt2: Tokenizer, qtbot: QtBot
) -> None:
    model = TokenizerModel(gpt2)
    pause = EncodingPause(model, 10_000, model)
    begun = []

    def begins() -> bool:
        pause.stop()
        pause.begin()
        begun.append(model.text.n_encoded)
        return pause.isActive()

    model.set_text(LONG)
    model.close()  # the rest is encoded here, step by step
    assert not model.text.complete
    assert begins()
    assert not begins()  # nothing more is known
    model.text.encode_more(model.text.n_encoded // 2)
    assert not begins()
    model.text.encode_more(model.text.n_encoded)
    assert begins()
    model.text.encode_more(len(LONG))
    assert model.text.complete
    assert begins()
    model.edit_text(5, 0, "x")
    assert begins()  # each edit of a text that is known counts
    assert begun == sorted(begun)


def test_it_counts_another_text_from_its_start(gpt2: Tokenizer, qtbot: QtBot) -> None:
    model = TokenizerModel(gpt2)
    pause = EncodingPause(model, 10_000, model)
    model.set_text("short")
    pause.begin()
    model.set_text(LONG)
    pause.stop()
    pause.begin()
    assert pause.isActive()
    model.close()
