"""Hugging Face's normalizers, with the way back: which characters each new one came from."""

import unicodedata
from typing import Any, Literal

import numpy as np

from tokviz.tokenization.normalization.normalizers import AlignedText

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


class Aligner:
    """Normalizes with the `tokenizers` package, and lets it trace every character.

    The package tells where tokens come from, so each character is made a token of its own.
    """

    def __init__(self, normalizer: Any) -> None:
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers

        self._normalizer = normalizer
        tracer: Any = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
        tracer.normalizer = normalizer
        tracer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
        self._tracer = tracer

    def normalize(self, text: str) -> str:
        normalized: str = self._normalizer.normalize_str(text)
        return normalized

    def aligned(self, text: str) -> AlignedText:
        """`text` must not hold lone surrogates."""
        offsets = self._tracer.encode(text, add_special_tokens=False).offsets
        origins = np.array(offsets, np.int32).reshape(-1, 2)
        return AlignedText(self.normalize(text), origins[:, 0].copy(), origins[:, 1].copy())


class HuggingFaceNormalizer:
    """A `Normalizer` that the `tokenizers` package carries out, line by line where it may.

    `form`: the Unicode normal form it makes, if that is all it does: lines that have it already are
    left alone.
    """

    def __init__(self, title: str, normalizer: Any, *, form: Form | None = None) -> None:
        self.title = title
        self._aligner = Aligner(normalizer)
        self._form = form

    def normalize(self, text: str) -> str:
        return self._aligner.normalize(text)

    def _is_done(self, text: str) -> bool:
        if self._form is not None:
            return text.isascii() or unicodedata.is_normalized(self._form, text)
        return self._aligner.normalize(text) == text

    def align(self, text: str) -> AlignedText | None:
        if self._is_done(text):
            return None
        if self._form is None:
            return self._aligner.aligned(text)
        parts, at = [], 0
        for line in text.splitlines(keepends=True):
            parts.append((self._line(line), at))
            at += len(line)
        return AlignedText(
            "".join(part.text for part, _ in parts),
            np.concatenate([part.starts + np.int32(at) for part, at in parts]),
            np.concatenate([part.ends + np.int32(at) for part, at in parts]),
        )

    def _line(self, line: str) -> AlignedText:
        if not self._is_done(line):
            return self._aligner.aligned(line)
        places = np.arange(len(line), dtype=np.int32)
        return AlignedText(line, places, places + np.int32(1))
