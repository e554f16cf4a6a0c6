"""The same token in the same colour."""

from dataclasses import replace

from tests.gui.replaying import Start
from tests.tokenization.oracles import shipped
from tokviz.gui.widgets.text.recolored_rows import colored_by_id
from tokviz.tokenization.text.tokenized_text import TokenizedText


def test_a_token_has_one_colour_and_several_are_used() -> None:
    text = TokenizedText(shipped("gpt2"), "the cat and the hat and the end " * 5)
    text.encode_more(1000)
    rows = text.tokens(0, text.n_chars)
    found = colored_by_id(rows)
    colors = {}
    for token_id, color in zip(found.ids.tolist(), found.colors.tolist(), strict=True):
        assert colors.setdefault(token_id, color) == color
    assert len(set(colors.values())) > 2
    assert replace(rows, colors=found.colors).starts is found.starts


def test_the_menu_switches_it_and_it_is_kept(start: Start) -> None:
    session = start()
    session.model.set_text("the the the the")
    (view,) = [a for a in session.window.menuBar().actions() if a.text() == "&View"]
    (action,) = [a for a in view.menu().actions() if a.text() == "Same token, same &colour"]
    shown = session.window.text_panel.view
    before = [color for *_, color in shown.token_rects()]
    action.trigger()
    after = [color for *_, color in shown.token_rects()]
    assert len(set(before[1:])) == 3
    assert len(set(after[1:])) == 1
    assert start().window.text_panel.view.page.look.same_colors
