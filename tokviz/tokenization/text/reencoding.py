"""Encoding a text in parts, and encoding it again around an edit.

Both rest on one fact: a split pattern does not look behind, so the pre-tokens from a place on are
a function of the text from there on. A pre-token that ends at least `lookahead` characters before
an edit cannot have seen it. Matching restarts at the last such edge, and once it meets an edge
that was there before, everything behind that is as it was.

Where no such bound is known (see `Locality`), what lies between two safe cuts is encoded again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tokviz.tokenization.encoding import Encoding, Int32s, TextEncoder, concatenate
from tokviz.tokenization.text.locality import Locality

PART = 1 << 16
"""Characters encoded in one go: twice as many are encoded a tenth faster, but a frame that the
window paints meanwhile would wait twice as long."""


def encode_in_parts(
    encoder: TextEncoder,
    text: str,
    locality: Locality,
    *,
    goes_on: bool = False,
    at_start: bool = True,
) -> Iterator[Encoding]:
    """The encoding of `text`, some thousand characters at a time.

    `text` must start at an edge. If it `goes_on` behind what is given here, the last pre-tokens,
    which depend on what follows, are left out. `at_start`: the whole text begins with it.
    """
    if locality.lookahead is None:
        yield from _between_cuts(encoder, text, locality, goes_on=goes_on, at_start=at_start)
        return
    start, size = 0, PART
    while start < len(text):
        window = text[start : start + size]
        encoding = encoder.encode(window, at_start=at_start and start == 0)
        end = len(window)
        at_end = start + size >= len(text)
        if goes_on or not at_end:
            end = _last_sure_edge(encoding, locality.lookahead)
            if end == 0 and at_end:
                return
            if end == 0:  # one pre-token fills the window
                size *= 4
                continue
        yield encoding if end == len(window) else encoding.part(0, end)
        start, size = start + end, PART


def _between_cuts(
    encoder: TextEncoder, text: str, locality: Locality, *, goes_on: bool, at_start: bool
) -> Iterator[Encoding]:
    if locality.cut is None:
        if text and not goes_on:
            yield encoder.encode(text, at_start=at_start)
        return
    start = 0
    while start < len(text):
        end = locality.first_cut(text, start + PART) if start + PART < len(text) else len(text)
        if end == len(text) and goes_on:
            end = locality.last_cut(text, end)
            if end <= start:
                return
        yield encoder.encode(text[start:end], at_start=at_start and start == 0)
        start = end


def _last_sure_edge(encoding: Encoding, lookahead: int) -> int:
    """The last edge that the text behind the window cannot move."""
    n_chars = len(encoding.text)
    edges = encoding.pre_token_chars
    if edges is None:
        return n_chars - 1 if encoding.text.endswith("\r") else n_chars
    sure = edges[: int(edges.searchsorted(np.int32(n_chars - lookahead), "right"))]
    end = int(sure[-1]) if len(sure) else 0
    # A CR and the LF behind it stay in one part, as one line break.
    if encoding.text[end - 1 : end + 1] == "\r\n" and len(sure) > 1:
        end = int(sure[-2])
    return end


@dataclass(frozen=True)
class Reencoding:
    """The new encoding of a window; the tokens [first, old_last) became [first, new_last)."""

    encoding: Encoding
    first: int
    old_last: int
    new_last: int


def reencode(
    old: Encoding,
    edit: tuple[int, int, str],
    follows: str | None,
    locality: Locality,
    encoder: TextEncoder,
    *,
    at_start: bool = True,
) -> Reencoding | None:
    """Encode a window of a text again after an edit.

    `edit`: start, end (characters of the window) and what takes their place. `follows`: what the
    text goes on with behind the window, at least `lookahead` characters of it unless it ends;
    None where the window ends the text. `at_start`: the window begins the text. Returns None where
    the window is too small.
    """
    start, end, inserted = edit
    edges, lookahead = old.pre_token_chars, locality.lookahead
    if lookahead is None:
        return _reencode_between_cuts(old, edit, locality, encoder, at_start=at_start)
    if edges is None:
        middle = encoder.encode(inserted)
        return _join(old, start, end, middle)
    safe = int(edges.searchsorted(np.int32(start - lookahead), "right"))
    restart = int(edges[safe - 1]) if safe else 0
    n_after = 4
    while True:
        stop = int(edges.searchsorted(np.int32(end))) + n_after
        whole = stop >= len(edges)
        stop_char = len(old.text) if whole else int(edges[stop])
        tail = (follows or "") if whole else ""
        text = old.text[restart:start] + inserted + old.text[end:stop_char]
        found = _meet(
            encoder.encode(text + tail),
            first=start - restart + len(inserted),
            shift=end - (start - restart + len(inserted)),
            old=old,
            lookahead=lookahead,
            limit=len(text),
            at_end=whole and not follows,
        )
        if found is not None:
            middle, old_edge = found
            return _join(old, restart, old_edge, middle)
        if whole:
            return None
        n_after *= 8


def _reencode_between_cuts(
    old: Encoding,
    edit: tuple[int, int, str],
    locality: Locality,
    encoder: TextEncoder,
    *,
    at_start: bool,
) -> Reencoding:
    """All of the window where the tokenizer knows no cuts."""
    start, end, inserted = edit
    low, high = 0, len(old.text)
    if locality.cut is not None:
        low = locality.last_cut(old.text, start)
        high = locality.first_cut(old.text, end + 1) if end < high else high
    text = old.text[low:start] + inserted + old.text[end:high]
    return _join(old, low, high, encoder.encode(text, at_start=at_start and low == 0))


def _meet(
    new: Encoding,
    *,
    first: int,
    shift: int,
    old: Encoding,
    lookahead: int,
    limit: int,
    at_end: bool,
) -> tuple[Encoding, int] | None:
    """Find the first sure edge, at or behind `first`, that was an edge before.

    An edge at `e` of the new window was at `e + shift` of the old one. Returns the encoding up to
    there, and the old edge.
    """
    edges, old_edges = new.pre_token_chars, old.pre_token_chars
    assert edges is not None
    assert old_edges is not None
    n_chars = len(new.text)
    for edge in edges[int(edges.searchsorted(np.int32(first))) :].tolist():
        if edge > limit or (edge + lookahead > n_chars and not at_end):
            break
        before = edge + shift
        at = int(old_edges.searchsorted(np.int32(before)))
        if before == len(old.text) or (at < len(old_edges) and old_edges[at] == before):
            return new.part(0, edge), before
    return (new, len(old.text)) if at_end else None


def _join(old: Encoding, start: int, end: int, middle: Encoding) -> Reencoding:
    """The old encoding with the characters [start, end) replaced by `middle`."""
    left, right = old.part(0, start), old.part(end, len(old.text))
    new = concatenate([left, middle, right])
    first = len(left.ids)
    return Reencoding(new, first, len(old.ids) - len(right.ids), first + len(middle.ids))


def kept_tokens(
    old: Encoding, done: Reencoding, edit: tuple[int, int, str]
) -> tuple[int, int, int]:
    """Which tokens are really new: (first, old end, new end), equal ids at both ends left out.

    What stands before or behind the edit is matched first: in `.` → `.1.` it is the place of the
    edit that tells which of the two is the old one.
    """
    before = old.ids[done.first : done.old_last]
    after = done.encoding.ids[done.first : done.new_last]
    edges = np.array([old.to_byte(edit[0]), old.to_byte(edit[1])], np.int32)
    n_before = int(old.byte_ends.searchsorted(edges[0], "right")) - done.first
    n_behind = done.old_last - int(old.byte_starts.searchsorted(edges[1]))
    head = _equal(before, after, n_before)
    tail = _equal(before[head:][::-1], after[head:][::-1], n_behind)
    n_middle = min(len(before), len(after)) - head - tail
    head += _equal(before[head:], after[head:], n_middle)
    n_middle = min(len(before), len(after)) - head - tail
    end, new_end = len(before) - tail, len(after) - tail
    tail += _equal(before[:end][::-1], after[:new_end][::-1], n_middle)
    return done.first + head, done.old_last - tail, done.new_last - tail


def _equal(one: Int32s, other: Int32s, most: int) -> int:
    """How many ids the two have in common from the first on, at most so many."""
    most = max(min(len(one), len(other), most), 0)
    others = np.flatnonzero(one[:most] != other[:most])
    return int(others[0]) if len(others) else most
