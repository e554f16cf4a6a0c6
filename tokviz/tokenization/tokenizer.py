"""Tokenizer: a vocabulary and what follows from it. Data and functions, no subclasses."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from tokviz.tokenization.algorithms.alphabet import AlphabetEncoder
from tokviz.tokenization.algorithms.base_symbols import (
    BaseSymbols,
    ByteSymbols,
    CharacterSymbols,
    Symbols,
)
from tokviz.tokenization.algorithms.bpe import MergeRules, Merges, MergeStep
from tokviz.tokenization.encoders.added_token_encoder import AddedTokenEncoder
from tokviz.tokenization.encoders.encoder import LONG, Encoder
from tokviz.tokenization.encoders.ruled_encoder import RuledEncoder
from tokviz.tokenization.encoders.whole_text_bpe import WholeTextRules
from tokviz.tokenization.encoding import Encoding, Int32s, Int64s, TextEncoder, without_surrogates
from tokviz.tokenization.normalization.added_tokens import AddedToken, AddedTokenMatcher
from tokviz.tokenization.normalization.normalizers import (
    Normalizer,
    NormalizingEncoder,
    byte_origins,
)
from tokviz.tokenization.pre_tokenization.split_pattern import SplitPattern
from tokviz.tokenization.segmenters.piece_bpe import PieceBpe
from tokviz.tokenization.segmenters.segmenter import Segmenter


class Algorithm(Enum):
    """How text becomes tokens; the value is the name shown."""

    BYTE_LEVEL_BPE = "byte-level BPE"
    CHARACTER_LEVEL_BPE = "character-level BPE"
    SENTENCEPIECE_BPE = "SentencePiece BPE"
    WORDPIECE = "WordPiece"
    UNIGRAM = "Unigram"
    WORDLEVEL = "word level"
    CHARACTERS = "characters"
    BYTES = "bytes"


class Special(Enum):
    """What to do with the names of special tokens that occur in a text."""

    TEXT = "text"
    SPECIAL = "special"
    REFUSE = "refuse"


class UnknownIdError(ValueError):
    """An id that the vocabulary does not have."""


class SpecialTokenError(ValueError):
    """A special token's name stands in the text, and the caller asked to refuse that."""


Template = tuple[tuple[int, ...], tuple[int, ...]]
NO_TEMPLATE: Template = ((), ())


