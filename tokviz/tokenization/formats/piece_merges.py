"""Merges from pieces with scores: SentencePiece joins any two neighbours that make a piece.

The rank of a piece is its place among the pieces of two or more characters by falling score, then
by id. Of the pairs that make a piece one stands in the merge history: where the order of merges
holds, the one that ever fires, the others beside it.
"""

from collections.abc import Sequence

from tokviz.tokenization.algorithms.bpe import Merges


def piece_merges(
    pieces: dict[str, int], scores: Sequence[float], n_vocab: int
) -> tuple[Merges, dict[str, int]]:
    """The merges, and character → id. Characters that are in pieces without being one get ids from
    `n_vocab` on.

    >>> merges, symbols = piece_merges({"a": 0, "b": 1, "ab": 2, "abb": 3}, [0, 0, -1, -2], 4)
    >>> [(merge.left, merge.right, merge.id) for merge in merges], symbols
    ([(0, 1, 2), (2, 1, 3)], {'a': 0, 'b': 1})
    """
    symbols = {text: i for text, i in pieces.items() if len(text) == 1}
    for text in pieces:
        for character in text:
            symbols.setdefault(character, n_vocab + len(symbols))
    id_of = {**symbols, **pieces}
    longer = [text for text in pieces if len(text) > 1]
    longer.sort(key=lambda text: (-scores[pieces[text]], pieces[text]))
    rank_of = {text: rank for rank, text in enumerate(longer)}
    history: list[tuple[int, int, int]] = []
    others: list[tuple[int, int, int]] = []
    kept = 0
    for text in longer:
        pairs = [
            (max(rank_of.get(text[:i], -1), rank_of.get(text[i:], -1)), text[:i], text[i:])
            for i in range(1, len(text))
            if text[:i] in id_of and text[i:] in id_of
        ]
        if not pairs:
            continue
        first, *more = sorted(pairs)
        history.append((id_of[first[1]], id_of[first[2]], id_of[text]))
        others += [(id_of[left], id_of[right], kept) for _, left, right in more]
        kept += 1
    columns = [[row[i] for row in history] for i in range(3)]
    rest = [[row[i] for row in others] for i in range(3)]
    return Merges(columns[0], columns[1], columns[2], None, (rest[0], rest[1], rest[2])), symbols
