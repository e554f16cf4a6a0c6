"""The columns of a GGUF file's vocabulary, checked: tokens, what they are, scores and merges."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from tokviz.tokenization.formats import TokenizerFileError
from tokviz.tokenization.formats.sentencepiece_file import KINDS, Kind
from tokviz.tokenization.normalization.added_tokens import AddedToken

_T = TypeVar("_T", str, int, float)
_KEY = "tokenizer.ggml."


@dataclass(frozen=True)
class GgufVocabulary:
    """`tokens` and `kinds`: what each id is. `ids`: token → id, those without text left out."""

    metadata: dict[str, Any]
    path: Path
    tokens: list[str]
    kinds: list[Kind]
    ids: dict[str, int]

    @property
    def file(self) -> str:
        """Its name in errors."""
        return str(self.path)

    @cached_property
    def named(self) -> list[AddedToken]:
        """What is found in a text by its name: where it is special, only if somebody asks."""
        by_name = {Kind.UNKNOWN: True, Kind.CONTROL: True, Kind.USER_DEFINED: False}
        return [
            AddedToken(token, token_id, special=by_name[kind])
            for token_id, (token, kind) in enumerate(zip(self.tokens, self.kinds, strict=True))
            if kind in by_name and token
        ]

    @cached_property
    def unspelled(self) -> list[AddedToken]:
        """All that no merge makes: its text is a name and not written in the model's alphabet."""
        unused = [AddedToken(t, i) for t, i in self.ids.items() if self.kinds[i] is Kind.UNUSED]
        return self.named + unused

    @cached_property
    def scores(self) -> list[float]:
        """How likely each token is. Raises `TokenizerFileError`."""
        found = _column(self.metadata, "scores", float, self.path)
        if len(found) != len(self.tokens):
            raise TokenizerFileError(
                f"{self.path} has {len(self.tokens):,} tokens and {len(found):,} scores; fetch it "
                f"again."
            )
        return found

    @cached_property
    def merges(self) -> list[list[str]]:
        """The parts of each merge; a part may begin with a space. Raises `TokenizerFileError`."""
        return [_parts(line) for line in _column(self.metadata, "merges", str, self.path)]

    @property
    def charsmap(self) -> bytes:
        """SentencePiece's table of characters, empty without one."""
        if f"{_KEY}precompiled_charsmap" not in self.metadata:
            return b""
        numbers = _column(self.metadata, "precompiled_charsmap", int, self.path)
        return bytes(number & 0xFF for number in numbers)

    def flag(self, key: str, *, otherwise: bool) -> bool:
        """What the file says of a question, if it says anything."""
        found = self.metadata.get(_KEY + key)
        return found if isinstance(found, bool) else otherwise

    def id_under(self, key: str, *, otherwise: int | None) -> int | None:
        """An id that the file names, None where there is no such token."""
        found = self.metadata.get(_KEY + key, otherwise)
        return found if type(found) is int and 0 <= found < len(self.tokens) else None


def read_vocabulary(metadata: dict[str, Any], path: Path) -> GgufVocabulary:
    """Raises `TokenizerFileError`."""
    tokens = _column(metadata, "tokens", str, path)
    numbers = _column(metadata, "token_type", int, path)
    if len(numbers) != len(tokens) or not tokens:
        raise TokenizerFileError(
            f"{path} has {len(tokens):,} tokens and {len(numbers):,} token types; fetch it again."
        )
    unknown = set(numbers).difference(Kind)
    if unknown:
        raise TokenizerFileError(
            f"{path} gives the token {numbers.index(min(unknown)):,} the type {min(unknown)}, and "
            f"there are 1 to 6; fetch it again."
        )
    ids: dict[str, int] = {}
    for token_id, token in enumerate(tokens):
        if token and ids.setdefault(token, token_id) != token_id:
            raise TokenizerFileError(
                f"{path}: the tokens {ids[token]:,} and {token_id:,} are both "
                f"{ascii(token)[:60]}; fetch it again."
            )
    return GgufVocabulary(metadata, path, tokens, list(map(KINDS.__getitem__, numbers)), ids)


def _parts(line: str) -> list[str]:
    if not line.startswith(" "):
        return line.split(" ")
    first, *rest = line[1:].split(" ")
    return [" " + first, *rest]


def _column(metadata: dict[str, Any], key: str, kind: type[_T], path: Path) -> list[_T]:
    values = metadata.get(_KEY + key)
    if not isinstance(values, list) or not all(type(value) is kind for value in values):
        raise TokenizerFileError(
            f"{path} has no list of {kind.__name__} under '{_KEY}{key}'; open another file."
        )
    return values
