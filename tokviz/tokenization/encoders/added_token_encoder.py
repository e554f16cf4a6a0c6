"""AddedTokenEncoder: an encoder around another one, for a text with added tokens in it."""

from collections.abc import Iterator

from tokviz.tokenization.encoders.chunk_encoder import ChunkEncoder, Stretch
from tokviz.tokenization.encoding import Encoding, TextEncoder, concatenate, special_token
from tokviz.tokenization.normalization.added_tokens import AddedTokenMatcher, Match


class AddedTokenEncoder:
    """Encodes a text with added tokens in it; `inner` encodes what is between them."""

    def __init__(
        self, inner: TextEncoder, matcher: AddedTokenMatcher, *, restarts: bool = False
    ) -> None:
        self.inner = inner
        self._matcher = matcher
        self._restarts = restarts

    def encode(self, text: str, *, at_start: bool = True) -> Encoding:
        """`restarts` (of the constructor): behind a name the text begins anew."""
        matches = self._matcher.find(text)
        if not matches:
            return self.inner.encode(text, at_start=at_start)
        if isinstance(self.inner, ChunkEncoder):  # Gemma has a name for each run of line ends
            return self.inner.encode_stretches(text, self._stretches(text, matches, at_start))
        parts, at = [], 0
        for match in matches:
            if match.start > at:
                starts = self._restarts if at else at_start
                parts.append(self.inner.encode(text[at : match.start], at_start=starts))
            parts.append(special_token(text[match.start : match.end], match.token.id))
            at = match.end
        if at < len(text):
            parts.append(self.inner.encode(text[at:], at_start=self._restarts))
        return concatenate(parts)

    def _stretches(self, text: str, matches: list[Match], at_start: bool) -> Iterator[Stretch]:
        at = 0
        for match in matches:
            if match.start > at:
                yield Stretch(at, match.start, self._restarts if at else at_start)
            yield Stretch(match.start, match.end, name_id=match.token.id)
            at = match.end
        if at < len(text):
            yield Stretch(at, len(text), self._restarts)
