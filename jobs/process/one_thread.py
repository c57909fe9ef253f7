"""Linear algebra in one thread: how many share a sum decides its last digits.

What the errors of energies are drawn from is ill-conditioned: another order of sums moves a draw by
1e-9 eV, and it is kept in the cache, for every later batch.
"""

from __future__ import annotations

from typing import Final

ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""Environment of every process that computes, to be set before numpy is loaded."""
