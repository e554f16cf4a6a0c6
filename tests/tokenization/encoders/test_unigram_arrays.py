"""Many chunks of a Unigram model at once are encoded as each is alone."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fetch_tokenizers import fetched
from tests.tokenization.diverse_texts import texts
from tests.tokenization.encoders.test_piece_arrays import assert_same
from tests.tokenization.oracles import shipped
from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder
from tokviz.tokenization.encoders.many_lattices import Columns
from tokviz.tokenization.encoders.piece_trie import PieceTrie, code_points
from tokviz.tokenization.formats.any_file import open_tokenizer
from tokviz.tokenization.formats.charsmap import Charsmap
from tokviz.tokenization.formats.sentencepiece_model import tokenizer_from_sentencepiece
from tokviz.tokenization.formats.space_chunks import SPACES_AND_WORD, WHOLE_TEXT, chunks_at_spaces
from tokviz.tokenization.normalization.spaced_text import SPACE, CharacterChanges, Spacing
from tokviz.tokenization.segmenters.unigram import Unigram
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer

MODELS = [
    "botchan_en_unigram_1000.model", "kyoto_ja_unigram_8000.model",
    "ggml-vocab-nomic-bert-moe.gguf",
]  # fmt: skip
LETTERS = "abé🍓"
BYTES = list(range(1000, 1256))


def algorithm_of(file: str) -> Unigram:
    algorithm = open_tokenizer(fetched(file)).segmenter
    assert isinstance(algorithm, Unigram)
    return algorithm


def one_by_one(algorithm: Unigram) -> ChunkEncoder:
    return ChunkEncoder(algorithm.chunks, algorithm.encode_chunk, ranked=False)


@pytest.mark.parametrize("file", MODELS)
def test_all_at_once_is_one_by_one(file: str) -> None:
    algorithm = algorithm_of(file)
    for text in (" ".join(texts(900)), "\n".join(texts(400)[::-1])):
        assert_same(algorithm.encoder().encode(text), one_by_one(algorithm).encode(text))


@pytest.mark.parametrize("file", MODELS)
def test_chunk_by_chunk_is_the_whole_text(file: str) -> None:
    algorithm = replace(algorithm_of(file), singles=False)  # rounding is begun anew by each chunk
    whole = replace(algorithm, chunks=WHOLE_TEXT)
    for text in [*texts(900), "\n".join(texts(300))]:
        found, expected = algorithm.encoder().encode(text), one_by_one(whole).encode(text)
        assert found.ids.tolist() == expected.ids.tolist(), text
        assert found.byte_starts.tolist() == expected.byte_starts.tolist(), text
        assert found.byte_ends.tolist() == expected.byte_ends.tolist(), text


class Replacements:
    """A table of characters as a dictionary."""

    keeps_ascii = False

    def __init__(self, pairs: dict[str, str]) -> None:
        self._pairs = {old.encode("utf-8"): (len(old.encode("utf-8")), pairs[old]) for old in pairs}
        self.changes: CharacterChanges | None = CharacterChanges(
            {old: new for old, new in pairs.items() if len(old) == 1},
            before=frozenset(c for old in pairs for c in old[:-1]),
            behind=frozenset(c for old in pairs for c in old[1:]),
        )

    def longest(self, data: bytes, start: int) -> tuple[int, str] | None:
        found = (data[start:end] for end in range(len(data), start, -1))
        return next((self._pairs[key] for key in found if key in self._pairs), None)


words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=4)
scores = st.sampled_from([-1.0, -1.5, -2.0, -2.1, -3.0, -0.1, -4.2])  # so that many ways are equal
pieces = st.dictionaries(words | words.map(lambda w: SPACE + w), scores, max_size=25).map(
    lambda found: {p: (i, score) for i, (p, score) in enumerate({SPACE: -1.0, **found}.items())}
)
tables = st.none() | st.dictionaries(
    st.text(st.sampled_from("ab é\n\x01"), min_size=1, max_size=2),
    st.text(st.sampled_from("ab é▁"), max_size=2),
    max_size=5,
).map(Replacements)
spacings = st.builds(
    Spacing,
    prefix=st.booleans(),
    collapse=st.booleans(),
    characters=tables,
    whole=st.lists(st.text(st.sampled_from("ab é\n"), min_size=1, max_size=3), max_size=2),
)
parts = st.lists(st.text(st.sampled_from(LETTERS + " \n\x01\x00▁"), max_size=8), max_size=40)


def unigram(
    vocabulary: dict[str, tuple[int, float]], spacing: Spacing, *, has_bytes: bool, singles: bool
) -> Unigram:
    chunks: re.Pattern[str] = chunks_at_spaces(spacing)[0]
    return Unigram(
        spacing, vocabulary, -9.0, 999, BYTES if has_bytes else [], True, chunks, singles
    )


@given(pieces, spacings, st.booleans(), st.booleans(), st.booleans(), parts)
@settings(max_examples=300)
def test_any_vocabulary_and_any_spacing(
    vocabulary: dict[str, tuple[int, float]],
    spacing: Spacing,
    has_bytes: bool,
    singles: bool,
    fuses: bool,
    some: list[str],
) -> None:
    algorithm = unigram(vocabulary, spacing, has_bytes=has_bytes, singles=singles)
    algorithm = replace(algorithm, fuse_unknown=fuses)
    many = algorithm.many
    assert many is not None
    chunks = [part for part in dict.fromkeys(some) if part]
    found = many(chunks)
    assert sorted(found.chunks) == sorted(chunks)
    token = byte = 0
    lost = found.lost.tolist()
    for chunk, (n_tokens, n_bytes, n_chars) in zip(found.chunks, found.sizes.T, strict=True):
        expected = algorithm.encode_chunk(chunk, False)
        end = token + int(n_tokens)
        assert found.ids[token:end].tolist() == expected.ids, chunk
        assert found.starts[token:end].tolist() == expected.starts, chunk
        assert found.ends[token:end].tolist() == expected.ends, chunk
        assert (n_bytes, n_chars) == (len(chunk.encode("utf-8")), len(chunk))
        covered = {
            i for s, e in zip(expected.starts, expected.ends, strict=True) for i in range(s, e)
        }
        expected_lost = [byte + i for i in range(n_bytes) if i not in covered]
        assert [at for at in lost if byte <= at < byte + n_bytes] == expected_lost
        token, byte = end, byte + int(n_bytes)
    assert token == len(found.ids)


@given(pieces, spacings, st.booleans(), parts.map("".join))
@settings(max_examples=300)
def test_chunks_of_any_spacing_are_the_whole_text(
    vocabulary: dict[str, tuple[int, float]], spacing: Spacing, has_bytes: bool, text: str
) -> None:
    algorithm = unigram(vocabulary, spacing, has_bytes=has_bytes, singles=False)
    chunks: list[str] = algorithm.chunks.findall(text)
    assert "".join(chunks) == text
    written = [spacing.normalized(chunk, i == 0).text for i, chunk in enumerate(chunks)]
    assert "".join(written) == spacing.normalized(text, True).text
    whole = one_by_one(replace(algorithm, chunks=WHOLE_TEXT)).encode(text)
    assert one_by_one(algorithm).encode(text).ids.tolist() == whole.ids.tolist()


def test_a_token_for_nothing_unknown_is_left_to_the_plain_lattice() -> None:
    algorithm = Unigram(Spacing(), {"a": (0, -1.0)}, -9.0, None, [], True, SPACES_AND_WORD)
    assert algorithm.many is None
    text = " ".join("a" * (i % 30) + "b" * (i // 30) for i in range(300))
    assert set(algorithm.encoder().encode(text).ids.tolist()) == {0}
    assert replace(algorithm, pieces={"a": (0, float("-inf"))}, unknown_id=1).many is None


@given(st.lists(words, unique=True), st.lists(st.text(st.sampled_from(LETTERS + "x"))))
def test_the_trie_finds_every_piece_at_every_place(known: list[str], some: list[str]) -> None:
    some.sort(key=len, reverse=True)
    text, trie = "".join(some), PieceTrie(known)
    columns = Columns.of(np.array(list(map(len, some)), np.int64))
    classes = trie.class_of[code_points(text)][columns.source]
    found = {
        (int(columns.source[first]), int(columns.source[last]) + 1, known[piece])
        for step in trie.matches(classes, columns.following)
        for first, last, piece in zip(*step, strict=True)
    }
    expected, at = set(), 0
    for part in some:
        for start in range(len(part)):
            for end in range(start + 1, len(part) + 1):
                if part[start:end] in known:
                    expected.add((at + start, at + end, part[start:end]))
        at += len(part)
    assert found == expected


odd = st.sampled_from("ab ▁é\n\t\r\u0301\u00a0\u200bＡ…क़கே각\x00\x01,.")


@given(st.sampled_from(MODELS[:2]), st.lists(odd, min_size=1, max_size=60), st.data())
@settings(max_examples=80)
def test_a_key_leaves_what_the_whole_text_gives(
    file: str, letters: list[str], data: st.DataObject
) -> None:
    tokenizer = opened(file)
    text = ("".join(letters) + " слово и ") * 30
    edited = TokenizedText(tokenizer, text)
    edited.encode_more(len(text))
    for _ in range(3):
        at = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.integers(0, min(3, len(text) - at)))
        inserted = data.draw(odd | st.sampled_from(["", "  ", " x"]))
        text = text[:at] + inserted + text[at + removed :]
        edited.replace(at, removed, inserted)
        edited.encode_more(len(text))
        assert edited.ids().tolist() == tokenizer.encode(text).ids.tolist()


@cache
def opened(file: str) -> Tokenizer:
    return open_tokenizer(fetched(file))


def test_a_prepared_tokenizer_has_its_arrays() -> None:
    tokenizers = [open_tokenizer(fetched(MODELS[0])), shipped("bert-base-uncased")]
    for tokenizer in tokenizers:
        assert "many" in vars(tokenizer.prepare().segmenter)


def test_a_compiled_table_without_an_end_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = fetched(MODELS[0]).read_bytes()
    monkeypatch.setattr("tokviz.tokenization.formats.charsmap._MOST_EDGES", 1000)
    tokenizer = tokenizer_from_sentencepiece(content, "x", "x.model")
    assert isinstance(tokenizer.segmenter, Unigram)
    assert tokenizer.segmenter.chunks is WHOLE_TEXT
    assert tokenizer.cut is None
    text = "naïve\n\nﬁ ½ " * 300 + " ".join(map(str, range(400)))
    expected = algorithm_of(MODELS[0]).encoder().encode(text)
    assert tokenizer.encode(text).ids.tolist() == expected.ids.tolist()


@pytest.mark.parametrize("file", MODELS)
def test_what_a_compiled_table_changes(file: str) -> None:
    table = algorithm_of(file).spacing.characters
    assert isinstance(table, Charsmap)
    changes = table.changes
    assert changes is not None
    for code in [*range(1, 0xD800), *range(0xE000, 0x20000)]:
        data = chr(code).encode("utf-8")
        found = table.longest(data, 0)
        expected = changes.alone.get(chr(code))
        assert found == (None if expected is None else (len(data), expected)), code
    for text in texts(2500):
        data, at = text.encode("utf-8"), 0
        while at < len(data):
            known = table.longest(data, at)
            replaced = data[at : at + known[0]].decode("utf-8") if known else ""
            assert changes.behind.issuperset(replaced[1:].replace("\0", "")), text
            assert len(replaced) < 2 or replaced[0] in changes.before
            at += len(replaced.encode("utf-8")) or len(data[at:].decode("utf-8")[0].encode("utf-8"))
