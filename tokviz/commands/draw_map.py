"""`tokviz map`: the rows of an embedding table as points, in a picture or as coordinates.

The points are made here without Qt; a picture is painted by the window's own map.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tokviz.commands.inputs import (
    InputError,
    add_tokenizer,
    check_output_folder,
    tokenizer_for,
)
from tokviz.commands.neighbors import table_for
from tokviz.commands.progress import ProgressBar
from tokviz.embedding.layout_cache import LayoutCache, cache_folder
from tokviz.embedding.map_maker import MapMaker, MapWish
from tokviz.embedding.table import Float32s
from tokviz.map_files import saving_csv
from tokviz.text_files import shown
from tokviz.token_tables import TokenTable

SUMMARY = "draw the rows of an embedding table as a map"
_SUFFIXES = (".png", ".svg", ".csv")
_SIDES = (64, 16_384)


@dataclass(frozen=True, eq=False)
class DrawnMap:
    """A table, its points, and where and how large they are to be drawn."""

    known: TokenTable
    points: Float32s
    path: str
    size: tuple[int, int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_tokenizer(parser)
    parser.add_argument(
        "--table",
        metavar="PATH",
        help="a table file or a model's folder (default: the tokenizer's own table)",
    )
    parser.add_argument("--projection", choices=["pca", "tsne"], default="pca", help="default: pca")
    parser.add_argument("--seed", type=int, default=0, help="of t-SNE (default: 0)")
    parser.add_argument(
        "--size", default="1280x800", metavar="WxH", help="pixels of a picture (default: 1280x800)"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="a .png, .svg or .csv file"
    )


def run(arguments: argparse.Namespace) -> DrawnMap | None:
    """Compute the points; None if they were written as coordinates and nothing is to be painted."""
    path = arguments.output
    if Path(path).suffix.lower() not in _SUFFIXES:
        raise InputError(f"{shown(path)} is no .png, .svg or .csv file; name one of these.")
    check_output_folder(path)
    size = _size(arguments.size)
    if not 0 <= arguments.seed < 2**32:
        raise InputError(f"--seed {arguments.seed} is no seed; take a number from 0 to 2^32 - 1.")
    tokenizer = tokenizer_for(arguments.tokenizer)
    known = TokenTable(table_for(arguments.tokenizer, arguments.table), tokenizer)
    points = _points(known, MapWish(arguments.projection, seed=arguments.seed))
    if Path(path).suffix.lower() == ".csv":
        for _ in saving_csv(path, known, points, np.arange(len(points))):
            pass
        return None
    return DrawnMap(known, points, path, size)


def _points(known: TokenTable, wish: MapWish) -> Float32s:
    maker = MapMaker(known.table, LayoutCache(cache_folder()))
    progress = ProgressBar("Laying out")
    points = np.zeros((0, 2), np.float32)
    try:
        for layout in maker.layouts(wish):
            points = layout.points
            progress.show(f"{layout.done:.0%} {layout.note}")
    finally:
        progress.clear()
    return points


def _size(text: str) -> tuple[int, int]:
    sides = text.lower().split("x")
    low, high = _SIDES
    if len(sides) == 2 and all(side.isascii() and side.isdigit() for side in sides):
        width, height = (int(side[:9]) for side in sides)
        if low <= width <= high and low <= height <= high:
            return width, height
    raise InputError(
        f"--size {text} is no size of a picture; write it like 1280x800, "
        f"each side from {low} to {high:,} pixels."
    )
