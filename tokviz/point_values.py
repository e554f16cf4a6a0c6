"""What the points of a map may be coloured by: a number or a group for each row of a table.

A row without a token, or without an answer, has NaN or no group. Nothing here knows of colours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from tokviz.embedding.neighbor_graph import NeighborGraph
from tokviz.embedding.row_classes import RowClass
from tokviz.embedding.table import Float32s
from tokviz.token_tables import TokenTable

NO_GROUP = -1
GRADIENT = "latest gradient"
_MOST_GROUPS = 7  # more hues nobody tells apart
_SCRIPTS = (
    *("Latin", "Cyrillic", "Greek", "Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew"),
    *("Devanagari", "Bengali", "Tamil", "Telugu", "Thai", "Georgian", "Armenian", "Ethiopic"),
)
_OTHER_KINDS = {
    "digits": r"\p{N}",
    "other letters": r"[\p{L}\p{M}]",
    "punctuation": r"\p{P}",
    "symbols": r"\p{S}",
    "white space": r"[\s\p{Z}]",
}
_PART = "part of a character"
_CLASS_NAMES = {
    RowClass.ORDINARY: "ordinary",
    RowClass.DUPLICATE: "equal to another row",
    RowClass.ZERO: "all zeros",
    RowClass.NOT_FINITE: "NaN or infinity",
    RowClass.PADDING: "padding",
}


@dataclass(frozen=True, eq=False)
class Numbers:
    """`values` float64 (n_rows,), NaN where there is none; `log`: spread over many magnitudes."""

    title: str
    values: npt.NDArray[np.float64]
    log: bool = False


@dataclass(frozen=True, eq=False)
class Groups:
    """`groups` int64 (n_rows,): a place in `names`, or `NO_GROUP`."""

    title: str
    groups: npt.NDArray[np.int64]
    names: Sequence[str]


PointValues = Numbers | Groups


def by_id(known: TokenTable) -> Numbers:
    """The order in which tokens were numbered: of BPE about that of learning."""
    return Numbers("id", known.ids_of(np.arange(known.table.n_rows)).astype(np.float64))


def by_gradient(known: TokenTable) -> Numbers:
    """How hard the last step of learning pulled each row; unknown for tables from files."""
    norms = known.table.gradient_norms
    if norms is None:
        return Numbers("gradient", np.full(known.table.n_rows, np.nan))
    return Numbers("gradient", np.where(norms > 0, norms, np.nan).astype(np.float64), log=True)


def by_rank(known: TokenTable) -> Numbers:
    """The rank of the merge that makes each token; none for single bytes and special tokens."""
    merges = known.tokenizer.merges
    ids = np.asarray(merges.ids, np.int64)
    values = np.full(max(known.tokenizer.n_vocab, known.table.n_rows), np.nan)
    values[ids] = np.arange(len(ids))
    return Numbers("merge rank", values[known.ids_of(np.arange(known.table.n_rows))])


def by_length(known: TokenTable) -> Numbers:
    """Bytes of each token."""
    lengths = [np.nan if data is None else len(data) for data in known.vocab]
    return Numbers("length in bytes", np.array(lengths, np.float64), log=True)


def by_script(known: TokenTable) -> Groups:
    """The script of the first letter, or what the first character is where there is none.

    The most frequent ones have a group of their own, the others share the last.
    """
    names = [_script(data) for data in known.vocab]
    return _grouped("script", names)


def _grouped(title: str, names: Sequence[str | None]) -> Groups:
    present, inverse = np.unique([name or "" for name in names], return_inverse=True)
    counts = np.bincount(inverse, minlength=len(present))
    counts[present == ""] = 0
    order = [which for which in np.argsort(-counts, kind="stable").tolist() if counts[which]]
    shown = order if len(order) <= _MOST_GROUPS else order[: _MOST_GROUPS - 1]
    place = np.full(len(present), NO_GROUP)
    place[order] = len(shown)
    place[shown] = np.arange(len(shown))
    more = ["others"] if len(shown) < len(order) else []
    return Groups(title, place[inverse], [str(present[which]) for which in shown] + more)


@cache
def _kinds() -> "tuple[regex.Pattern[str], regex.Pattern[str]]":
    scripts = "|".join(rf"(?P<{name}>\p{{{name}}})" for name in _SCRIPTS)
    others = "|".join(f"({pattern})" for pattern in _OTHER_KINDS.values())
    return regex.compile(scripts), regex.compile(others)


def _script(data: bytes | None) -> str | None:
    if data is None:
        return None
    if data.isascii():
        return _ascii_kind(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _PART
    scripts, others = _kinds()
    if found := scripts.search(text):
        return found.lastgroup
    stripped = text.strip() or text
    kind = others.search(stripped)
    return "controls" if kind is None else list(_OTHER_KINDS)[(kind.lastindex or 1) - 1]


def _ascii_kind(data: bytes) -> str:
    """The same for the many tokens that need no table of Unicode."""
    if any(65 <= byte <= 90 or 97 <= byte <= 122 for byte in data):
        return "Latin"
    first = (data.strip() or data)[:1]
    if not first or first.isspace():
        return "white space"
    if first.isdigit():
        return "digits"
    if first in b"$+<=>^`|~":
        return "symbols"
    return "controls" if first < b" " or first == b"\x7f" else "punctuation"


def by_leading_space(known: TokenTable) -> Groups:
    """Tokens that begin a word, others, and special ones."""
    special = set(known.tokenizer.special_tokens.values())
    ids = known.ids_of(np.arange(known.table.n_rows)).tolist()
    groups = [
        NO_GROUP if data is None else 2 if token_id in special else int(data[:1] != b" ")
        for token_id, data in zip(ids, known.vocab, strict=True)
    ]
    names = ["with a leading space", "without", "special token"]
    return Groups("leading space", np.array(groups, np.int64), names)


def by_norm(known: TokenTable) -> Numbers:
    """The length of each row."""
    norms = known.search.norms.copy()
    norms[known.table.not_finite] = np.nan
    return Numbers("length of the row", norms)


def by_count(known: TokenTable, of_ids: npt.NDArray[np.int64]) -> Numbers:
    """How often each token occurs, none for one that does not; `of_ids`: how often each id does."""
    counts = known.counts(of_ids).astype(np.float64)
    counts[counts == 0] = np.nan
    return Numbers("count in the text", counts, log=True)


def by_class(known: TokenTable) -> Groups:
    """Ordinary rows, duplicates, zeros and so on."""
    classes = known.classes.classes.astype(np.int64)
    return Groups("class of the row", classes, [_CLASS_NAMES[kind] for kind in RowClass])


def by_similarity(known: TokenTable, row: int) -> Numbers:
    """The cosine of each row with one row, in the full dimension. Raises `QueryError`."""
    values = known.search.all_similarities(row)
    values[known.table.not_finite] = np.nan
    return Numbers("cosine", values)


def by_distortion(points: Float32s, graph: NeighborGraph, k: int = 10) -> Numbers:
    """For each row the part of its k true neighbours that are not among its k nearest on the map.

    Raises `ImportError` without SciPy.
    """
    from scipy.spatial import cKDTree

    true = graph.ids[:, :k].astype(np.int64)
    k, n = true.shape[1], len(points)
    if k == 0:
        return Numbers("neighbours lost on the map", np.full(n, np.nan))
    near = cKDTree(points).query(points, k=k + 1)[1]
    own = near == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True  # many points in one place, and others were named first
    others = near[~own].reshape(n, k)
    numbers = np.arange(n)[:, None] * n
    kept = np.isin(true + numbers, others + numbers).reshape(n, k).mean(axis=1)
    return Numbers("neighbours lost on the map", 1 - kept)


SIMPLE: dict[str, Callable[[TokenTable], PointValues]] = {
    "leading space": by_leading_space,
    "script": by_script,
    "id": by_id,
    "merge rank": by_rank,
    "length in bytes": by_length,
    "length of the row": by_norm,
    "class of the row": by_class,
    GRADIENT: by_gradient,
}
"""What needs the table and its vocabulary alone, by its name on screen."""
