"""Whether an interphase stops growing: which of its products conduct electrons.

An interphase grows as long as electrons and lithium pass through it. Products that hold electrons
back stop it after some nanometres; products that conduct both let it go on. What the common
products do stands in ``data/interphase_products.csv``, one source a row.
"""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import exp, log, log10
from typing import TYPE_CHECKING, NamedTuple

from descriptors.electrolyte.band_gap import networks, predictable, predicted_band_gaps
from descriptors.quantity import Kind, Quantity, weakest
from screening.text.kept_answers import KeptAnswers
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

THRESHOLD = 0.16
"""Share at which conducting grains join up in three dimensions: Scher and Zallen, J. Chem. Phys.
53, 3759 (1970), by volume; atoms stand for volume here."""
STABLE = 1e-3
"""Reaction energies closer to zero than this form nothing worth the name. [eV/atom]"""
HALF_GAP = 1.5
"""Gap at which half of the solids let enough electrons through. Carriers of the pure crystal
alone give 1e-8 S/cm at about 1 eV; impurities and lithium do the rest. A judgement. [eV]"""
HALF_CONDUCTIVITY = 1e-8
"""Conductivity at which half do: a hundredth still grows 8 um a year under 1 V. [S/cm]"""
_GAP_WIDTH = 0.3  # [eV] Of the logistic curve about HALF_GAP.
_GGA_SHARE = 0.6  # A GGA gap is about 40 % too small: README of mp_band_gaps.
_DOUBT = 1.0  # Of the logit at both ends of the interval; half as much again from GGA or memory.
_NON_METALS = frozenset(["H", "B", "C", "N", "O", "F", "P", "S", "Cl", "As", "Se", "Br", "Te", "I"])
_SURE: Mapping[str, tuple[float, float, float]] = {
    "yes": (0.97, 0.90, 1.0),
    "no": (0.02, 0.0, 0.06),
}
"""Value, low and high where the table says yes or no: one row in twenty or so may be wrong."""
_UNLISTED_KINDS = {Kind.PREDICTED, Kind.ASSUMED}
_CLEAR = 0.8  # Probability from which a statement says "conducts"; below 1 - it, "insulates".
_PREDICTED_DOUBT = 2.0  # [logit] Four of five measured rows of the table are told right.
_LEAST = 0.01  # No prediction is surer than this.
_OPEN_SHELLS = frozenset(["V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu"])
_LOCALISING = frozenset(["O", "F", "Cl", "Br", "I"])
"""With an open shell and one of these GGA often finds a metal where there is an insulator."""
_NOBODY_KNOWS = (0.97, 0.05, 1.0)
"""A product of unknown elements: no better than one that surely conducts, and may be anything."""
_UNKNOWN_ELEMENT = Quantity(
    *_NOBODY_KNOWS, "1", Kind.ASSUMED, "an element that no band gap was learned of"
)

Host = frozenset[tuple[str, float]]
"""Shares of elements other than lithium: equal for all states of one cathode."""


class Lithium(StrEnum):
    """Whether a product lets lithium ions through."""

    YES = "yes"
    """At 1e-6 S/cm or more, or as a host of lithium."""
    SLOW = "slow"
    """It holds lithium, which hardly moves: LiCl, Li2S, Li3PO4."""
    NO = "no"
    """It holds none; nobody has reported otherwise."""


class Conduction(NamedTuple):
    """What one product conducts."""

    electrons: Quantity
    """Probability that it lets electrons through well enough for an interphase to grow. [1]"""
    lithium: Lithium
    """Whether it lets lithium through."""
    n_atoms: float
    """Atoms in the formula unit."""
    host: Host
    """Shares of its elements without lithium."""
    statement: str
    """Its formula, with ``listed``, ``predicted`` or ``assumed``, and from what."""


class GrowthClass(StrEnum):
    """What becomes of an interphase."""

    STABLE = "stable"
    """Nothing forms."""
    PASSIVATING = "passivating"
    """What forms holds electrons back: the reaction stops by itself."""
    MIXED_CONDUCTING = "mixed_conducting"
    """What forms conducts electrons: the reaction goes on."""
    UNKNOWN = "unknown"
    """The products cannot be told to conduct or not."""


class Reaction(NamedTuple):
    """What forms where two materials meet."""

    products: Sequence[tuple[str, float]]
    """Formulas as the phase table writes them, and their amounts in formula units."""
    energy: float
    """Energy of the reaction; not above 0. [eV/atom]"""
    cathode: str | None
    """Any state of the cathode, if one takes part."""


