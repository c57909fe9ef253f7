"""What a correction did to the energies of a phase table, and how sure each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class AppliedCorrection:
    """A correction as it was applied: what the energies were, and how they still may err."""

    id: str
    """Name and content hash of the correction."""
    computed: NDArray[np.float64]
    """Energies as they were computed, shape (n_phases,). [eV/atom]"""
    measured: NDArray[np.bool_]
    """Whether a phase has its measured enthalpy, shape (n_phases,)."""
    own_errors: NDArray[np.float64]
    """Standard error of each phase by itself; of measured ones, of the measurement. [eV/atom]"""
    term_starts: NDArray[np.int64]
    """First cation-anion pair of each phase, and the end, shape (n_phases + 1,); a measured phase
    has none."""
    term_numbers: NDArray[np.int64]
    """Number of each pair."""
    term_shares: NDArray[np.float64]
    """Atom fraction of the phase that belongs to it."""
