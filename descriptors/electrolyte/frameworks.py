"""What kind of solid a composition is: its anion family, and the sub-class of its framework.

The kind decides what a composition without a measured relative may conduct, so it comes from the
ions and not from which elements are there: a fluorophosphate is no halide, a chlorate holds no
chloride, and an alloy has no ionic framework at all. Charges are those of usual oxidation states;
where a halide leaves them open (Fe(II) or Fe(III)?), the balance decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.composition import (
    ELEMENTS,
    cation_parts,
    element_shares,
    oxidation_states,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rule = tuple[str, str, Flags]

NO_FRAMEWORK = "no ionic framework"
"""Family of alloys, pnictides, molecules and others in which no lattice of anions holds lithium."""
OXO_SALT = "oxo-salt with halogen"
"""Sub-class of fluorophosphates and the like: no oxyhalide in the sense of electrolytes."""
_PLACE = {element: place for place, element in enumerate(ELEMENTS)}
_HALOGENS, _CHALCOGENS = ("F", "Cl", "Br", "I"), ("S", "Se", "Te")
_HEAVY_HALOGENS = ("Cl", "Br", "I")
"""Halogens that oxygen may oxidise, as in chlorates."""
_FORMERS = [place for place, former in enumerate(cation_parts()["former"]) if former]
_FORMERS += [ELEMENTS.index(element) for element in _HEAVY_HALOGENS]
"""Places of what binds anions in tetrahedra or triangles of its own."""
_LOWEST = {
    **dict.fromkeys(("Cu", "In", "Au", "Hg", "Tl"), 1),
    **dict.fromkeys(("Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Ge", "Mo", "Pd", "Sn"), 2),
    **dict.fromkeys(("Sm", "Eu", "Yb", "W", "Pt", "Pb"), 2),
    **dict.fromkeys(("P", "As", "Nb", "Ru", "Rh", "Sb", "Ce", "Pr", "Tb", "Ta", "Re", "Ir"), 3),
    **dict.fromkeys(("Bi", "U"), 3),
    **dict.fromkeys(("S", "Se", "Te", "Os"), 4),
}
"""Lowest charge as a cation of elements with several."""
_HIGHEST = {
    **dict.fromkeys(("Cu",), 2),
    **dict.fromkeys(("Co", "Au", "Tl", "Eu", "Yb", "Sm", "Fe"), 3),
    **dict.fromkeys(("Ni", "Mn", "Pd", "Pt", "Pb", "Ce", "Pr", "Tb", "Rh"), 4),
    **dict.fromkeys(("Ru", "Bi"), 5),
    **dict.fromkeys(("Cr",), 6),
}
"""Highest charge of elements whose usual one is lower."""
_OXIDISED = 0.15
"""Share of the negative charge that must be missing before a halogen beside O is a chlorate."""
_METAL_RICH = 1.5
"""Positive over negative charge from which bonds between metals must hold the rest."""
_LEAST = 1e-9  # Keeps a ratio finite where its denominator is absent.


class Frameworks(NamedTuple):
    """Kinds of n compositions, each field of shape (n_compositions,)."""

    family: NDArray[np.str_]
    """Anion family, such as ``sulfide``; `NO_FRAMEWORK` where there is none."""
    subclass: NDArray[np.str_]
    """Sub-class of the framework, such as ``argyrodite``."""


class _Ions(NamedTuple):
    """What the rules ask: columns of shape (n_compositions,), amounts per anion unless said."""

    halogen: Numbers
    """Share of the anions; so are the next five."""
    fluorine: Numbers
    chalcogen: Numbers
    oxygen: Numbers
    nitrogen: Numbers
    hydride: Numbers
    lithium: Numbers
    proton: Numbers
    alkali: Numbers
    """Large monovalent cations."""
    former: Numbers
    """Cations in tetrahedra or triangles of their own; P, B, Si, V(V), Cl(VII) ..."""
    large: Numbers
    octahedral: Numbers
    metal_charge: Numbers
    """Mean charge of the metals that balances the rest. [e]"""
    excess: Numbers
    """Positive over negative charge. [1]"""
    boron_hydride: Flags
    organic: Flags
    cations: Numbers
    """Each element as a cation, shape (n_compositions, n_elements)."""

    @property
    def rest(self) -> Numbers:
        """Cations but lithium and protons."""
        return self.former + self.alkali + self.large + self.octahedral

    def of(self, *elements: str) -> Numbers:
        """Return the cations of some elements together."""
        return np.asarray(self.cations[:, [_PLACE[e] for e in elements]].sum(axis=1))


def frameworks(shares: Numbers) -> Frameworks:
    """Return the kinds of many compositions.

    Parameters
    ----------
    shares : ndarray, shape (n_compositions, n_elements)
        Atoms of each of `ELEMENTS`, in any amount.

    Notes
    -----
    The first rule that holds decides: by anions, by what binds them, by amounts per anion. The
    rules were drawn up in the knowledge of the electrolytes that are known today.

    Examples
    --------
    >>> argyrodite = np.zeros((1, len(ELEMENTS)))
    >>> for element, amount in (("Li", 6), ("P", 1), ("S", 5), ("Cl", 1)):
    ...     argyrodite[0, ELEMENTS.index(element)] = amount
    >>> [names.item() for names in frameworks(argyrodite)]
    ['sulfide', 'argyrodite']
    """
    ions = _ions(np.asarray(shares, dtype=float))
    rules = [*_without_framework(ions), *_hydrides(ions), *_sulfides(ions), *_halides(ions)]
    rules += [*_oxides(ions)]
    conditions = [holds for _, _, holds in rules]
    return Frameworks(
        np.select(conditions, [family for family, _, _ in rules], default=NO_FRAMEWORK),
        np.select(conditions, [kind for _, kind, _ in rules], default="other"),
    )


def frameworks_of(formulas: Sequence[str]) -> Frameworks:
    """Return the kinds of many formulas.

    Parameters
    ----------
    formulas : sequence of str
        Formulas; elements outside `ELEMENTS` are left out.

    Raises
    ------
    FormulaError
        If one of them cannot be read.

    Examples
    --------
    >>> frameworks_of(["Li13Si4"]).family.item()
    'no ionic framework'
    """
    return frameworks(element_shares(formulas))


def charges(shares: Numbers) -> Numbers:
    """Return the charges of the ions, 0 for what is absent, shape (n_compositions, n_elements).

    Parameters
    ----------
    shares : ndarray, shape (n_compositions, n_elements)
        Atoms of each of `ELEMENTS`, in any amount.

    Notes
    -----
    As `oxidation_states`, but Cl, Br and I beside O take what the balance asks for where the
    cations cannot pay for them as anions (LiClO4: +7); H beside B is a hydride, and B
    takes what the balance asks for, up to 3 (Li2B12H12: +0.83).
    """
    states = oxidation_states(shares)
    bound = _boron_hydride(shares)
    states[bound, _PLACE["H"]] = -1
    boron = shares[:, _PLACE["B"]]
    owed = -(shares * states).sum(axis=1) + boron * states[:, _PLACE["B"]]
    states[bound, _PLACE["B"]] = (owed / np.maximum(boron, _LEAST)).clip(_LEAST, 3)[bound]
    balance = (shares * states).sum(axis=1)
    negative = -(shares * states.clip(max=0)).sum(axis=1)
    columns = [_PLACE[element] for element in _HEAVY_HALOGENS]
    n_halogens = shares[:, columns].sum(axis=1)
    oxidised = (shares[:, _PLACE["O"]] > 0) & (n_halogens > 0) & (balance < -_OXIDISED * negative)
    wanted = np.clip(-balance / np.maximum(n_halogens, _LEAST) - 1, 1, 7)
    states[np.ix_(oxidised, columns)] = wanted[oxidised, None]
    return np.asarray(states * (shares > 0))


def charge_range(shares: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the negative charge, and the least and the most positive one, per anion.

    Parameters
    ----------
    shares : ndarray, shape (n_compositions, n_elements)
        Atoms of each of `ELEMENTS`, in any amount.

    Notes
    -----
    Elements with several common states, such as Fe, count with the lowest and the highest of them.
    """
    states = charges(shares)
    n_anions = np.maximum((shares * (states < 0)).sum(axis=1), _LEAST)
    positive = shares * (states > 0)
    least, most = states.copy(), states
    for element, lowest in _LOWEST.items():
        least[:, _PLACE[element]] = np.minimum(least[:, _PLACE[element]], lowest)
    for element, highest in _HIGHEST.items():
        most[:, _PLACE[element]] = np.maximum(most[:, _PLACE[element]], highest)
    sums = (-shares * states.clip(max=0), positive * least, positive * most)
    negative, low, high = (part.sum(axis=1) / n_anions for part in sums)
    return negative, low, high


