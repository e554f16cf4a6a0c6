"""From what the projection's settings say to the map one wishes for, with texts as tokens."""

from tokviz.embedding.map_maker import MapWish
from tokviz.embedding.projections import PROJECTIONS
from tokviz.embedding.transforms import Transform
from tokviz.gui.widgets.map.projection_settings import ProjectionChoice
from tokviz.token_tables import TokenTable
from tokviz.tokenization.vocabulary.visible_text import visible

PROJECTION_NAMES = [(projection.name, projection.title) for projection in PROJECTIONS]


class AxisError(ValueError):
    """A text for the end of an axis that is no token with a row."""


def wish_of(choice: ProjectionChoice, known: TokenTable) -> MapWish:
    """The map for a choice. Raises `AxisError`."""
    across, upward = choice.components
    axes: tuple[tuple[int, int], ...] = ()
    if choice.projection == "axes":
        axes = tuple((row_of(start, known), row_of(end, known)) for start, end in choice.axes)
        if not axes:
            raise AxisError(
                "Type two tokens, where the axis starts and where it ends, such as “·he” and "
                "“·she”; or select two and take them from the selection."
            )
    return MapWish(
        projection=choice.projection,
        components=(across - 1, upward - 1),
        axes=axes,
        seed=choice.seed,
        transform=Transform(choice.centered, choice.n_dropped, choice.unit_length),
    )


def row_of(text: str, known: TokenTable) -> int:
    """The row of a token by its text, in which a dot may stand for a space. Raises `AxisError`."""
    tokenizer = known.tokenizer
    for written in (text, text.replace("·", " ")):
        found = tokenizer.id_of_bytes.get(written.encode("utf-8", "surrogatepass"))
        found = tokenizer.special_tokens.get(written) if found is None else found
        row = None if found is None else known.row_of(found)
        if row is not None:
            return row
    shown = text.replace(" ", "·")
    raise AxisError(f"“{shown}” is no token with a row in {known.table.name}; take another one.")


def axis_texts(ids: tuple[int, ...], known: TokenTable) -> tuple[str, str]:
    """The two selected tokens as texts for an axis. Raises `AxisError`."""
    if len(ids) != 2:
        n = len(ids)
        raise AxisError(f"{n:,} tokens are selected; select the two between which the axis goes.")
    start, end = (visible(known.tokenizer.token_bytes(i)) for i in ids)
    return start, end
