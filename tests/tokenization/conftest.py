"""What several tests of the core want to be otherwise than in the program."""

from collections.abc import Iterator

import pytest

from tokviz.tokenization.text import pieces, reencoding, tokenized_text


@pytest.fixture(scope="module")
def small_pieces() -> Iterator[None]:
    """Texts of a line meet every seam between pieces and parts, and the end of what is encoded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", 6)
        patch.setattr(reencoding, "PART", 12)
        patch.setattr(tokenized_text, "_MARGIN", 3)
        yield
