"""ReplayScope: which stretch of text the merge-history panel replays, and in which order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from tokviz.tokenization.encoding import Encoding, Int32s
from tokviz.tokenization.replay.merge_replay import MergeReplay, TakenWhole
from tokviz.tokenization.replay.text_merges import pre_tokens_around
from tokviz.tokenization.replay.text_replay import TextReplay
from tokviz.tokenization.text.tokenized_text import TokenizedText
from tokviz.tokenization.tokenizer import Tokenizer
from tokviz.tokenization.vocabulary.visible_text import visible

NameOf = Callable[[int], str]

_MOST_NAMED = 12  # tokens in a sentence


class Scope(Enum):
    """The value is the name on screen."""

    PRE_TOKEN = "This pre-token"
    SELECTION = "Selected text"
    TEXT = "Whole text"


@dataclass(frozen=True)
class Stretch:
    """A stretch of text with its replay; `first_char` is where it starts in the text.

    The tokenizer is the one it was encoded with: the text may have got another meanwhile.
    """

    tokenizer: Tokenizer
    text: str
    first_char: int
    n_bytes: int
    ids: Int32s
    replay: TextReplay

    @property
    def n_tokens(self) -> int:
        return len(self.ids)

    def name(self, token_id: int) -> str:
        """A token as it is shown."""
        return visible(self.tokenizer.token_bytes(token_id))


def putting_in_order(
    text: TokenizedText, start: int, end: int, *, by_rank: bool
) -> Iterator[Stretch]:
    """Yields the pre-tokens that touch the characters [start, end), ready to replay.

    The text is read at once; the merges are put in order where the iterator runs, which may be
    another thread.
    """
    encoding, first = pre_tokens_around(text, start, end)
    return _put_in_order(text.tokenizer, encoding, first, by_rank)


def _put_in_order(
    tokenizer: Tokenizer, encoding: Encoding, first: int, by_rank: bool
) -> Iterator[Stretch]:
    replay = TextReplay(tokenizer, encoding, by_rank=by_rank)
    yield Stretch(tokenizer, encoding.text, first, encoding.n_bytes, encoding.ids, replay)


@dataclass(frozen=True)
class Position:
    """A step of a stretch: which pre-token it is of, and its number there (0: before the first)."""

    pre_token: int
    step: int


def position_at(stretch: Stretch, step: int) -> Position:
    """Step 0..n_steps of the stretch. A stretch without a merge stands at its first pre-token."""
    if step > 0:
        return Position(*stretch.replay.locate(step))
    if stretch.replay.n_steps:
        return Position(stretch.replay.locate(1)[0], 0)
    return Position(0, 0)


def describe_step(replay: MergeReplay, step: int, name_of: NameOf) -> str:
    """One sentence about a step of a pre-token; step 0 is the state before the first."""
    unit = "character" if replay.by_characters else "byte"
    if replay.taken_whole is not None:
        return _whole_sentence(replay.taken_whole, name_of)
    if step == 0:
        best = next(iter(replay.candidates(0)), None)
        if not replay.symbols:
            return f"None of its {unit}s is in the vocabulary, so it has no token."
        if best is None:
            words = f"One {unit}, one token: there is nothing to merge."
            return unknown_words(replay).removeprefix(" · ") or words
        if best.rank is None:
            words = f"No merge applies: each {unit} stays a token of its own."
            return f"No merge applies{unknown_words(replay)}" if replay.unknown else words
        before = ", the first a space put before the text" if replay.has_prefix else ""
        return (
            f"{len(replay.symbols):,} {unit}s{before}; the lowest rank among them is {best.rank:,}"
        )
    done = replay.step(step)
    after = replay.next_best(step)
    behind = "no other pair had a rule" if after is None else f"next best was rank {after:,}"
    left, right, made = name_of(done.left), name_of(done.right), name_of(done.id)
    end = unknown_words(replay) if step == replay.n_steps else ""
    return f"rank {done.rank:,} · {left} + {right} → {made} · {behind}{end}"


def unknown_words(replay: MergeReplay) -> str:
    """What stands for the first symbol that is no token; empty if all are."""
    if not replay.unknown:
        return ""
    data = replay.symbol_bytes(replay.unknown[0])
    if replay.falls_back:
        n_bytes = "its byte stands" if len(data) == 1 else f"its {len(data)} bytes stand"
        return f" · {visible(data)} is no token: {n_bytes} for it"
    return f" · {visible(data)} is no token: the unknown token stands for it"


def _whole_sentence(whole: TakenWhole, name_of: NameOf) -> str:
    """A pre-token that was taken as it is."""
    words = f"{name_of(whole.id)} is a token, so the pre-token is taken whole without any merge"
    if whole.otherwise == [whole.id]:
        return f"{words}; the merges would give the same."
    shown = " + ".join(map(name_of, whole.otherwise[:_MOST_NAMED]))
    more = " + …" if len(whole.otherwise) > _MOST_NAMED else ""
    return f"{words}; the merges would give {shown}{more}."
