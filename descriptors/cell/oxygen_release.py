"""Where a charged oxide begins to give off lattice oxygen, as a stated model with an interval.

Gas measurements in liquid cells find one rule: a layered oxide begins near 80 % state of charge,
whatever its nickel; nickel only brings that charge below 4.3 V. What touches the oxygen, a halide
or a sulfide, is oxidised by it. Phosphates and spinels give none in their windows.
"""

from __future__ import annotations

from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.cell.open_circuit import OpenCircuit, lithium_at
from descriptors.quantity import Kind, Quantity
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_NORMAL = NormalDist()
LAYERED = Quantity(
    0.20,
    0.14,
    0.28,
    "1",
    Kind.ESTIMATED,
    "Jung et al., J. Electrochem. Soc. 164, A1361 (2017), doi:10.1149/2.0021707jes, and Wandt et "
    "al., Mater. Today 21, 825 (2018), doi:10.1016/j.mattod.2018.03.037: about 80 % of the lithium "
    "out, for NMC111 to NMC811; from memory",
)
"""Lithium left at the onset in layered oxides of nickel."""
NICKELATE = Quantity(
    0.25,
    0.18,
    0.32,
    "1",
    Kind.ESTIMATED,
    "de Biasi et al., ChemSusChem 12, 2240 (2019), doi:10.1002/cssc.201900032: with the phases H2 "
    "and H3, the lithium from memory",
)
"""The same in LiNiO2."""
COBALTATE = Quantity(
    0.30,
    0.20,
    0.36,
    "1",
    Kind.ESTIMATED,
    "several reports of loss from the surface at 4.5 V, from memory",
)
"""The same in LiCoO2."""
LITHIUM_RICH = Quantity(
    0.65,
    0.4,
    0.85,
    "1",
    Kind.ESTIMATED,
    "Strehle et al., J. Electrochem. Soc. 164, A400 (2017), doi:10.1149/2.1001702jes, from memory: "
    "towards the end of the plateau at 4.5 V of the first charge",
)
"""The same in Li-rich oxides, Li per Li1.2M0.8O2."""
_Z95 = 1.6448536269514722  # Standard normal quantile of 95 %.
_NEARLY_ALL = 0.95  # Of the metals: LiNiO2, LiCoO2.
_RICH = 1.1  # Lithium per formula unit of two oxygens.


class Verdict(StrEnum):
    """Whether a charge to a cutoff frees oxygen."""

    NO = "no"
    """The whole interval of the onset lies above."""
    DOUBTFUL = "doubtful"
    """The interval of the onset holds the cutoff."""
    YES = "yes"
    """All of it lies below."""


class OxygenRelease(NamedTuple):
    """Lattice oxygen of one cathode charged to one cutoff."""

    onset: Quantity
    """Voltage at rest at which it begins; infinite where none is known to begin. [V]"""
    verdict: Verdict
    """Whether the cutoff is beyond it."""

    @property
    def reason(self) -> str:
        """The verdict in one line."""
        if self.verdict is Verdict.NO:
            return ""
        low, high = self.onset.low, self.onset.high
        may = "gives off" if self.verdict is Verdict.YES else "may give off"
        return f"the cathode {may} oxygen, from {self.onset.value:.2f} V ({low:.2f} to {high:.2f})"


def oxygen_release(curve: OpenCircuit, voltage_high: float) -> OxygenRelease:
    """Return whether a charge to a cutoff frees lattice oxygen, and from which voltage on.

    Parameters
    ----------
    curve : OpenCircuit
        From :func:`descriptors.cell.open_circuit.open_circuit`.
    voltage_high : float
        Upper cutoff. [V vs. Li/Li+]

    Examples
    --------
    >>> from descriptors.cell.open_circuit import open_circuit
    >>> [oxygen_release(open_circuit("LiCoO2"), v).verdict.value for v in (4.2, 4.5, 4.6)]
    ['no', 'doubtful', 'yes']
    """
    left = _lithium_left(composition(curve.material).amounts)
    if left is None:
        source = "phosphates and spinels: no lattice oxygen in their windows, from memory"
        none = Quantity(np.inf, np.inf, np.inf, "V", Kind.ESTIMATED, source)
        return OxygenRelease(none, Verdict.NO)
    value, high, low = (_voltage_at(curve, x) for x in (left.value, left.low, left.high))
    onset = Quantity(value, low, high, "V", Kind.ESTIMATED, f"{left.source}; V(x): {curve.source}")
    if voltage_high < low:
        return OxygenRelease(onset, Verdict.NO)
    return OxygenRelease(onset, Verdict.YES if voltage_high > high else Verdict.DOUBTFUL)


def beyond_onset(curve: OpenCircuit, voltage_high: float) -> float:
    """Return the lithium taken out beyond the onset, as its doubt has it in the mean [1].

    Parameters
    ----------
    curve, voltage_high
        As for :func:`oxygen_release`.

    Notes
    -----
    The onset is taken as normal, its interval as one of 90 %: the mean of what lies beyond is
    ``s (phi(z) + z Phi(z))``, z the distance of the cutoff beyond the onset in standard deviations.
    """
    left = _lithium_left(composition(curve.material).amounts)
    if left is None:
        return 0.0
    spread = (left.high - left.low) / (2 * _Z95)
    z = (left.value - float(lithium_at(curve, voltage_high))) / spread
    return spread * (_NORMAL.pdf(z) + z * _NORMAL.cdf(z))


def drawn_beyond_onset(
    curve: OpenCircuit, voltage_high: float, standard: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return draws of the lithium taken out beyond the onset; their mean is `beyond_onset` [1].

    Parameters
    ----------
    curve, voltage_high
        As for :func:`oxygen_release`.
    standard : ndarray
        Standard normal draws of the onset.
    """
    left = _lithium_left(composition(curve.material).amounts)
    if left is None:
        return np.zeros(len(standard))
    onset = left.value + (left.high - left.low) / (2 * _Z95) * standard
    return np.asarray(np.maximum(onset - float(lithium_at(curve, voltage_high)), 0.0))


def _lithium_left(amounts: Mapping[str, float]) -> Quantity | None:
    """Return the lithium at the onset, or None where the cathode is no layered oxide."""
    oxygen = amounts.get("O", 0.0)
    metals = {e: n for e, n in amounts.items() if e not in {"Li", "O"}}
    if not metals or not oxygen or {"P", "Ti", "S"} & metals.keys():
        return None
    lithium = amounts.get("Li", 0.0) * 2 / oxygen
    if lithium > _RICH:
        return LITHIUM_RICH
    if lithium < _NEARLY_ALL:
        return None  # A spinel has half of the lithium of a layered oxide.
    share = {e: n / sum(metals.values()) for e, n in metals.items()}
    if share.get("Co", 0.0) > _NEARLY_ALL:
        return COBALTATE
    if share.get("Ni", 0.0) > _NEARLY_ALL:
        return NICKELATE
    return LAYERED if "Ni" in share else None


def _voltage_at(curve: OpenCircuit, lithium: float) -> float:
    """Return the voltage at rest at which this much lithium is left: `lithium_at` undone."""
    volts = np.linspace(curve.voltage[-1], curve.voltage[0] + 1.0, 2000)
    return float(volts[np.argmax(lithium_at(curve, volts) <= lithium)])