class Interphase(NamedTuple):
    """What forms between an SSE and a cathode, and whether it stops."""

    growth: GrowthClass
    """What becomes of it."""
    conducting: Quantity
    """Share of its atoms in phases that conduct electrons. [1]"""
    products: tuple[tuple[str, float, Conduction], ...]
    """Formulas, shares of the atoms [1] and conduction, as given."""

    @property
    def statement(self) -> str:
        """In one line: the class, the share, and which products are behind it."""
        if not self.products:
            return "stable: nothing forms"
        lots = sorted(self.products, key=lambda part: -part[1] * part[2].electrons.value)
        of = "; ".join(f"{100 * share:.0f} % {known.statement}" for _, share, known in lots)
        low, high = self.conducting.low, self.conducting.high
        return (
            f"{self.growth.value.replace('_', ' ')}: {100 * self.conducting.value:.0f} % "
            f"({100 * low:.0f} to {100 * high:.0f}) of the atoms in phases that conduct electrons, "
            f"they join up at {100 * THRESHOLD:.0f} %; {of}"
        )


_NOTHING_FORMS, _CATHODE_ALONE = (
    Interphase(GrowthClass.STABLE, Quantity(0.0, 0.0, 0.0, "1", Kind.COMPUTED, why), ())
    for why in ("nothing forms", "the cathode alone")
)


def interphases(reactions: Sequence[Reaction]) -> list[Interphase]:
    """Return what becomes of interphases.

    Parameters
    ----------
    reactions : sequence of Reaction
        What forms them.

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Notes
    -----
    With the atoms w of each product as a share of all, and the probabilities p that it conducts ::

        conducting = sum_i w_i p_i

    Mixed conducting if the whole interval lies above `THRESHOLD`, where conducting grains join up,
    passivating if it lies below, unknown where it does not say. All products are taken to err
    together in the interval. The idea is Wenzel's [1]_; why it decides which coating works, see
    [2]_. Grain sizes, layering and the current are left out: a thin layer of metal may be cut off.
    What nobody has listed is predicted for all products at once, which takes a thirtieth.

    References
    ----------
    .. [1] S. Wenzel et al., Solid State Ionics 278, 98 (2015), doi:10.1016/j.ssi.2015.06.001.
    .. [2] Y. Xiao et al., Joule 3, 1252 (2019), doi:10.1016/j.joule.2019.02.006.

    Examples
    --------
    Half of the atoms are in Co9S8, a metal (17 of 34); lithium chloride has the other half.

    >>> interphases([Reaction([("Co9S8", 1.0), ("LiCl", 8.5)], -0.3, None)])[0].growth
    <GrowthClass.MIXED_CONDUCTING: 'mixed_conducting'>
    >>> interphases([Reaction([("ZrO2", 1.0), ("LiCl", 8.5)], -0.3, None)])[0].growth
    <GrowthClass.PASSIVATING: 'passivating'>
    """
    known = conductions([formula for one in reactions for formula, _ in one.products])
    return [_interphase(one, known) for one in reactions]


def _interphase(reaction: Reaction, known: Mapping[str, Conduction]) -> Interphase:
    products, energy, cathode = reaction
    if not products or energy > -STABLE:
        return _NOTHING_FORMS
    parts = [(formula, amount, known[formula]) for formula, amount in products]
    if cathode is not None:
        host = _host(cathode)
        parts = [part for part in parts if part[2].host != host]
        if not parts:
            return _CATHODE_ALONE
    atoms = sum(amount * what.n_atoms for _, amount, what in parts)
    value = low = high = 0.0
    shares = []
    for formula, amount, what in parts:
        share = amount * what.n_atoms / atoms
        electrons = what.electrons
        value += share * electrons.value
        low += share * electrons.low
        high += share * electrons.high
        shares.append((formula, share, what))
    kind = weakest(*[what.electrons.kind for _, _, what in parts])
    return Interphase(
        _growth(low, high),
        Quantity(value, low, high, "1", kind, "what its products conduct, by atoms"),
        tuple(shares),
    )


def conductions(formulas: Sequence[str]) -> Mapping[str, Conduction]:
    """Return what products conduct, by formula: listed, else predicted, else assumed.

    Those of others that were asked for before are there too: most reactions share their products.

    Parameters
    ----------
    formulas : sequence of str
        The products, written in any way; they may repeat.

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Notes
    -----
    Where the table neither says yes nor no but gives a gap [eV] or a conductivity [S/cm] ::

        ln(p / (1 - p)) = (1.5 - gap) / 0.3,   or   log10(conductivity / 1e-8)

    GGA gaps are divided by 0.6 first. A compound of metals alone is an alloy and conducts.
    Everything else is predicted from its composition (:mod:`descriptors.electrolyte.band_gap`),
    with twice the doubt downwards where 3d metals meet oxygen or halogens, for GGA misses the gap
    of many such insulators; or assumed to be anything, if an element is unknown to the prediction.

    Examples
    --------
    >>> known = conductions(["Ni3S2", "LiCl"])
    >>> known["Ni3S2"].electrons.value > 0.9 > 0.1 > known["LiCl"].electrons.value
    True
    """
    return _kept_conductions().of(formulas)


@cache
def _kept_conductions() -> KeptAnswers[Conduction]:
    return KeptAnswers(_told)