def _without_framework(ions: _Ions) -> list[Rule]:
    anions = ions.halogen + ions.chalcogen + ions.oxygen + ions.nitrogen + ions.hydride
    return [
        (NO_FRAMEWORK, "organic or molecular", ions.organic),
        (NO_FRAMEWORK, "alloy, germanide, pnictide", anions < 0.5),
        (NO_FRAMEWORK, "metal-rich", ions.excess > _METAL_RICH),
    ]


def _hydrides(ions: _Ions) -> list[Rule]:
    return [
        ("hydride", "borohydride, closo-borate", ions.boron_hydride),
        ("hydride", "metal hydride", ions.hydride > 0.3),
    ]


def _sulfides(ions: _Ions) -> list[Rule]:
    """Return the rules of S, Se and Te: how many tetrahedra, of how many kinds, and halogens."""
    sulfide = ions.chalcogen >= 0.5
    binders = ions.former + ions.of("Sn", "Sb")
    tetrahedra = ions.former + ions.of("Sn", "Sb", "Al", "Ga", "Zn", "In")
    kinds = (ions.cations[:, _FORMERS] > 0).sum(axis=1)
    kinds = kinds + (ions.of("Sn") > 0) + (ions.of("Sb") > 0)
    rich = (tetrahedra >= 0.13) & (tetrahedra <= 0.19) & (ions.lithium >= 0.8)
    halogen = ions.halogen > 0.02
    return [
        ("sulfide", "oxysulfide", sulfide & (ions.oxygen > 0.08)),
        ("sulfide", "metal sulfide", sulfide & ((binders < 0.6 * ions.rest) | (ions.rest == 0))),
        ("sulfide", "argyrodite", sulfide & rich & halogen),
        ("sulfide", "thio-salt, rich in Li", sulfide & rich),
        ("sulfide", "thio-salt with halogen", sulfide & halogen),
        ("sulfide", "thio-LISICON, mixed", sulfide & (kinds >= 2) & (ions.lithium >= 0.6)),
        ("sulfide", "thio-salt, one former", sulfide),
    ]


