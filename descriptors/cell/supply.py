"""Raw-material cost and supply risk of a compound, from its elements."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity
from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from descriptors.recipe import Recipe

PRICE_SPREAD = 3.0
"""Factor about a price: what a year's market may do. Lithium moved by more from 2020 to 2023."""

SMALLEST_SHARE = 0.001
"""Mass share from which a flagged element is named; a dopant below is a trace in the cost too."""


@dataclass(frozen=True)
class ElementSupply:
    """Price and supply of one element."""

    element: str
    """Symbol."""
    price: Quantity
    """Price of the traded form, per mass of the element. [USD/kg]"""
    concentration: Quantity
    """Herfindahl-Hirschman index of the producing countries: 10000 is a single one. [1]"""
    eu_list: str
    """On the EU's list of 2023: ``critical``, ``strategic`` (only), or ``no``."""
    flag: str
    """Why to avoid the element where another would do; empty if there is no reason."""


class Flag(NamedTuple):
    """An element of a compound that its supply speaks against."""

    element: str
    """Symbol."""
    mass_share: float
    """Mass of the element per mass of the compound."""
    reason: str
    """Why, in half a sentence."""


class SupplyRisk(NamedTuple):
    """Supply risk of a compound."""

    concentration: Quantity
    """Herfindahl-Hirschman index, weighted by mass. [1]"""
    worst: str
    """Element with the highest index of its own."""
    worst_concentration: Quantity
    """Index of that element. [1]"""
    eu_critical: tuple[str, ...]
    """Elements on the EU's list of critical raw materials of 2023."""
    flags: tuple[Flag, ...]
    """Elements to avoid, the largest mass first."""


class CompositeSupply(NamedTuple):
    """Cost and supply of a cathode composite, without its synthesis and without the anode."""

    cost: Quantity
    """What its elements cost. [USD/kg]"""
    concentration: float
    """Herfindahl-Hirschman index, weighted by mass. [1]"""
    flags: tuple[str, ...]
    """Elements to avoid, the largest mass first."""


class CompositeSupplies(NamedTuple):
    """Cost and supply of many cathode composites."""

    cost: NDArray[np.float64]
    """What their elements cost, shape (n,); nan where one has no price. [USD/kg]"""
    concentration: NDArray[np.float64]
    """Herfindahl-Hirschman indices, weighted by mass, shape (n,). [1]"""
    flags: tuple[str, ...]
    """Elements to avoid, the largest mass first: ``Co, Ni``; or why that is not known."""


@cache
def element_supplies() -> Mapping[str, ElementSupply]:
    """Return price and supply of all elements on record, by symbol.

    Examples
    --------
    >>> element_supplies()["Co"].price[:4]
    (32.8, 10.93..., 98.39..., 'USD/kg')
    """
    text = (files("descriptors") / "data" / "element_supply.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {row["element"]: _supply(row) for row in csv.DictReader(text.splitlines())}
    )


def element_supply(element: str) -> ElementSupply:
    """Return price and supply of one element.

    Raises
    ------
    NoMeasurement
        If the element is not in ``element_supply.csv``.

    Examples
    --------
    >>> element_supply("Nb").flag
    'about nine tenths come from one country, Brazil'
    """
    try:
        return element_supplies()[element]
    except KeyError as error:
        raise NoMeasurement(
            f"no price of {element!r} on record ({len(element_supplies())} elements have one); "
            "add a row with its source to element_supply.csv"
        ) from error


@cache
def raw_material_cost(formula: str) -> Quantity:
    """Return what the elements of a compound cost [USD per kg of the compound].

    Parameters
    ----------
    formula : str
        The compound.

    Raises
    ------
    FormulaError
        If the text is no formula.
    NoMeasurement
        If an element has no price on record.

    Notes
    -----
    With mass shares w and prices p of the elements ::

        cost = sum_i w_i p_i

    The form that is traded sets the price: lithium and zirconium as metals, though their salts
    are what a synthesis buys, per lithium at times half as dear. No synthesis, no purity, no
    waste: for ranking within a factor of `PRICE_SPREAD`, which is the interval; all prices move
    together in it.

    Examples
    --------
    13.88 of 45.94 g are lithium at 83.5 USD/kg; 32.06 g are sulfur at 0.0926.

    >>> round(raw_material_cost("Li2S").value, 2)
    25.29
    """
    shares = _mass_shares(formula)
    supplies = {element: element_supply(element) for element in shares}
    value, low, high = (
        sum(share * price for share, price in zip(shares.values(), prices, strict=True))
        for prices in zip(*(supply.price[:3] for supply in supplies.values()), strict=True)
    )
    main = max(shares, key=lambda element: shares[element] * supplies[element].price.value)
    part = shares[main] * supplies[main].price.value / value
    return Quantity(
        value,
        low,
        high,
        "USD/kg",
        Kind.ESTIMATED,
        f"{main} makes {100 * part:.0f} % of it; {supplies[main].price.source}",
    )


