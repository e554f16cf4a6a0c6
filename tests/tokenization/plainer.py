"""A small normalizer for tests: it changes, drops and multiplies characters, one at a time."""

import numpy as np

from tokviz.tokenization.normalization.normalizers import AlignedText

CHANGED = {"A": "a", "é": "e", "\x04": "", "½": "1/2", "🚀": "é", "'": "`"}


class Plainer:
    title = "plainer"

    def normalize(self, text: str) -> str:
        return "".join(CHANGED.get(c, c) for c in text)

    def align(self, text: str) -> AlignedText | None:
        owners = [i for i, c in enumerate(text) for _ in CHANGED.get(c, c)]
        starts = np.array(owners, np.int32)
        changed = self.normalize(text)
        return None if changed == text else AlignedText(changed, starts, starts + np.int32(1))


PLAINER = Plainer()