def _halides(ions: _Ions) -> list[Rule]:
    """Return the rules of halogens, with oxygen beside them or without."""
    halide = ions.halogen >= 0.5
    some = halide | ((ions.halogen >= 0.15) & (ions.former < 0.08) & (ions.oxygen > 0))
    others = ions.oxygen + ions.nitrogen + ions.chalcogen
    light = ions.lithium + ions.proton > 0.85 * (ions.lithium + ions.proton + ions.rest)
    fluoride = ions.fluorine >= 0.5 * ions.halogen
    salt = some & (ions.former >= 0.1) & (ions.oxygen > 0)
    oxygen = some & (ions.oxygen > 0.03)
    metal = oxygen & (ions.halogen >= 0.3)
    metals = ions.large + ions.octahedral
    return [
        ("oxyhalide", "antiperovskite", some & (others > 0.03) & light),
        ("halide", "fluoride", halide & fluoride & (ions.oxygen < 0.05)),
        ("oxyhalide", OXO_SALT, salt),
        ("oxyhalide", "metal oxyfluoride", metal & fluoride),
        ("oxyhalide", "metal oxyhalide", metal),
        ("oxyhalide", "oxide with halogen", oxygen),
        ("halide", "lithium halide", some & (ions.rest < 0.02)),
        ("halide", "alkali halide", some & (ions.alkali > 0.4 * (ions.alkali + metals))),
        ("halide", "Li-M(III)-X", some & (ions.metal_charge >= 2.4)),
        ("halide", "Li-M(II)-X", some),
        ("oxyhalide", OXO_SALT, (ions.halogen >= 0.03) & (ions.former >= 0.08)),
    ]


