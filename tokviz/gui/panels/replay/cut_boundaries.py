"""Why a boundary is where it is, in the terms of WordPiece and of Unigram."""

import numpy as np

from tokviz.gui.panels.replay.lattice_display import label_of
from tokviz.gui.tokenizer_model import TokenizerModel
from tokviz.tokenization.replay.cut_stretch import (
    CutStretch,
    best_across,
    stretch_at,
    tokens_of_arcs,
)
from tokviz.tokenization.segmenters.unigram import Lattice
from tokviz.tokenization.vocabulary.visible_text import visible

Answer = tuple[str, int | None]

_NO_TOKEN = "What stands here has no token: normalizing takes it away, or it only parts words."
_WORDS_EDGE = (
    "The text is cut into words here, before the longest matches are looked for: no token goes "
    "over the edge of a word."
)
_STRETCHS_EDGE = (
    "The text is cut here, before the likeliest way is looked for: no token goes over this edge."
)


def explain_cut(model: TokenizerModel, byte: int) -> Answer:
    """A sentence on the gap after a byte of the text, and the step that shows the cause."""
    text = model.text
    stretch = stretch_at(text, text.char_of_byte(byte))
    if stretch is None:
        return "The tokens here are not known yet.", None
    gap = byte + 1 - text.byte_offset(stretch.start)  # offset in the stretch
    if gap == stretch.encoding.n_bytes:
        return _WORDS_EDGE if stretch.words or not stretch.lattices else _STRETCHS_EDGE, None
    starts, ends = stretch.encoding.byte_starts, stretch.encoding.byte_ends
    over = np.flatnonzero((starts < gap) & (ends > gap))
    if len(over):
        return _inside(stretch, int(over[0])), None
    left, right = np.flatnonzero(ends <= gap), np.flatnonzero(starts >= gap)
    if not len(left) or not len(right) or not stretch.is_same or len(stretch.parts) != 1:
        return _NO_TOKEN if not len(left) or not len(right) else _WORDS_EDGE, None
    if stretch.words:
        return _between_matches(stretch, int(left[-1]))
    return _between_arcs(stretch, stretch.lattices[0], int(left[-1]))


def _inside(stretch: CutStretch, token: int) -> str:
    name = stretch.name(int(stretch.ids[token]))
    if stretch.lattices:
        return f"No boundary: the likeliest way goes over this gap by {name}."
    if any(word.too_long or stretch.ids_of(word) == [stretch.ids[token]] for word in stretch.words):
        return f"No boundary: {name} stands for the whole word."
    return f"No boundary: {name} is the longest match that begins at its place."


def _between_matches(stretch: CutStretch, left: int) -> Answer:
    """Two pieces of a word meet: what was looked up in vain before the left one was found."""
    (word,) = stretch.words
    found = [step for step, a in enumerate(word.attempts, 1) if a.id is not None]
    step = found[left]
    in_vain = step - 1 - (found[left - 1] if left else 0)
    match = word.attempts[step - 1]
    name = stretch.name(int(stretch.ids[left]))
    behind = stretch.name(int(stretch.ids[left + 1]))
    longest = visible(word.word[match.start :].encode("utf-8"))
    longer = "1 longer one was" if in_vain == 1 else f"{in_vain:,} longer ones were"
    return (
        f"{name} is the longest match that begins at its place: {longer} looked up in vain, from "
        f"{longest} down. What is left begins anew, with {behind}.",
        step,
    )


def _between_arcs(stretch: CutStretch, lattice: Lattice, left: int) -> Answer:
    """Two tokens of the best path meet: the likeliest way that has no boundary here."""
    done = 0
    for arc, n_tokens in tokens_of_arcs(lattice, stretch.tokenizer):
        done += n_tokens
        if left + 1 < done:
            character = visible(lattice.text[arc.start : arc.end].encode("utf-8"))
            return f"{character} is no token, so each of its bytes stands for itself.", arc.end
        if left + 1 == done:
            break
    place = arc.end
    best = f"The likeliest way has a boundary here and scores {lattice.best[-1]:.4f}."
    rival = best_across(lattice, place)
    if rival is None:
        return f"{best} No token goes over this gap.", place
    name = label_of(lattice, rival[0])
    return f"{best} The likeliest without one, over {name}, scores {rival[1]:.4f}.", place