def composite_supply(recipe: Recipe, *, sse: str, cathode: str) -> CompositeSupply:
    """Return cost and supply of a cathode composite; quick, for many pairs.

    Parameters
    ----------
    recipe : Recipe
        The composite by mass.
    sse, cathode : str
        Formulas of its electrolyte and of its cathode as assembled.

    Raises
    ------
    FormulaError
        If a text is no formula.
    NoMeasurement
        If an element has no price on record.

    Notes
    -----
    With mass fractions w of cathode, SSE and carbon ::

        cost = sum_i w_i raw_material_cost_i,   concentration = sum_i w_i HHI_i

    Carbon counts as the element. Prices move together in the interval. A cathode that is assembled
    without lithium looks cheaper than it is: its lithium stands in the anode.

    Examples
    --------
    0.4 x 4.41 (LiFePO4) + 0.57 x 14.2 (Li2ZrCl6) + 0.03 x 0.122 (carbon) USD/kg.

    >>> from descriptors.recipe import Mixing, Recipe
    >>> lfp = Recipe("LFP", 0.40, 0.57, 0.03, "VGCF", Mixing.HAND, 375, "Cronk 2024")
    >>> round(composite_supply(lfp, sse="Li2ZrCl6", cathode="LiFePO4").cost.value)
    10
    """
    parts = _parts(recipe, sse, cathode)
    costs = [(share, raw_material_cost(formula)) for share, formula in parts]
    value = sum(share * cost.value for share, cost in costs)
    low = sum(share * cost.low for share, cost in costs)
    high = sum(share * cost.high for share, cost in costs)
    share, dearest = max(costs, key=lambda part: part[0] * part[1].value)
    risks = [(share, supply_risk(formula)) for share, formula in parts]
    source = f"{100 * share * dearest.value / value:.0f} % by one part: {dearest.source}"
    return CompositeSupply(
        Quantity(value, low, high, "USD/kg", Kind.ESTIMATED, source),
        sum(of_composite * risk.concentration.value for of_composite, risk in risks),
        _flagged(risks),
    )


def composite_supplies(
    recipes: Sequence[Recipe], *, sses: Sequence[str], cathodes: Sequence[str]
) -> CompositeSupplies:
    """Return cost and supply of many cathode composites, each as :func:`composite_supply`.

    Parameters
    ----------
    recipes : sequence of Recipe, length n
        The composites by mass.
    sses, cathodes : sequence of str, length n
        Formulas of their electrolytes and of their cathodes as assembled.

    Raises
    ------
    FormulaError
        If a text is no formula.
    """
    place = {formula: row for row, formula in enumerate({*sses, *cathodes, "C"})}
    known = [_known(formula) for formula in place]
    figures = np.array([(one.cost, one.concentration) for one in known])
    carbons = [one.carbon_fraction if one.carbon else 0.0 for one in recipes]
    shares = np.column_stack(
        [[(one.cathode_fraction, one.sse_fraction) for one in recipes], carbons]
    )
    cathode, sse, carbon = (
        shares[:, [part]] * figures[[place[formula] for formula in formulas]]
        for part, formulas in enumerate((cathodes, sses, ["C"] * len(sses)))
    )
    cost, concentration = (cathode + sse + carbon).T
    parts = map(_parts, recipes, sses, cathodes)
    flags = (_flags([(share, known[place[formula]]) for share, formula in part]) for part in parts)
    return CompositeSupplies(cost, concentration, tuple(flags))


class _Known(NamedTuple):
    """What is known of the elements of one compound."""

    cost: float
    concentration: float
    risk: SupplyRisk | None
    fault: str