def _oxides(ions: _Ions) -> list[Rule]:
    """Return the rules of nitrides and oxides: what binds, and how much of it to an anion."""
    salt = ions.former >= 0.1
    metals = ions.large + ions.octahedral
    tetrahedra = ions.former + ions.of("Zn", "Al", "Ga")
    nasicon = _within(ions.former, 0.22, 0.28) & _within(metals, 0.12, 0.20)
    most = ions.cations[:, _FORMERS].argmax(axis=1)

    def by(*elements: str) -> Flags:
        """Return whether the commonest former is one of these."""
        return salt & np.isin(np.array(ELEMENTS)[_FORMERS][most], elements)

    garnet = _within(ions.large, 0.16, 0.3) & _within(ions.octahedral, 0.1, 0.22)
    perovskite = (ions.large >= 0.08) & _within(ions.octahedral, 0.24, 0.45)
    return [
        ("nitride", "nitride", ions.nitrogen >= 0.4),
        ("oxide", "NASICON", salt & nasicon & (ions.lithium <= 0.35)),
        ("oxide", "LISICON", salt & _within(tetrahedra, 0.2, 0.34) & (ions.lithium >= 0.55)),
        ("oxide", "phosphate", by("P")),
        ("oxide", "borate, carbonate", by("B", "C")),
        ("oxide", "silicate, germanate", by("Si", "Ge")),
        ("oxide", "other oxo-salt", salt),
        ("oxide", "garnet", garnet & (ions.lithium > 0.3)),
        ("oxide", "garnet, not stuffed", garnet & (ions.lithium > 0.2)),
        ("oxide", "perovskite", perovskite & (ions.lithium < 0.25)),
        ("oxide", "oxide, rich in Li", ions.lithium >= 0.55),
        ("oxide", "oxide", ions.oxygen >= 0.5),
    ]


def _ions(shares: Numbers) -> _Ions:
    states = charges(shares)
    n_anions = (shares * (states < 0)).sum(axis=1)
    per_anion = shares / np.where(n_anions > 0, n_anions, 1.0)[:, None]
    anions, cations = per_anion * (states < 0), per_anion * (states > 0)
    parts = cation_parts()
    # Te(VI) and Bi(V) have six neighbours, whatever the size of their other ions.
    small = np.isin(ELEMENTS, ("Te", "Bi"))
    bare = np.isin(ELEMENTS, ("Li", "H", *_HEAVY_HALOGENS))

    def share(*elements: str) -> Numbers:
        return np.asarray(anions[:, [_PLACE[element] for element in elements]].sum(axis=1))

    lithium, proton = cations[:, _PLACE["Li"]], cations[:, _PLACE["H"]]
    former = cations[:, _FORMERS].sum(axis=1)
    alkali = cations[:, parts["alkali"]].sum(axis=1)
    large = cations[:, parts["large"] & ~bare & ~small].sum(axis=1)
    octahedral = cations[:, (parts["octahedral"] & ~bare) | small].sum(axis=1)
    negative, positive, _ = charge_range(shares)
    owed = negative - lithium - proton - alkali
    boron_hydride = _boron_hydride(shares)
    return _Ions(
        halogen=share(*_HALOGENS),
        fluorine=share("F"),
        chalcogen=share(*_CHALCOGENS),
        oxygen=share("O"),
        nitrogen=share("N"),
        hydride=share("H"),
        lithium=lithium,
        proton=proton,
        alkali=alkali,
        former=former,
        large=large,
        octahedral=octahedral,
        metal_charge=owed / np.maximum(former + large + octahedral, _LEAST),
        excess=positive / np.maximum(negative, _LEAST),
        boron_hydride=boron_hydride,
        organic=(shares[:, _PLACE["C"]] > 0) & (shares[:, _PLACE["H"]] > 0) & ~boron_hydride,
        cations=cations,
    )


def _boron_hydride(shares: Numbers) -> Flags:
    """Return which compositions hold B-H groups: more than 0.8 H to a B, without oxygen."""
    boron, hydrogen = shares[:, _PLACE["B"]], shares[:, _PLACE["H"]]
    return np.asarray((boron > 0) & (hydrogen >= 0.8 * boron) & (shares[:, _PLACE["O"]] == 0))


def _within(values: Numbers, low: float, high: float) -> Flags:
    return np.asarray((low <= values) & (values <= high))
