"""The ends of many rows of draws, without sorting what lies between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stability.kernels.compiled import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@jit
def fill_ends(values: Floats, lowest: Floats, highest: Floats) -> None:
    """Fill in the lowest numbers of each row, rising, and the highest, falling.

    As many as there are columns in ``lowest`` and ``highest``; a row that holds nan gets nothing
    else.
    """
    for row in range(values.shape[0]):
        low, high = lowest[row], highest[row]
        low[:] = np.inf
        high[:] = -np.inf
        last_low, last_high, numbers = np.inf, -np.inf, True
        for column in range(values.shape[1]):
            value = values[row, column]
            if value < last_low:
                place = low.size - 1
                while place > 0 and value < low[place - 1]:
                    low[place] = low[place - 1]
                    place -= 1
                low[place] = value
                last_low = low[-1]
            if value > last_high:
                place = high.size - 1
                while place > 0 and value > high[place - 1]:
                    high[place] = high[place - 1]
                    place -= 1
                high[place] = value
                last_high = high[-1]
            numbers &= not np.isnan(value)
        if not numbers:
            low[:] = np.nan
            high[:] = np.nan