def _known(formula: str) -> _Known:
    try:
        risk = supply_risk(formula)
        return _Known(raw_material_cost(formula).value, risk.concentration.value, risk, "")
    except NoMeasurement as error:
        return _Known(np.nan, np.nan, None, str(error))


def _parts(recipe: Recipe, sse: str, cathode: str) -> list[tuple[float, str]]:
    parts = [(recipe.cathode_fraction, cathode), (recipe.sse_fraction, sse)]
    return [*parts, (recipe.carbon_fraction, "C")] if recipe.carbon else parts


def _flags(parts: Sequence[tuple[float, _Known]]) -> str:
    """Return the elements to avoid as text, or why they are not known."""
    for _, part in parts:
        if part.fault:
            return part.fault
    flagged = [(share, part.risk) for share, part in parts if part.risk and part.risk.flags]
    return ", ".join(_flagged(flagged)) if flagged else ""


def _flagged(parts: Sequence[tuple[float, SupplyRisk]]) -> tuple[str, ...]:
    """Return the elements to avoid in a composite, the largest mass first."""
    masses: dict[str, float] = {}
    for of_composite, risk in parts:
        for flag in risk.flags:
            masses[flag.element] = masses.get(flag.element, 0.0) + of_composite * flag.mass_share
    return tuple(sorted(masses, key=lambda element: -masses[element]))


@cache
def supply_risk(formula: str) -> SupplyRisk:
    """Return how concentrated the supply of a compound is, and which elements to avoid.

    Parameters
    ----------
    formula : str
        The compound.

    Raises
    ------
    FormulaError
        If the text is no formula.
    NoMeasurement
        If an element has no figures on record.

    Notes
    -----
    With s the shares in per cent of the countries in the production of an element, and w the mass
    shares of the elements in the compound [1]_ ::

        HHI = sum_countries s^2        (10000: one country; below 1500: spread; above 2500: high)
        HHI(compound) = sum_i w_i HHI_i

    Dilution hides a rare element, so the worst one is named as well. Country shares of 2011 to
    2015: old, but they move slowly. Flags are our judgement; their reasons stand in the table.

    References
    ----------
    .. [1] M. W. Gaultois et al., Chem. Mater. 25, 2911 (2013), doi:10.1021/cm400893e.

    Examples
    --------
    13.88 of 45.94 g at 5008.4, 32.06 g at 726.2.

    >>> risk = supply_risk("Li2S")
    >>> round(risk.concentration.value), risk.worst, risk.flags
    (2020, 'Li', ())
    """
    shares = _mass_shares(formula)
    supplies = {element: element_supply(element) for element in shares}
    value = sum(share * supplies[element].concentration.value for element, share in shares.items())
    worst = max(shares, key=lambda element: supplies[element].concentration.value)
    found = [
        Flag(element, share, supplies[element].flag)
        for element, share in shares.items()
        if supplies[element].flag and share >= SMALLEST_SHARE
    ]
    source = "; ".join(dict.fromkeys(row.concentration.source for row in supplies.values()))
    return SupplyRisk(
        Quantity(value, value, value, "1", Kind.COMPUTED, source),
        worst,
        supplies[worst].concentration,
        tuple(element for element in shares if supplies[element].eu_list == "critical"),
        tuple(sorted(found, key=lambda flag: -flag.mass_share)),
    )


def _mass_shares(formula: str) -> dict[str, float]:
    read = composition(formula)
    return {
        element: ATOMIC_WEIGHT[element] * n / read.molar_mass for element, n in read.amounts.items()
    }


def _supply(row: Mapping[str, str]) -> ElementSupply:
    price, index = float(row["price_usd_per_kg"]), float(row["concentration_hhi"])
    return ElementSupply(
        element=row["element"],
        price=Quantity(
            price,
            price / PRICE_SPREAD,
            price * PRICE_SPREAD,
            "USD/kg",
            Kind.ESTIMATED,
            f"{row['price_form']}, {row['price_year']}, {row['price_source']} "
            f"[a factor of {PRICE_SPREAD:g} either side]",
        ),
        concentration=Quantity(
            index,
            index,
            index,
            "1",
            Kind.COMPUTED,
            f"production of {row['concentration_year']}, {row['concentration_source']} "
            "[no interval]",
        ),
        eu_list=row["eu_list_2023"],
        flag=row["flag"],
    )
