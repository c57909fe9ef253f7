"""Numbers that describe a composition: what its ions are, how large, how many per anion.

Ions are guessed from the composition: each element has one usual oxidation state; some change
sides by rules (`oxidation_states`). Everything is a ratio, so the size of the formula unit changes
nothing.

Sources of `_IONS`: usual oxidation state, ours; electronegativity after Pauling as in A. L. Allred,
J. Inorg. Nucl. Chem. 17, 215 (1961), doi:10.1016/0022-1902(61)80142-5, and the CRC Handbook;
ionic radius of the sixfold ion, fourfold for N, after R. D. Shannon, Acta Cryst. A32, 751 (1976),
doi:10.1107/S0567739476001551. The proton has none and stands as 0.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

_IONS = """
H 1 2.2 0 1; Li 1 0.98 0.76 2; Be 2 1.57 0.45 2; B 3 2.04 0.27 2; C 4 2.55 0.16 2
N -3 3.04 1.46 2; O -2 3.44 1.4 2; F -1 3.98 1.33 2; Na 1 0.93 1.02 3; Mg 2 1.31 0.72 3
Al 3 1.61 0.535 3; Si 4 1.9 0.4 3; P 5 2.19 0.38 3; S -2 2.58 1.84 3; Cl -1 3.16 1.81 3
K 1 0.82 1.38 4; Ca 2 1 1 4; Sc 3 1.36 0.745 4; Ti 4 1.54 0.605 4; V 5 1.63 0.54 4
Cr 3 1.66 0.615 4; Mn 2 1.55 0.83 4; Fe 3 1.83 0.645 4; Co 2 1.88 0.745 4; Ni 2 1.91 0.69 4
Cu 2 1.9 0.73 4; Zn 2 1.65 0.74 4; Ga 3 1.81 0.62 4; Ge 4 2.01 0.53 4; As 5 2.18 0.46 4
Se -2 2.55 1.98 4; Br -1 2.96 1.96 4; Rb 1 0.82 1.52 5; Sr 2 0.95 1.18 5; Y 3 1.22 0.9 5
Zr 4 1.33 0.72 5; Nb 5 1.6 0.64 5; Mo 6 2.16 0.59 5; Tc 7 1.9 0.56 5; Ru 4 2.2 0.62 5
Rh 3 2.28 0.665 5; Pd 2 2.2 0.86 5; Ag 1 1.93 1.15 5; Cd 2 1.69 0.95 5; In 3 1.78 0.8 5
Sn 4 1.96 0.69 5; Sb 5 2.05 0.6 5; Te -2 2.1 2.21 5; I -1 2.66 2.2 5; Cs 1 0.79 1.67 6
Ba 2 0.89 1.35 6; La 3 1.1 1.032 6; Ce 3 1.12 1.01 6; Pr 3 1.13 0.99 6; Nd 3 1.14 0.983 6
Pm 3 1.13 0.97 6; Sm 3 1.17 0.958 6; Eu 3 1.2 0.947 6; Gd 3 1.2 0.938 6; Tb 3 1.1 0.923 6
Dy 3 1.22 0.912 6; Ho 3 1.23 0.901 6; Er 3 1.24 0.89 6; Tm 3 1.25 0.88 6; Yb 3 1.1 0.868 6
Lu 3 1.27 0.861 6; Hf 4 1.3 0.71 6; Ta 5 1.5 0.64 6; W 6 2.36 0.6 6; Re 7 1.9 0.53 6
Os 4 2.2 0.63 6; Ir 4 2.2 0.625 6; Pt 4 2.28 0.625 6; Au 3 2.54 0.85 6; Hg 2 2 1.02 6
Tl 1 1.62 1.5 6; Pb 2 2.33 1.19 6; Bi 3 2.02 1.03 6; Th 4 1.3 0.94 7; U 6 1.38 0.73 7
"""
_ROWS = [row.split() for row in _IONS.replace("\n", ";").split(";") if row.strip()]
ELEMENTS: tuple[str, ...] = tuple(row[0] for row in _ROWS)
"""Elements that have an ion here: all that the solid electrolytes of the literature are made of."""

_CHARGE, _NEGATIVITY, _RADIUS, _PERIOD = np.array([row[1:] for row in _ROWS], dtype=float).T
_MASS = np.array([ATOMIC_WEIGHT[element] for element in ELEMENTS])
_PLACE = {element: place for place, element in enumerate(ELEMENTS)}

_SCALE = """
Cs Rb K Na Li Ba Sr Ca Eu Yb Lu Tm Y Er Ho Dy Tb Gd Sm Pm Nd Pr Ce La Th U Sc Zr Hf Ti Nb Ta V
Mo W Cr Tc Re Mn Fe Os Ru Co Ir Rh Ni Pt Pd Au Ag Cu Mg Hg Cd Zn Be Tl In Al Ga Pb Sn Ge Si B Bi
Sb As P Te Se S C I Br Cl N O F H
"""
"""The elements so that neighbours replace each other in compounds: the scale of D. G. Pettifor,
Solid State Commun. 51, 31 (1984), doi:10.1016/0038-1098(84)90765-8, as modified by H. Glawe et al.,
New J. Phys. 18, 093011 (2016), doi:10.1088/1367-2630/18/9/093011; written down from memory."""
_ORDER = np.array([_PLACE[element] for element in _SCALE.split()])

ANIONS = ("N", "O", "F", "S", "Cl", "Se", "Br", "I")
"""Anions that a feature counts each by itself."""
COUNTED = (
    *("Li", "H", "B", "C", "Na", "Mg", "Al", "Si", "P", "Ca", "Sc", "Ti", "V", "Cr", "Fe", "Zn"),
    *("Ga", "Ge", "Sr", "Y", "Zr", "Nb", "Mo", "In", "Sn", "Sb", "Te", "Ba", "La", "Hf", "Ta"),
    *("W", "Bi"),
)
"""Cations that a feature counts each by itself."""
_TRAITS = ("Li", "misfit", "elements", "balance")
"""Features that are traits, beside the entropies and what is said of Li."""
_FORMERS = ("B", "C", "N", "Si", "P", "S", "V", "Ge", "As", "Se", "Mo")
"""Cations that sit in a tetrahedron or triangle of anions of their own: phosphate, silicate ..."""
_ALKALI = ("Na", "K", "Rb", "Cs", "Ag", "Tl")
_LARGE_RADIUS = 0.85
"""Shannon radius from which a cation takes more than six neighbours, as in perovskite. [Å]"""
_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12)
"""Anions per formula unit that stoichiometric lithium compounds commonly have."""
_DIGITS = 6  # So that the size of the formula unit does not show in the last digit.
_LEAST = 1e-9  # Keeps a ratio finite where its denominator is absent.
_SMALLEST_RADIUS = 0.1
"""Floor of the radius in the ionic potential, for the proton. [Å]"""
_MOST_PER_FORMER = 20.0
"""Li per network former that stands for: hardly any former. Argyrodites have 6 to 7."""
_ACID = 0.15
"""Share of the negative charge that must be missing before S, Se or N count as sulfate, nitrate."""


class Profiles(NamedTuple):
    """Five descriptions of n compositions, each an array of n rows.

    The sum of absolute differences of two rows is a distance. Between cumulative amounts along
    `_SCALE` it is the work of moving one composition into the other: Si is near Ge, La far away.
    """

    framework: Numbers
    """Cumulative amounts of the cations but Li, per anion, along the scale."""
    anions: Numbers
    """Cumulative shares of the anions, along the scale."""
    atoms: Numbers
    """Cumulative atomic fractions, along the scale."""
    amounts: Numbers
    """Amount of each element per anion."""
    traits: Numbers
    """Features that say where Li is, how mixed the rest, and whether the charges balance."""


def profiles(fractions: ArrayLike, elements: Sequence[str]) -> Profiles:
    """Return descriptions of many compositions, to take distances between.

    Parameters
    ----------
    fractions : array_like, shape (n_compositions, n_elements)
        Atoms of each element in any amount of each composition.
    elements : sequence of str
        Symbol of each column; columns of elements outside `ELEMENTS` must be 0, and are left out.

    References
    ----------
    .. [1] C. J. Hargreaves et al., Chem. Mater. 32, 10610 (2020),
       doi:10.1021/acs.chemmater.0c03381: the earth mover's distance of compositions.

    Examples
    --------
    Half the atoms of LiCl move to become LiF: from Cl by N and O to F.

    >>> found = profiles([[1, 1, 0], [1, 0, 1]], ["Li", "Cl", "F"])
    >>> float(abs(found.atoms[0] - found.atoms[1]).sum())  # half an atom, three places
    1.5
    """
    shares = _amounts(fractions, elements)
    shares /= shares.sum(axis=1, keepdims=True)
    charges = oxidation_states(shares)
    anions = shares * (charges < 0)
    n_anions = anions.sum(axis=1)
    per_anion = shares / np.where(n_anions > 0, n_anions, 1.0)[:, None]
    framework = per_anion * (charges > 0)
    framework[:, _PLACE["Li"]] = 0
    return Profiles(
        framework=framework[:, _ORDER].cumsum(axis=1),
        anions=(anions / np.maximum(n_anions, _LEAST)[:, None])[:, _ORDER].cumsum(axis=1),
        atoms=shares[:, _ORDER].cumsum(axis=1),
        amounts=per_anion,
        traits=composition_features(shares, ELEMENTS)[:, _trait_columns()],
    )


def composition_features(fractions: ArrayLike, elements: Sequence[str]) -> Numbers:
    """Return the features of many compositions, in the order of `feature_names`.

    Parameters
    ----------
    fractions : array_like, shape (n_compositions, n_elements)
        Atoms of each element in any amount of each composition.
    elements : sequence of str
        Symbol of each column; columns of elements outside `ELEMENTS` must be 0, and are left out.

    Notes
    -----
    With n the atoms per anion, q charge, r radius and x electronegativity of the ions:

    - amounts per anion of each counted element, of the framework (cations without Li) and of its
      parts: network formers, alkali, large cations, the octahedral rest
    - mean, spread, least and most of q, r, x and of the ionic potential q/r over the framework, the
      mean radius of each part, mean and spread of r, x, |q| over the anions and of x over all
    - Li: share of the atoms, of the cations and of the positive charge; per network former
    - charge that the usual oxidation states leave over, per anion
    - disorder: mixing entropy of anions, and of the framework in each part; distance of the formula
      from small whole numbers
    - volume of the ions per anion and per Li, mean mass and period

    Examples
    --------
    >>> features = composition_features([[6, 1, 5, 1]], ["Li", "P", "S", "Cl"])[0]
    >>> float(features[feature_names().index("Li")])  # six Li to six anions
    1.0
    """
    columns = [column for _, column in _named_features(_amounts(fractions, elements))]
    return np.asarray(np.round(np.column_stack(columns), _DIGITS), dtype=np.float64)


def element_shares(formulas: Sequence[str]) -> Numbers:
    """Return atomic fractions of some formulas, shape (n_formulas, n_elements).

    Parameters
    ----------
    formulas : sequence of str
        Formulas; elements outside `ELEMENTS` count in the total alone.

    Raises
    ------
    FormulaError
        If one of them cannot be read.
    """
    shares = np.zeros((len(formulas), len(ELEMENTS)))
    for row, formula in enumerate(formulas):
        material = composition(formula)
        for element, amount in material.amounts.items():
            if element in _PLACE:
                shares[row, _PLACE[element]] = amount / material.n_atoms
    return shares


def oxidation_states(amounts: Numbers) -> Numbers:
    """Return the usual oxidation states, shape (n_compositions, n_elements).

    Parameters
    ----------
    amounts : ndarray, shape (n_compositions, n_elements)
        Atoms of each of `ELEMENTS`, in any amount.

    Notes
    -----
    One for each element; H, P, As, Sb, S, Se, Te and N change sides with what is beside them.
    """
    charges = np.tile(_CHARGE, (len(amounts), 1))
    oxygen = amounts[:, _PLACE["O"]] > 0
    covalent = oxygen | (amounts[:, _PLACE["N"]] > 0) | (amounts[:, _PLACE["C"]] > 0)
    charges[~covalent, _PLACE["H"]] = -1  # Hydride, unless O, N or C binds the proton.
    charges[oxygen, _PLACE["Te"]] = 6
    phosphide = (amounts * (_CHARGE < 0)).sum(axis=1) == 0
    for element in ("P", "As", "Sb"):
        charges[phosphide, _PLACE[element]] = -3
    balance = (amounts * charges).sum(axis=1)
    negative = -(amounts * charges.clip(max=0)).sum(axis=1)
    acid = oxygen & (balance < -_ACID * negative)
    for element, charge in (("S", 6), ("Se", 6), ("N", 5)):
        charges[acid, _PLACE[element]] = charge
    return charges


@cache
def cation_parts() -> dict[str, NDArray[np.bool_]]:
    """Return which of `ELEMENTS` is in each part of the framework, if it is a cation."""
    former = np.isin(ELEMENTS, _FORMERS)
    alkali = np.isin(ELEMENTS, _ALKALI)
    large = (_RADIUS >= _LARGE_RADIUS) & ~former & ~alkali
    return {
        "former": former,
        "alkali": alkali,
        "large": large,
        "octahedral": ~(former | alkali | large),
    }


def feature_names() -> list[str]:
    """Return the name of each column of `composition_features`."""
    return [name for name, _ in _named_features(np.ones((1, len(ELEMENTS))))]


@cache
def _trait_columns() -> list[int]:
    return [
        column
        for column, name in enumerate(feature_names())
        if name in _TRAITS or name.startswith(("Li of", "Li per")) or name.endswith("entropy")
    ]


def _amounts(fractions: ArrayLike, elements: Sequence[str]) -> Numbers:
    given = np.atleast_2d(np.asarray(fractions, dtype=float))
    amounts = np.zeros((len(given), len(ELEMENTS)))
    for column, element in enumerate(elements):
        if element in _PLACE:
            amounts[:, _PLACE[element]] += given[:, column]
    return amounts


def _named_features(amounts: Numbers) -> list[tuple[str, Numbers]]:
    charges = oxidation_states(amounts)
    anion, cation = charges < 0, charges > 0
    n_anions = (amounts * anion).sum(axis=1)
    per_anion = amounts / np.where(n_anions > 0, n_anions, amounts.sum(axis=1))[:, None]
    lithium = per_anion[:, _PLACE["Li"]]
    anions = per_anion * anion
    framework = per_anion * cation
    framework[:, _PLACE["Li"]] = 0
    parts = {name: framework * place for name, place in cation_parts().items()}
    named = [(element, per_anion[:, _PLACE[element]]) for element in COUNTED]
    named += [(f"{e} of anions", anions[:, _PLACE[e]]) for e in ANIONS]
    named += [("framework", framework.sum(axis=1))]
    named += [(name, part.sum(axis=1)) for name, part in parts.items()]
    named += [(f"{name} radius", _mean(part, _RADIUS)) for name, part in parts.items()]
    for name, values in (
        ("charge", charges),
        ("radius", _RADIUS),
        ("negativity", _NEGATIVITY),
        ("potential", charges / np.maximum(_RADIUS, _SMALLEST_RADIUS)),
    ):
        named += [(f"framework {name} {how}", v) for how, v in _spread(framework, values)]
    for name, values in (("charge", charges), ("radius", _RADIUS), ("negativity", _NEGATIVITY)):
        named += [(f"anion {name} {how}", v) for how, v in _spread(anions, values)[:2]]
    named += [(f"negativity {how}", v) for how, v in _spread(per_anion, _NEGATIVITY)[:2]]
    named += _lithium(lithium, per_anion * cation, charges, parts["former"].sum(axis=1))
    named += _disorder(per_anion, anions, framework, parts)
    volume = per_anion @ _RADIUS**3
    return [
        *named,
        ("balance", (per_anion * charges).sum(axis=1)),
        ("volume", volume),
        ("volume per Li", volume / np.maximum(lithium, _LEAST)),
        ("mass", _mean(per_anion, _MASS)),
        ("period", _mean(per_anion, _PERIOD)),
    ]


def _lithium(
    lithium: Numbers, cations: Numbers, charges: Numbers, formers: Numbers
) -> list[tuple[str, Numbers]]:
    positive = np.maximum((cations * charges).sum(axis=1), _LEAST)
    others = np.maximum(cations.sum(axis=1) - lithium, _LEAST)
    return [
        ("Li of atoms", lithium / (1 + cations.sum(axis=1))),
        ("Li of cations", lithium / (lithium + others)),
        ("Li of charge", lithium / positive),
        ("Li per former", np.minimum(lithium / np.maximum(formers, _LEAST), _MOST_PER_FORMER)),
    ]


def _disorder(
    per_anion: Numbers, anions: Numbers, framework: Numbers, parts: dict[str, Numbers]
) -> list[tuple[str, Numbers]]:
    misfits = [np.abs(k * per_anion - np.round(k * per_anion)).max(axis=1) for k in _COUNTS]
    return [
        ("anion entropy", _entropy(anions)),
        ("framework entropy", _entropy(framework)),
        *((f"{name} entropy", _entropy(part)) for name, part in parts.items()),
        ("misfit", np.min(misfits, axis=0)),
        ("elements", (per_anion > 0).sum(axis=1).astype(float)),
    ]


def _mean(weights: Numbers, values: Numbers) -> Numbers:
    """Return the weighted mean of each row; 0 where nothing has weight."""
    total = weights.sum(axis=1)
    return np.asarray((weights * values).sum(axis=1) / np.where(total > 0, total, 1))


def _spread(weights: Numbers, values: Numbers) -> list[tuple[str, Numbers]]:
    mean = _mean(weights, values)
    variance = _mean(weights, (values - mean[:, None]) ** 2)
    present = weights > 0
    least = np.where(present, values, np.inf).min(axis=1)
    most = np.where(present, values, -np.inf).max(axis=1)
    some = present.any(axis=1)
    return [
        ("mean", mean),
        ("spread", np.sqrt(variance)),
        ("least", np.where(some, least, 0.0)),
        ("most", np.where(some, most, 0.0)),
    ]


def _entropy(weights: Numbers) -> Numbers:
    shares = weights / np.maximum(weights.sum(axis=1), _LEAST)[:, None]
    return np.asarray(-(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1))