def _told(formulas: Sequence[str]) -> dict[str, Conduction]:
    found, unlisted = {}, []
    for formula in formulas:
        read = composition(formula)
        if (known := _listed().get(read.shares)) is not None:
            found[formula] = known._replace(n_atoms=read.n_atoms)
        elif len(read.amounts) > 1 and not _NON_METALS & read.amounts.keys():
            alloy = Quantity(*_SURE["yes"], "1", Kind.PREDICTED, "metals alone: an alloy")
            found[formula] = _conduction(formula, alloy)
        else:
            unlisted.append(formula)
    for formula, electrons in zip(unlisted, _unlisted(unlisted), strict=True):
        found[formula] = _conduction(formula, electrons)
    return found


def _conduction(formula: str, electrons: Quantity) -> Conduction:
    read = composition(formula)
    lithium = Lithium.SLOW if "Li" in read.amounts else Lithium.NO
    return Conduction(
        electrons, lithium, read.n_atoms, _host(formula), _statement(formula, electrons)
    )


@cache
def _host(formula: str) -> Host:
    amounts = composition(formula).amounts
    total = sum(n for element, n in amounts.items() if element != "Li")
    return frozenset((e, round(n / total, 9)) for e, n in amounts.items() if e != "Li")


def _growth(low: float, high: float) -> GrowthClass:
    if low >= THRESHOLD:
        return GrowthClass.MIXED_CONDUCTING
    return GrowthClass.PASSIVATING if high < THRESHOLD else GrowthClass.UNKNOWN


def _unlisted(formulas: Sequence[str]) -> list[Quantity]:
    """Return the probabilities that products which no table knows conduct electrons."""
    known = [formula for formula, so in zip(formulas, predictable(formulas), strict=True) if so]
    found = dict.fromkeys(formulas, _UNKNOWN_ELEMENT)
    if known:
        for formula, *gap in zip(known, *_ends(known), strict=True):
            found[formula] = _by_gap(set(composition(formula).amounts), *gap)
    return [found[formula] for formula in formulas]


def _ends(formulas: Sequence[str]) -> tuple[list[float], ...]:
    """Return gaps, their ends [eV], probabilities of conducting, alike alone and among others."""
    gaps = predicted_band_gaps(formulas)
    return tuple(p.round(6).tolist() for p in (gaps.value, gaps.low, gaps.high, gaps.conducting))


def _by_gap(
    elements: set[str], value: float, low: float, high: float, conducting: float
) -> Quantity:
    """Return the probability that goes with a predicted GGA gap."""
    p = min(max(conducting, _LEAST), 1 - _LEAST)
    odds = log(p / (1 - p))
    correlated = _OPEN_SHELLS & elements and _LOCALISING & elements
    least = _probability(odds - (2 if correlated else 1) * _PREDICTED_DOUBT)
    most = _probability(odds + _PREDICTED_DOUBT)
    gap = f"GGA gap of {value:.2g} eV ({low:.2g} to {high:.2g})"
    return Quantity(p, least, most, "1", Kind.PREDICTED, f"{gap}, predicted; {networks().story}")


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _statement(formula: str, electrons: Quantity) -> str:
    word = electrons.kind.value if electrons.kind in _UNLISTED_KINDS else "listed"
    verdict = "conducts" if electrons.value >= _CLEAR else "insulates"
    if 1 - _CLEAR < electrons.value < _CLEAR:
        verdict = f"conducts with probability {electrons.value:.2g}"
    return f"{formula} {verdict} ({word})"


@cache
def _listed() -> Mapping[frozenset[tuple[str, float]], Conduction]:
    found = {}
    for row in _rows():
        read = composition(row["formula"])
        electrons = _electrons(row)
        statement = _statement(row["formula"], electrons)
        lithium = Lithium(row["conducts_lithium"])
        host = _host(row["formula"])
        found[read.shares] = Conduction(electrons, lithium, read.n_atoms, host, statement)
    return found


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files("screening").joinpath("data/interphase_products.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _electrons(row: Mapping[str, str]) -> Quantity:
    """Return the probability that a row of the table stands for, with its source."""
    remembered = row["confidence"] == "from memory"
    source = (
        f"{row['property'].replace('_', ' ')} {row['value']} {row['unit']}, "
        f"{row['source']} ({row['confidence']})"
    )
    kind = Kind.ESTIMATED if remembered else Kind.COMPUTED
    if row["conducts_electrons"] in _SURE:
        return Quantity(*_SURE[row["conducts_electrons"]], "1", kind, source)
    value, doubt = float(row["value"]), _DOUBT
    if remembered or row["property"] == "band_gap_gga":
        doubt *= 1.5
    if row["property"] == "electronic_conductivity":
        odds = log10(value / HALF_CONDUCTIVITY)
    else:
        gap = value / _GGA_SHARE if row["property"] == "band_gap_gga" else value
        odds = (HALF_GAP - gap) / _GAP_WIDTH
    low, high = _probability(odds - doubt), _probability(odds + doubt)
    return Quantity(_probability(odds), low, high, "1", kind, source)
