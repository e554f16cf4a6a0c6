"""GPT-2's printable alphabet for bytes."""

import pytest

from tests.tokenization.oracles import shipped
from tokviz.tokenization.formats.byte_alphabet import BYTES_IN_ORDER, CHARACTERS, to_bytes


def test_every_byte_has_a_printable_character_of_its_own() -> None:
    assert sorted(BYTES_IN_ORDER) == list(range(256))
    assert len(set(CHARACTERS)) == 256
    assert all(character.isprintable() and character != " " for character in CHARACTERS)
    assert to_bytes(CHARACTERS) == [bytes([byte]) for byte in BYTES_IN_ORDER]


def test_gpt2_numbers_its_bytes_in_this_order() -> None:
    assert [shipped("gpt2").byte_ids[byte] for byte in BYTES_IN_ORDER] == list(range(256))


def test_a_foreign_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        to_bytes(["a", "北"])
