"""What several tests of the core want to be otherwise than in the program."""

from collections.abc import Iterator

import pytest

from tokviz.tokenization.text import pieces, reencoding


@pytest.fixture(scope="module")
def small_pieces() -> Iterator[None]:
    """Every seam between pieces and parts is met by texts of a line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", 6)
        patch.setattr(reencoding, "PART", 12)
        yield
