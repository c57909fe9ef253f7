"""The redox staircase of a material, its stability window, and the capacity of its own redox."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

from stability.arrays import check_voltages, staircases
from stability.elements import FARADAY
from stability.energies.pairs import element_properties
from stability.errors import VoltageError
from stability.hull import Product, Reactant, many_named_products
from stability.kernels.redraw_kernels import TRACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from stability.formula import Composition
    from stability.kernels.outputs import StaircaseBatch
    from stability.phases import CompetingPhases

LAG = 0.2
"""How far the return of a conversion lags behind equilibrium: in solid cells sulfur is reduced at
2.0 to 2.1 V, where equilibrium with Li2S is at 2.24 V (experiment) or 2.34 V (2019 table). [V]"""
LAG_SPREAD = 0.06
"""Standard deviation of that: those figures leave 0.1 to 0.3 V, and no cutoff decides alone. [V]"""
GASES = frozenset({"H", "N", "O", "F", "Cl"})
"""Elements that are gases; as products they stand in the phase table by their symbols."""
_NO_LI = 1e-6  # [Li per formula unit] A change smaller than this is rounding.
_EXACT = 0.05  # Amounts that are multiples of it are taken as meant, not as rounded.
_NO_WIDTH = 1e-9  # [V] A step narrower than this is a point where two breakpoints meet.


class Step(NamedTuple):
    """A range of voltage over which the products and their lithium content are constant."""

    voltage_low: float
    """Lower end. [V]"""
    voltage_high: float
    """Upper end; inf for the last step. [V]"""
    li_change: float
    """Lithium taken up (> 0) or given off (< 0) per formula unit of the material."""
    capacity: float
    """Charge that this passes, whichever its direction. [mAh/g of the material]"""
    products: tuple[Product, ...]
    """What the material has become, per formula unit of it."""

    @property
    def gives_off_gas(self) -> bool:
        """Whether a gas has left: the lithium given off with it has nothing to come back to."""
        return self.li_change < 0.0 and any(product.formula in GASES for product in self.products)


class Window(NamedTuple):
    """Voltages between which a material exchanges no lithium."""

    reduction: float
    """Highest voltage with lithium uptake; 0 if there is none. [V]"""
    oxidation: float
    """Lowest voltage with lithium loss; inf if there is none. [V]"""


Amount = TypeVar("Amount")


class RedoxCapacity(NamedTuple, Generic[Amount]):
    """Capacity that a material's own redox can add to a cathode cycled between two voltages."""

    oxidation: Amount
    """Given off up to the upper voltage, against the pristine material. [mAh/g]"""
    reduction: Amount
    """Taken up down to the lower voltage, against the pristine material. [mAh/g]"""
    reversible: Amount
    """Part of `oxidation` that comes back because the material itself does. [mAh/g]"""
    regained: Amount
    """Part of `oxidation` that equilibrium would return at the lower voltage. [mAh/g]"""


@dataclass(frozen=True)
class Staircase:
    """What a material becomes at each voltage, from 0 V upwards."""

    reactant: Reactant
    """The material."""
    steps: tuple[Step, ...]
    """Its steps, rising in voltage and touching each other."""

    @cached_property
    def window(self) -> Window:
        """Stability window; a material that decomposes without lithium exchange is inside it."""
        return self.window_beyond(self.trace)

    def window_beyond(self, change: float) -> Window:
        """Return the window between steps that exchange more than some lithium.

        Parameters
        ----------
        change : float
            Lithium per formula unit.
        """
        return Window(
            reduction=max(
                (s.voltage_high for s in self.steps if s.li_change > change), default=0.0
            ),
            oxidation=min(
                (s.voltage_low for s in self.steps if s.li_change < -change), default=inf
            ),
        )

    @cached_property
    def rounding(self) -> float:
        """Lithium that rounded amounts of the formula leave open. [Li per formula unit].

        An amount is taken to be rounded if it is no multiple of 0.05, as 0.33 for 1/3; half a unit
        of its last digit times the common charge of the element may then be missing.
        """
        known = element_properties()
        return sum(
            0.5 * 10.0 ** -_decimals(amount) * (known[name].states[1] if name in known else 1)
            for name, amount in self.reactant.material.amounts.items()
            if abs(amount / _EXACT - round(amount / _EXACT)) > _NO_LI
        )

    @cached_property
    def trace(self) -> float:
        """Change of lithium that the digits of the formula leave open. [Li per formula unit]."""
        return max(_NO_LI, TRACE * self.reactant.material.amounts.get("Li", 0.0))

    def at(self, voltage: float) -> Step:
        """Return the step that holds at a voltage; on a breakpoint, the one below.

        Raises
        ------
        VoltageError
            If the voltage is outside 0 to 10 V.
        """
        check_voltages([voltage])
        return next(step for step in self.steps if voltage <= step.voltage_high)


def _decimals(amount: float) -> int:
    """Return how many decimals an amount is written with."""
    return len(f"{amount:.6f}".rstrip("0").partition(".")[2])


def redox_staircase(material: Reactant, phases: CompetingPhases) -> Staircase:
    """Return the redox staircase of a material against a lithium reservoir.

    Parameters
    ----------
    material : Reactant
        From :func:`stability.hull.reactant`.
    phases : CompetingPhases
        The phases that it may become.

    Raises
    ------
    LithiumReactantError
        If the material is lithium metal.

    Notes
    -----
    At voltage V the products minimise the grand potential ``E - mu_Li n_Li`` with
    ``mu_Li = -e V`` [1]_. Along the line from the material without its lithium to pure lithium
    the hull has kinks; the slopes beside a kink are the voltages between which it is the answer.

    References
    ----------
    .. [1] Y. Zhu, X. He, Y. Mo, ACS Appl. Mater. Interfaces 7, 23685 (2015),
       doi:10.1021/acsami.5b07517.
    """
    return redox_staircases([material], phases)[0]


