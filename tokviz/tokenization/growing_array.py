"""GrowingArray: numbers that are appended in small portions and read as one numpy array."""

from collections.abc import Sequence

import numpy as np

from tokviz.tokenization.encoding import Int32s


class GrowingArray:
    """A growing int32 array: appending many small pieces costs one copy now and then."""

    def __init__(self) -> None:
        self._data = np.zeros(1024, np.int32)
        self.size = 0

    def extend(self, values: Sequence[int] | Int32s) -> None:
        """Put numbers behind the last."""
        needed = self.size + len(values)
        if needed > len(self._data):
            self._data = np.resize(self._data, max(needed, 2 * len(self._data)))
        self._data[self.size : needed] = values
        self.size = needed

    @property
    def data(self) -> Int32s:
        """(size,) what is there, as a view that the next `extend` may leave behind."""
        return self._data[: self.size]
