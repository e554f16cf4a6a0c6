"""What normalizing changes in a text, and what is said of tokenizers that show less."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import normalizers

from tests.tokenization.oracles import shipped
from tests.tokenization.plainer import CHANGED, PLAINER
from tokviz.tokenization.text.normalized_text import count_changed, is_changed, normalized
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.vocabulary.limits import limits_of


@given(st.text(st.sampled_from("aZé ß.字\u0301\t1")))
def test_berts_text_is_what_its_normalizer_makes(text: str) -> None:
    theirs = normalizers.BertNormalizer().normalize_str(text)
    made = normalized(shipped("bert-base-uncased"), text)
    assert "".join(made.split()) == "".join(theirs.split())


def test_changed_pre_tokens_are_counted() -> None:
    plainer = replace(shipped("gpt2"), normalizer=PLAINER)
    text = TokenizedText(plainer, "a cafés A bee's A")
    text.encode_more(100)
    # " cafés", " A", "'s", " A"
    assert [*count_changed(text, {})][-1] == 4
    assert all(is_changed(plainer, character) for character in CHANGED)
    plain = TokenizedText(shipped("gpt2"), "A café")
    plain.encode_more(100)
    assert [*count_changed(plain, {})][-1] == 0


def test_special_tokens_are_not_normalized() -> None:
    text = TokenizedText(shipped("bert-base-uncased"), "So [SEP] so", special=True)
    text.encode_more(100)
    assert [*count_changed(text, {})][-1] == 1
    text.set_special(False)
    text.encode_more(100)
    assert [*count_changed(text, {})][-1] == 2


def test_spaces_of_sentencepiece_are_no_change() -> None:
    assert not is_changed(shipped("mistral-7b-v1"), " two words")


def test_a_sentence_tells_what_cannot_be_shown() -> None:
    gpt2 = shipped("gpt2")
    assert limits_of(gpt2) == []
    assert "WordPiece" in limits_of(shipped("bert-base-uncased"))[0]
    assert limits_of(replace(gpt2, notes=("A note.",))) == ["A note."]
