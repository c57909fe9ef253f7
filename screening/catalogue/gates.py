"""What a specialist refuses at a glance: gates that a candidate passes before anything is computed.

Each gate asks one question of the composition and gives its answer with the value, the limit and
the reason. They are on by default in campaigns, and each can be switched off by its name. What is
only a doubt, such as a compound that nobody has made, is no gate: it would hold back good ones.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.band_gap import predictable, predicted_band_gaps
from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.frameworks import NO_FRAMEWORK, charge_range, charges, frameworks
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LITHIUM_SHARE = 0.5
"""Lithium among all monovalent cations that can move, which must be above it. [1]

Where others are as many, they carry as much of the current and go into the cathode instead, and
each kind blocks the paths of the other: conductivity is least near equal amounts, by decades (the
mixed-alkali effect: D. E. Day, J. Non-Cryst. Solids 21, 343 (1976); J. C. Dyre et al., Rep. Prog.
Phys. 72, 046501 (2009); from memory)."""
BALANCE = 0.05
"""Charge per anion that may be missing: formulas are written with few decimals. [e]"""
PROTONS = 0.5
"""Protons per lithium from which a compound is a hydrate or a protonic one: Li2OHCl has 0.5."""
HOST_SHARE = 0.1
"""Redox-active metals among all cations from which a compound is a cathode; dopants are fewer."""
GGA_GAP = 1.0
"""Least gap of an electronic insulator as GGA finds it, about 1.7 eV in truth. [eV]"""
_MOBILE = ("Li", "Na", "K", "Rb", "Cs", "Ag", "Tl", "Cu")
_RADIOACTIVE = ("Tc", "Pm", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U", "Np", "Pu")
_TOXIC = ("Be", "As", "Cd", "Hg", "Tl", "Pb")
_PRECIOUS = ("Ru", "Rh", "Pd", "Ag", "Re", "Os", "Ir", "Pt", "Au")
UNWANTED: Mapping[str, tuple[str, ...]] = {
    "radioactive": _RADIOACTIVE,
    "very toxic": _TOXIC,
    "precious": _PRECIOUS,
}
"""Elements that no laboratory works with in a composite, by reason."""
_UNWANTED = {element: reason for reason, many in UNWANTED.items() for element in many}
_OXIDISERS: Mapping[str, float] = {"Cl": 1, "Br": 1, "I": 1, "N": 1, "Cr": 6, "Mn": 6, "Xe": 1}
"""Charge from which an element beside oxygen makes chlorates, nitrates, chromates."""
_FLUOROANIONS = ("B", "C", "N", "Si", "P", "S", "Ge", "As")
"""What fluorine binds into molecules of their own: BF4, PF6, SiF6."""
_HARD = ("N", "O", "F", "Cl", "Br", "I")
"""Anions whose compounds with closed shells insulate; sulfides and selenides may not."""
_OPEN_SHELLS = ("Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Ru", "Rh", "Pd", "Os", "Ir", "Pt", "Au")
"""Transition metals whose usual ions have d electrons."""
_REDOX_ACTIVE = ("Cr", "Mn", "Fe", "Co", "Ni", "Cu")
_IF_REDUCED = ("V", "Nb", "Mo", "W", "Ti")
"""Redox-active unless fully oxidised: Ti(IV) and V(V) take up lithium below 2 V only."""
_PLACE = {element: place for place, element in enumerate(ELEMENTS)}
_BLOCK = 10_000  # Formulas that go through all gates together: they are read once.
_ROUNDING = 1e-6  # Of a share of rounded amounts, so that exactly half is half.
_LEAST = 1e-9  # Keeps a ratio finite where its denominator is absent.


class Gate(StrEnum):
    """What is asked, in this order."""

    FRAMEWORK = "framework"
    """Anions form a lattice: no alloy, pnictide or molecular crystal."""
    LITHIUM = "lithium"
    """Lithium is more than half of the cations that can move."""
    BALANCE = "balance"
    """Common oxidation states add up to no charge."""
    ELEMENTS = "elements"
    """No radioactive, very toxic or precious element."""
    REACTIVE = "reactive"
    """No oxidiser, hydrate, protonic or molecular salt."""
    HOST = "host"
    """Hardly any metal that changes its charge in use: not itself a cathode."""
    INSULATOR = "insulator"
    """A band gap that holds electrons back."""


class Verdict(NamedTuple):
    """Whether a candidate passes a gate."""

    gate: Gate
    """The gate."""
    passed: bool
    """Whether it lets the candidate through."""
    value: float
    """What was compared. [unit of the limit]"""
    threshold: float
    """The limit."""
    reason: str
    """Why, in words."""


def verdicts(formula: str, *, gap: float | None = None) -> list[Verdict]:
    """Return what every gate says of one formula.

    Parameters
    ----------
    formula : str
        The candidate.
    gap : float, optional
        Its band gap as GGA finds it, if that is known; predicted otherwise. [eV]

    Raises
    ------
    FormulaError
        If the formula cannot be read.

    Examples
    --------
    >>> [one.gate.value for one in verdicts("LiZn(ClO3)3") if not one.passed]
    ['reactive']
    >>> all(one.passed for one in verdicts("Li3YCl6"))
    True
    """
    gaps = {} if gap is None else {formula: gap}
    return [_GATES[gate]([formula], gaps)[0] for gate in Gate]


def refused(
    formulas: Sequence[str], gates: Sequence[Gate] = tuple(Gate), *, gaps: Mapping[str, float]
) -> Iterator[tuple[Gate, dict[str, Verdict]]]:
    """Yield the candidates that each gate refuses of those that the gates before let through.

    Parameters
    ----------
    formulas : sequence of str
        The candidates.
    gates : sequence of Gate, optional
        The gates to ask; all by default.
    gaps : mapping
        Band gaps as GGA finds them, by formula, where they are known. [eV]

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    """
    out: dict[Gate, dict[str, Verdict]] = {gate: {} for gate in Gate if gate in gates}
    for first in range(0, len(formulas), _BLOCK):
        left = list(formulas[first : first + _BLOCK])
        for gate, refusals in out.items():
            said = zip(left, _GATES[gate](left, gaps) if left else [], strict=True)
            refusals |= {formula: verdict for formula, verdict in said if not verdict.passed}
            left = [formula for formula in left if formula not in refusals]
    yield from out.items()


def refused_names(names: Iterable[str]) -> set[str]:
    """Return the materials that some gate refuses; what has no formula passes, as nobody can tell.

    Parameters
    ----------
    names : iterable of str
        Formulas or labels.

    Examples
    --------
    >>> refused_names(["LiClO4", "our glass", "Li3YCl6"])
    {'LiClO4'}
    """
    formulas = []
    for name in dict.fromkeys(names):
        try:
            composition(name)
        except FormulaError:
            continue
        formulas.append(name)
    return {name for _, out in refused(formulas, gaps={}) for name in out}


def _framework(formulas: Sequence[str], _: Mapping[str, float]) -> list[Verdict]:
    kinds = frameworks(element_shares(formulas))
    return [
        Verdict(Gate.FRAMEWORK, family != NO_FRAMEWORK, float(family != NO_FRAMEWORK), 1.0, kind)
        for family, kind in zip(kinds.family.tolist(), kinds.subclass.tolist(), strict=True)
    ]


def _lithium(formulas: Sequence[str], _: Mapping[str, float]) -> list[Verdict]:
    shares = element_shares(formulas)
    cations = shares * (charges(shares) > 0)
    mobile = cations[:, [_PLACE[element] for element in _MOBILE]].sum(axis=1)
    share = cations[:, _PLACE["Li"]] / np.maximum(mobile, _LEAST)
    reason = "of the mobile cations are Li, which must be more than half"
    return [
        Verdict(Gate.LITHIUM, one > LITHIUM_SHARE + _ROUNDING, one, LITHIUM_SHARE, reason)
        for one in share.tolist()
    ]


def unbalanced(formulas: Sequence[str]) -> list[float]:
    """Return the charge that common oxidation states leave open, per anion [e].

    Parameters
    ----------
    formulas : sequence of str
        The compounds.

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Examples
    --------
    >>> unbalanced(["LiNbO3", "LiNbO"])
    [0.0, 2.0]
    """
    negative, least, most = charge_range(element_shares(formulas))
    return list(np.maximum(np.maximum(least - negative, negative - most), 0.0).tolist())


def _balance(formulas: Sequence[str], _: Mapping[str, float]) -> list[Verdict]:
    return [
        Verdict(Gate.BALANCE, one <= BALANCE, one, BALANCE, "charges per anion do not balance")
        for one in unbalanced(formulas)
    ]


def _elements(formulas: Sequence[str], _: Mapping[str, float]) -> list[Verdict]:
    found = []
    for formula in formulas:
        held = composition(formula).amounts
        known = {element: _UNWANTED.get(element) for element in held}
        strange = {element: "unknown" for element in held if element not in _PLACE}
        bad = {element: why for element, why in {**known, **strange}.items() if why}
        reason = ", ".join(f"{element} is {why}" for element, why in bad.items())
        found.append(Verdict(Gate.ELEMENTS, not bad, float(len(bad)), 0.0, reason))
    return found


def _reactive(formulas: Sequence[str], _: Mapping[str, float]) -> list[Verdict]:
    shares = element_shares(formulas)
    states = charges(shares)
    oxygen = shares[:, _PLACE["O"]] > 0
    protons = shares[:, _PLACE["H"]] * (states[:, _PLACE["H"]] > 0)
    per_lithium = protons / np.maximum(shares[:, _PLACE["Li"]], _LEAST)
    fluoride = (frameworks(shares).subclass == "fluoride")[:, None] & (shares > 0)
    found = []
    for row, ratio in enumerate(per_lithium.tolist()):
        why = [
            f"{element} is oxidised to +{states[row, _PLACE[element]]:.3g}: an oxidiser"
            for element, least in _OXIDISERS.items()
            if oxygen[row] and element in _PLACE and states[row, _PLACE[element]] >= least
        ]
        why += ["a fluoro-salt of " + e for e in _FLUOROANIONS if fluoride[row, _PLACE[e]]]
        if ratio > PROTONS:
            why.append(f"{ratio:.2g} protons per Li: a hydrate, an acid or an amide")
        if shares[row, _PLACE["C"]] > 0 and shares[row, _PLACE["N"]] > 0:
            why.append("a cyanide or another molecular salt")
        found.append(Verdict(Gate.REACTIVE, not why, ratio, PROTONS, "; ".join(why)))
    return found


def _host(formulas: Sequence[str], _: Mapping[str, float]) -> list[Verdict]:
    shares = element_shares(formulas)
    states = charges(shares)
    cations = shares * (states > 0)
    active = cations[:, [_PLACE[element] for element in _REDOX_ACTIVE]].sum(axis=1)
    anions = (shares * (states < 0)).sum(axis=1)
    reduced = (shares * states).sum(axis=1) > BALANCE * anions
    active += reduced * cations[:, [_PLACE[element] for element in _IF_REDUCED]].sum(axis=1)
    share = active / np.maximum(cations.sum(axis=1), _LEAST)
    reason = "of the cations are metals that change their charge, as in a cathode"
    return [
        Verdict(Gate.HOST, one <= HOST_SHARE, one, HOST_SHARE, reason) for one in share.tolist()
    ]


def _insulator(formulas: Sequence[str], gaps: Mapping[str, float]) -> list[Verdict]:
    unknown = [formula for formula in formulas if formula not in gaps]
    predicted = _predicted_gaps(unknown)
    closed = dict(zip(formulas, _closed_shells(formulas).tolist(), strict=True))
    found = []
    for formula in formulas:
        sure, shut = formula in gaps, closed[formula] and formula not in gaps
        gap = gaps.get(formula, predicted.get(formula, 0.0))
        source = "tabulated" if sure else "predicted"
        source += "; its ions balance with closed shells, which insulate" if shut else ""
        passed = gap >= GGA_GAP or shut
        reason = f"eV of GGA band gap, {source}"
        found.append(Verdict(Gate.INSULATOR, passed, gap, GGA_GAP, reason))
    return found


def _closed_shells(formulas: Sequence[str]) -> Flags:
    """Return which oxides and halides balance at usual states without any open d shell.

    A network that has learned from many reduced oxides of Ti or Nb calls LiTi2(PO4)3 a metal; its
    balance says that it is none.
    """
    shares = element_shares(formulas)
    states = charges(shares)
    anions = (shares * (states < 0)).sum(axis=1)
    neutral = np.abs((shares * states).sum(axis=1)) <= BALANCE * anions
    hard = shares[:, [_PLACE[element] for element in _HARD]].sum(axis=1) >= anions / 2
    open_shells = shares[:, [_PLACE[element] for element in _OPEN_SHELLS]].sum(axis=1) > 0
    return np.asarray(neutral & hard & ~open_shells)


def _predicted_gaps(formulas: Sequence[str]) -> dict[str, float]:
    """Return predicted band gaps [eV]; what holds an element that nobody knows has none."""
    known = [formula for formula, so in zip(formulas, predictable(formulas), strict=True) if so]
    return dict(zip(known, predicted_band_gaps(known).value.tolist(), strict=True)) if known else {}


_GATES = {
    Gate.FRAMEWORK: _framework,
    Gate.LITHIUM: _lithium,
    Gate.BALANCE: _balance,
    Gate.ELEMENTS: _elements,
    Gate.REACTIVE: _reactive,
    Gate.HOST: _host,
    Gate.INSULATOR: _insulator,
}
