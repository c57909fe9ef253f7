"""Which part of a reaction counts: one whose products hold electrons back stops by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

THRESHOLD = 0.16
"""Share of a mixture at which its conducting part first spans it: the critical volume fraction of
H. Scher, R. Zallen, J. Chem. Phys. 53, 3759 (1970), doi:10.1063/1.1674565. [1]"""
FIRST_LAYER = 0.2
"""Part of a reaction that counts even where its products insulate: a layer forms, then stops. [1]

Chosen so that half an eV with insulating products costs less than a third of the score."""
INTERFACE_SCALE = 0.3
"""Energy of a reaction that goes on, which divides what holds by e. [eV per atom]

Between Li2ZrCl6 on LiFePO4 (0.05, 1000 cycles) and Li6PS5Cl on LiCoO2 (0.7, needs a coating)."""

USUAL_FILM = 0.68
"""What holds of the worse contact of LiNbO3, with Li6PS5Cl and charged LiNi0.8Mn0.1Co0.1O2. [1]

Most coated cells that were calibrated have films like it: one that holds as much counts in full."""


def growing_share(conducting: Floats) -> Floats:
    """Return how far a reaction goes on, from the share of its products that conducts electrons.

    Parameters
    ----------
    conducting : ndarray
        Share of the interphase whose phases conduct electrons. [1]
    """
    return conducting * (1.0 + THRESHOLD) / (conducting + THRESHOLD)


def part_that_counts(conducting: Floats) -> Floats:
    """Return the part of a reaction energy that counts, from the share that conducts electrons.

    Parameters
    ----------
    conducting : ndarray
        Share of the interphase whose phases conduct electrons. [1]
    """
    return FIRST_LAYER + (1.0 - FIRST_LAYER) * growing_share(conducting)


def holding_share(energy: Floats, conducting: Floats) -> Floats:
    """Return what of a contact holds, by its reaction [1].

    Parameters
    ----------
    energy : ndarray
        Most negative reaction. [eV/atom]
    conducting : ndarray
        Share of the interphase whose phases conduct electrons. [1]
    """
    driven = np.minimum(energy, 0.0) * part_that_counts(conducting)
    return np.asarray(np.exp(driven / INTERFACE_SCALE))