def redox_staircases(materials: Sequence[Reactant], phases: CompetingPhases) -> list[Staircase]:
    """Return the redox staircases of many materials, computed at once.

    Parameters
    ----------
    materials, phases
        As for :func:`redox_staircase`.

    Raises
    ------
    LithiumReactantError
        If a material is lithium metal.
    """
    fractions = [material.fractions for material in materials]
    batch = staircases(phases, np.reshape(fractions, (-1, len(phases.table.elements))))
    steps = _steps([material.material for material in materials], batch, phases)
    return [Staircase(material, own) for material, own in zip(materials, steps, strict=True)]


def _steps(
    units: Sequence[Composition], batch: StaircaseBatch, phases: CompetingPhases
) -> list[tuple[Step, ...]]:
    """Return the steps of each material, made all at once."""
    lithium, atoms, mass = np.array(
        [(unit.amounts.get("Li", 0.0), unit.n_atoms, unit.molar_mass) for unit in units], float
    ).reshape(-1, 3).T  # fmt: skip
    low, high = np.where(batch.voltage_low > 0.0, batch.voltage_low, 0.0), batch.voltage_high
    written = np.arange(low.shape[1]) < batch.steps[:, None]
    # From low voltage to high, against the order in which they were found.
    there = (written & ~(high - low < _NO_WIDTH))[:, ::-1]
    unit, step = np.nonzero(there)
    step = low.shape[1] - 1 - step
    rest = (atoms - lithium)[unit]
    change = batch.li[unit, step] * rest - lithium[unit]
    change = np.where(np.abs(change) < _NO_LI, 0.0, change)
    capacity = np.abs(change) * FARADAY / mass[unit]
    products = many_named_products(
        phases.table, batch.product[unit, step], batch.amount[unit, step] * rest[:, None]
    )
    numbers = (low[unit, step], high[unit, step], change, capacity)
    steps = list(map(Step._make, zip(*(one.tolist() for one in numbers), products, strict=True)))
    ends = np.cumsum(there.sum(axis=1)).tolist()
    return [tuple(steps[a:b]) for a, b in zip([0, *ends], ends, strict=False)]


def redox_capacity(
    staircase: Staircase, voltage_low: float, voltage_high: float, *, lag: float = LAG
) -> RedoxCapacity[float]:
    """Return what the material's own redox adds to a cathode cycled between two voltages.

    Parameters
    ----------
    staircase : Staircase
        From :func:`redox_staircase`.
    voltage_low, voltage_high : float
        Cutoffs of the cell. [V]
    lag : float, optional
        How far the return of a conversion reaction lags behind equilibrium. [V]

    Raises
    ------
    VoltageError
        If the voltages are outside 0 to 10 V or not in rising order.

    Notes
    -----
    With n(V) the lithium content on the staircase, ``Q = F dn / (3.6 M)``. Oxidation is
    *reversible* where no gas has left and the lower cutoff takes all lithium back, so that the
    material forms again, which it does below its oxidation limit, less the lag: of the charge
    :func:`returning_share` counts. If it stays oxidised, as Li6PS5Cl does above 2.34 V because
    sulfur is not reduced there, none of the charge counts as reversible, even where equilibrium
    among the products would return a part of it (``regained``): the solids that would have to react
    are insulators, and LiFePO4 with Li6PS5Cl gets nothing back [1]_.

    References
    ----------
    .. [1] A. Cronk, Enabling Low-Cost Cathodes in All-Solid-State Batteries, UC San Diego (2024),
       chapter 1.
    """
    if voltage_low >= voltage_high:
        raise VoltageError(
            f"voltages {voltage_low:g} to {voltage_high:g} V do not rise; give the lower one first"
        )
    per_li = FARADAY / staircase.reactant.material.molar_mass
    discharged, charged = staircase.at(voltage_low), staircase.at(voltage_high)
    oxidation, missing = max(0.0, -charged.li_change), max(0.0, -discharged.li_change)
    back = float(returning_share(staircase.window.oxidation - voltage_low, lag=lag))
    return RedoxCapacity(
        oxidation=oxidation * per_li,
        reduction=max(0.0, discharged.li_change) * per_li,
        reversible=0.0 if charged.gives_off_gas else back * oxidation * per_li,
        regained=(oxidation - missing) * per_li,
    )


def returning_share(room: ArrayLike, *, lag: float = LAG) -> NDArray[np.float64]:
    """Return the share of an oxidation that comes back, where it does at all [1].

    Parameters
    ----------
    room : array_like
        How far the lower cutoff lies below the oxidation limit. [V]
    lag : float, optional
        Voltage at which half comes back. [V]

    Notes
    -----
    The logistic curve with the standard deviation :data:`LAG_SPREAD`: what is left of the rule "all
    beyond the lag, else nothing" once its doubt is averaged over.

    Examples
    --------
    >>> returning_share([0.0, 0.2, 0.4]).round(3).tolist()
    [0.002, 0.5, 0.998]
    """
    width = LAG_SPREAD * np.sqrt(3.0) / np.pi
    beyond = np.asarray((np.asarray(room, float) - lag) / (2.0 * width))
    return np.asarray(0.5 + 0.5 * np.tanh(beyond))
