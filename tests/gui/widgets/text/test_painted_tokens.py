"""The picture itself: the colours found on the painted image, in order, are the tokens'."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from tests.gui.widgets.conftest import Show
from tokviz.gui.palette import DARK, LIGHT, Palette
from tokviz.gui.widgets.text.token_text_view import TokenTextView

_TEXTS = {
    "ASCII": "The quick brown fox, 12345 jumps.",
    "split emoji": "go 🚀👩\u200d🚀🇯🇵 on",
    "Devanagari": "नमस्ते दुनिया क्षत्रिय",
    "right to left within": "abc שלום def العربية 123",
    "right to left": "العربية: النموذج abc",
    "tabs": "\ta\tbc\tdef\tg",
    "line ends": "one\r\ntwo\nthree\rfour\u2028five\u2029",
    "wrapped line": "several words that wrap over some rows of the view " * 4,
    "combining": "e\u0301a\u0323\u0301x",
    "invisible": "a\u200bb\xa0c\x07d\ufeffe",
}


def _picture(view: TokenTextView) -> QImage:
    return view.viewport().grab().toImage()


def _foot(view: TokenTextView, image: QImage, rect: QRectF) -> QColor:
    """The colour in the middle of a token's foot, below the paler ground of letters."""
    style = view.page.style
    middle = (rect.left() + rect.right() - 1) / 2  # the last pixel is the border
    return image.pixelColor(int(middle), int(rect.top()) + style.token_height - 2)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("longest", [2, 5])
@pytest.mark.parametrize("text", _TEXTS.values(), ids=_TEXTS.keys())
def test_the_colors_on_the_image_are_the_tokens(
    show: Show, text: str, longest: int, palette: Palette
) -> None:
    view, source = show(text, width=900, height=1_500, longest=longest)
    view.set_zoom(30)  # so that each token has some pixels of its own
    view.set_marks_shown(False)  # the marks are drawn in front of the tokens
    view.set_colors(replace(palette, token_text=QColor(0, 0, 0, 0)))  # no letters before them
    view.clearFocus()
    rects = view.token_rects()
    assert [index for index, _, _ in rects] == sorted(index for index, _, _ in rects)
    found = {index: int(source.ids[index]) for index, _, _ in rects}
    assert list(found.values()) == source.ids.tolist()
    image = _picture(view)
    colors = source.tokens(0, source.n_chars).colors
    seen = 0
    for index, rect, color in rects:
        assert color == colors[index]
        if _is_alone(rect, rects):
            seen += 1
            assert _foot(view, image, rect).rgb() == palette.tokens[color].rgb(), (index, rect)
    assert seen > len(rects) / 2


def _is_alone(rect: QRectF, rects: list[tuple[int, QRectF, int]]) -> bool:
    """Whether no token without a width of its own (which has three pixels) lies over it."""
    return not any(other is not rect and other.intersects(rect) for _, other, _ in rects)


def test_a_border_closes_each_token_and_is_soft_inside_a_character(show: Show) -> None:
    view, _ = show("aaaaabbbbb🚀", longest=2)
    view.clearFocus()
    image = _picture(view)
    border = LIGHT.token_border.alphaF()
    for _, rect, color in view.token_rects():
        style, ground = view.page.style, LIGHT.tokens[color]
        edge = image.pixelColor(int(rect.right()) - 1, int(rect.top()) + style.token_height - 3)
        strength = (ground.lightnessF() - edge.lightnessF()) / ground.lightnessF()
        assert strength > 0.1
        assert strength < border


def test_letters_that_tokens_cut_stand_on_a_paler_ground(show: Show) -> None:
    view, _ = show("aa🚀", longest=2)
    image = _picture(view)
    for index, rect, color in view.token_rects():
        top = image.pixelColor(int(rect.left()) + 1, int(rect.top()) + 1)
        expected = LIGHT.tokens[color]
        cut = index > 0
        assert (top.lightness() > expected.lightness()) == cut
