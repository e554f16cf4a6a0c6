"""Added tokens: which names match where, held against the tokenizers package."""

from dataclasses import replace

import pytest
from tokenizers import AddedToken as TheirToken
from tokenizers import Tokenizer as HuggingFaceTokenizer

from tests.tokenization.oracles import shipped, smollm2
from tokviz.tokenization.normalization.added_tokens import AddedToken, AddedTokenMatcher
from tokviz.tokenization.tokenizer import Special, SpecialTokenError

TOKENS = [
    AddedToken("<think>", 49152, special=False),
    AddedToken("<mask>", 49153, lstrip=True),
    AddedToken("<end>", 49154, rstrip=True),
    AddedToken("wörd", 49155, special=False, single_word=True),
    AddedToken("<think>!", 49156, special=False),
    AddedToken("läte", 49157, special=False, normalized=True),
    AddedToken("tëläx", 49158, special=False),
]
TEXTS = [
    "", "plain", "a<think>b", "a  <mask> b", "<end> \n x<end>", "wörd wörds wörd_ swörd wörd.",
    "<think>!<think>", "<mask><mask>", " <end> <mask> ", "läte läteläx äte tëläxte tëläte",
    "<mask>\u00a0<end>\u3000", "wördwörd wörd", "\x1c<mask>",
]  # fmt: skip


def theirs(*, specials: bool) -> HuggingFaceTokenizer:
    made = HuggingFaceTokenizer.from_str(smollm2().to_str())
    for token in TOKENS:
        flags = {"lstrip": token.lstrip, "rstrip": token.rstrip, "single_word": token.single_word}
        added = TheirToken(token.content, normalized=token.normalized, **flags)
        if token.special:
            made.add_special_tokens([added])
        else:
            made.add_tokens([added])
    made.encode_special_tokens = not specials
    return made


@pytest.mark.parametrize("special", [Special.TEXT, Special.SPECIAL])
@pytest.mark.parametrize("text", TEXTS)
def test_ids_and_spans_are_those_of_tokenizers(text: str, special: Special) -> None:
    ours = shipped("smollm2")
    specials = {token.content: token.id for token in TOKENS if token.special}
    vocab = [*ours.vocab, *(token.content.encode() for token in TOKENS)]
    ours = replace(
        ours, vocab=vocab, special_tokens=specials, added_tokens=tuple(TOKENS), template=((), ())
    )
    expected = theirs(specials=special is Special.SPECIAL).encode(text)
    found = ours.encode(text, special)
    assert found.ids.tolist() == expected.ids
    starts, ends = found.spans()
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected.offsets


def test_refusing_names_the_token_and_its_place() -> None:
    ours = replace(shipped("gpt2"), added_tokens=(AddedToken("<think>", 5, special=False),))
    assert 5 in ours.encode("a<think>", Special.REFUSE).ids.tolist()
    with pytest.raises(SpecialTokenError, match="at character 2"):
        ours.encode("ab<|endoftext|>", Special.REFUSE)


def test_matches_never_overlap() -> None:
    found = AddedTokenMatcher(TOKENS).find("<think>!  <mask>  <end>  wörd")
    places = [(match.start, match.end) for match in found]
    assert places == [(0, 8), (8, 16), (18, 25), (25, 29)]