@dataclass(frozen=True, eq=False)
class Tokenizer:
    """A vocabulary, its merges, its split pattern and its special tokens.

    `vocab`: id → bytes, None for an id that stands for nothing. `merges` in rank order is the
    merge history. `context`: the number of tokens its model attends to, None if unknown.
    `growing`: the vocabulary takes in characters it meets (`extended`). `template`: ids that its
    model expects before and after a whole text; `encode` does not add them.

    `added_tokens`: names that are matched before anything else, with how they match; the special
    ones are in `special_tokens`, too. `normalizer`: what changes a text before it is split.
    `rules`: where several pairs make one token, all of them; else the merges are the rules.
    `ordered`: whether gap ranks tell the tokens after any number of merges (None: not checked).
    `ignore_merges`: a pre-token that is in the vocabulary is taken whole. `scores`: how likely
    each id is, as a logarithm (Unigram). `unknown_id`: what stands for text without a token.
    `cut`: an expression for `re`; a text may be encoded in two parts wherever it matches, however
    the parts go on. It looks at one character on either side. `restarts`: behind an added token a
    text begins anew, with the prefix it may get. `notes`: what the file asks for that is not done
    here. `join`: how the bytes of tokens become a text, if not by standing in a row. `segmenter`:
    what cuts text into tokens where there is no split pattern of ours.
    """

    name: str
    algorithm: Algorithm
    vocab: Sequence[bytes | None]
    merges: Merges = field(default_factory=lambda: Merges([], [], []))
    special_tokens: dict[str, int] = field(default_factory=dict)
    split: SplitPattern | None = None
    context: int | None = None
    growing: bool = False
    template: Template = NO_TEMPLATE
    added_tokens: tuple[AddedToken, ...] = ()
    normalizer: Normalizer | None = None
    rules: MergeRules | None = None
    ordered: bool | None = True
    ignore_merges: bool = False
    scores: Sequence[float] = ()
    unknown_id: int | None = None
    cut: str | None = None
    restarts: bool = False
    notes: tuple[str, ...] = ()
    join: Callable[[list[bytes]], bytes] | None = None
    segmenter: Segmenter | None = None

    @property
    def n_vocab(self) -> int:
        """Highest id + 1: the rows an embedding table needs."""
        return len(self.vocab)

    def matched(self, *, special: bool = False) -> tuple[AddedToken, ...]:
        """The names that are looked for in a text; `special`: those of special tokens, too."""
        return self._all_names if special else self._always_matched

    @cached_property
    def _always_matched(self) -> tuple[AddedToken, ...]:
        return tuple(token for token in self.added_tokens if not token.special)

    @property
    def _matches_names(self) -> bool:
        return self.segmenter is not None and self.segmenter.matches_names

    @cached_property
    def named_ids(self) -> frozenset[int]:
        """Ids that are reached by name only."""
        return frozenset([*self.special_tokens.values(), *(t.id for t in self.added_tokens)])

    @cached_property
    def byte_ids(self) -> list[int]:
        """(256,) the id of each single byte, -1 where the vocabulary has none."""
        ids = [-1] * 256
        named = self.named_ids
        for token_id, data in enumerate(self.vocab):
            if data is not None and len(data) == 1 and token_id not in named:
                ids[data[0]] = token_id
        return ids

    @cached_property
    def base_symbols(self) -> BaseSymbols:
        """What merging begins with."""
        if self.algorithm is not Algorithm.CHARACTER_LEVEL_BPE:
            return ByteSymbols(self.byte_ids)
        made = set(self.merges.ids.tolist())
        texts = ((data.decode("utf-8"), i) for data, i in self.id_of_bytes.items() if i not in made)
        return CharacterSymbols({text: i for text, i in texts if len(text) == 1})

    @cached_property
    def id_of_bytes(self) -> dict[bytes, int]:
        """Bytes → id, special and added tokens left out: they are reached by name only."""
        special = self.named_ids
        return {
            data: token_id
            for token_id, data in enumerate(self.vocab)
            if data is not None and token_id not in special
        }

    @cached_property
    def fingerprint(self) -> str:
        """Names this vocabulary: equal for equal id → bytes maps."""
        digest = hashlib.sha256()
        for data in self.vocab:
            digest.update(b"-" if data is None else b"%d:" % len(data) + data)
        return digest.hexdigest()

    def encoder(self, *, special: bool = False) -> TextEncoder:
        """A new encoder for one thread, to be kept; `special`: names of special tokens are those
        tokens, and not text."""
        if self.segmenter is not None and self.segmenter.matches_names:
            return self.segmenter.encoder(special=special)
        encoder = self._encoder_of_text()
        if self.matched(special=special):
            matcher = self.names if special else AddedTokenMatcher(self._always_matched)
            encoder = AddedTokenEncoder(encoder, matcher, restarts=self.restarts)
        return encoder

    def prepare(self) -> "Tokenizer":
        """This tokenizer, with all made that its encoders share: tables of its merges and
        pieces, which take up to half a second, for a thread that nobody waits for."""
        if self.growing:  # it knows no text but its own, and has no merges
            return self
        encoder = self.encoder()
        many = " ".join(f"a{i}" for i in range(LONG // 4))
        for text in ("ab", many):  # few new words and many of them have their own
            encoder.encode(text)
        return self

    def _encoder_of_text(self) -> TextEncoder:
        if self.segmenter is not None:
            return self.segmenter.encoder()
        if self.split is None:
            return AlphabetEncoder(self.vocab, by_bytes=self.algorithm is Algorithm.BYTES)
        lines = self.merges if self.rules is None else self.rules.lines
        whole = self.id_of_bytes if self.ignore_merges else None
        whole_text = self._whole_text_rules
        encoder: TextEncoder = Encoder(self.split, self.base_symbols, lines, whole, whole_text)
        if self.rules is not None:
            encoder = RuledEncoder(encoder, self.rules)
        if self.normalizer is not None:
            encoder = NormalizingEncoder(self.normalizer, encoder)
        return encoder

    @cached_property
    def _whole_text_rules(self) -> WholeTextRules | None:
        """What the encoders of long texts share; None where there are none."""
        if self.split is None:
            return None
        lines = self.merges if self.rules is None else self.rules.lines
        whole = self.id_of_bytes if self.ignore_merges else {}
        return WholeTextRules.of(self.split, self.base_symbols, lines, whole)

    def encode(
        self,
        text: str,
        special: Special = Special.TEXT,
        encoder: TextEncoder | None = None,
    ) -> Encoding:
        """Encode a whole text; `encoder` is one of this tokenizer's, kept from earlier texts.

        Raises `SpecialTokenError` for `Special.REFUSE` and a text with a special token's name.
        """
        encoder = encoder or self.encoder()
        if special is Special.TEXT or not self.special_tokens or not text:
            return encoder.encode(text)
        if special is Special.REFUSE:
            for match in self.names.find(text):
                if match.token.special:
                    raise SpecialTokenError(
                        f"The text holds the special token {match.token.content} at character "
                        f"{match.start}; encode it as text or as a special token."
                    )
            return encoder.encode(text)
        if self.segmenter is not None and self.segmenter.matches_names:
            return self.segmenter.encoder(special=True).encode(text)
        inner = encoder.inner if isinstance(encoder, AddedTokenEncoder) else encoder
        return AddedTokenEncoder(inner, self.names, restarts=self.restarts).encode(text)

    @cached_property
    def names(self) -> AddedTokenMatcher:
        """Finds all added tokens in a text."""
        return AddedTokenMatcher(self._all_names)

    @cached_property
    def _all_names(self) -> tuple[AddedToken, ...]:
        """All added tokens; a special one about which nothing more is known matches as it is."""
        known = {token.content for token in self.added_tokens}
        plain = [AddedToken(n, i) for n, i in self.special_tokens.items() if n not in known]
        return (*self.added_tokens, *plain)

    def token_bytes(self, token_id: int) -> bytes:
        """What an id stands for. Raises `UnknownIdError`."""
        data = self.vocab[token_id] if 0 <= token_id < self.n_vocab else None
        if data is None:
            raise UnknownIdError(
                f"{self.name} has no token with the id {token_id}; "
                f"its ids run from 0 to {self.n_vocab - 1}."
            )
        return data

    def decode(self, ids: Iterable[int]) -> bytes:
        """The text that tokens in a row stand for, as bytes. Raises `UnknownIdError`."""
        ids, vocab, n = list(ids), self.vocab, self.n_vocab
        parts = [data for i in ids if 0 <= i < n and (data := vocab[i]) is not None]
        if len(parts) < len(ids):
            for token_id in ids:
                self.token_bytes(token_id)  # one of them raises
        return b"".join(parts) if self.join is None else self.join(parts)

    def replay(self, text: str) -> Iterator[MergeStep]:
        """Every merge of encoding `text`: pre-token by pre-token, by rank, then left to right."""
        outside = () if self._matches_names else self._always_matched
        always = AddedTokenMatcher(outside).find(text)
        at, at_start = 0, True
        for match in [*always, None]:
            end = len(text) if match is None else match.start
            before = len(without_surrogates(text[:at]).encode("utf-8"))
            for step in self._steps(without_surrogates(text[at:end]), at_start=at_start):
                yield replace(step, byte=before + step.byte)
            at, at_start = len(text) if match is None else match.end, self.restarts

    @cached_property
    def all_rules(self) -> MergeRules:
        """Every rule and its rank."""
        if isinstance(self.segmenter, PieceBpe):
            return self.segmenter.rules
        return MergeRules.of(self.merges) if self.rules is None else self.rules

    def symbols_of(self, data: bytes, *, at_start: bool = False) -> Symbols:
        """What merging begins with in a pre-token; `at_start`: the text begins with it.

        A pre-token that is taken whole is one symbol.
        """
        if isinstance(self.segmenter, PieceBpe):
            return self.segmenter.symbols_of(data.decode("utf-8"), at_start=at_start)
        taken = self.id_of_bytes.get(data) if self.ignore_merges else None
        return self.base_symbols.of(data) if taken is None else Symbols([taken], [0], [len(data)])

    def symbols_of_tokens(self, ids: Int32s) -> tuple[Int32s, Int64s]:
        """What merging begins with in the bytes of tokens, one token after the other, and how many
        symbols each has."""
        pieces = [self.token_bytes(token_id) for token_id in ids.tolist()]
        makes = self.segmenter if isinstance(self.segmenter, PieceBpe) else self.base_symbols
        return makes.of_many(pieces)

    def _steps(self, text: str, *, at_start: bool) -> Iterator[MergeStep]:
        if self.segmenter is not None:
            yield from self.segmenter.steps(text, at_start=at_start)
        if self.split is None:
            return
        aligned = None if self.normalizer is None else self.normalizer.align(text)
        origins = None if aligned is None else byte_origins(aligned, text)[0]
        at = 0
        for pre_token in self.split.split(text if aligned is None else aligned.text):
            data = pre_token.encode("utf-8")
            symbols = self.symbols_of(data)
            places = [at + start for start in symbols.starts]
            if origins is not None:
                places = origins[places].tolist()
            yield from self.all_rules.steps(symbols.ids, places)
            at += len(data)

    def drops_bytes(self, encoding: Encoding) -> bool:
        """Whether merges went over bytes that have no token: gap ranks do not tell of those."""
        return bool(len(encoding.uncovered_bytes)) and self.makes_pre_tokens_of_the_text

    @property
    def makes_pre_tokens_of_the_text(self) -> bool:
        """Whether it splits the text as it is: nothing is normalized, added or matched by name."""
        return self.segmenter is None and self.normalizer is None and not self._always_matched

    def truncated(self, n_merges: int) -> "Tokenizer":
        """This tokenizer as it was after its first `n_merges` merges; ids stay what they are."""
        kept = set(self.merges.ids[:n_merges].tolist())
        dropped = set(self.merges.ids[n_merges:].tolist()) - kept
        vocab = [None if i in dropped else data for i, data in enumerate(self.vocab)]
        rules = None if self.rules is None else self.rules.below(n_merges)
        segmenter = self.segmenter
        if isinstance(segmenter, PieceBpe):
            segmenter = segmenter.truncated(n_merges)
        merges = self.merges[:n_merges]
        return replace(self, vocab=vocab, merges=merges, rules=rules, segmenter=segmenter)

    def extended(self, text: str) -> "Tokenizer":
        """A growing vocabulary with the new characters of `text` appended; else itself."""
        if not self.growing:
            return self
        new = {c.encode() for c in set(without_surrogates(text))} - self.id_of_bytes.keys()
        if not new:
            return self
        return replace(self, vocab=[*self.vocab, *sorted(new, key=bytes.decode)])


def characters_tokenizer(text: str) -> Tokenizer:
    """The sorted distinct characters of a text, one id each.

    >>> characters_tokenizer("hello").encode("hole").ids.tolist()
    [1, 3, 2, 0]
    """
    vocab = [c.encode() for c in sorted(set(without_surrogates(text)))]
    return Tokenizer("characters", Algorithm.CHARACTERS, vocab, growing=True)


def bytes_tokenizer() -> Tokenizer:
    """The 256 byte values, one id each: the byte's own value."""
    return Tokenizer("bytes", Algorithm.BYTES, [bytes([b]) for b in range(256)])
