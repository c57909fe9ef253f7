"""Common oxidation states, and what they say about a composition: its anions, and its balance.

Sources of `_STATES`: the common oxidation states of N. N. Greenwood, A. Earnshaw, Chemistry of the
Elements (2nd ed., 1997), from memory; rare ones, such as Cr(V) or Cu(III), are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STATES: dict[str, tuple[int, ...]] = {
    element: tuple(int(state) for state in states.split(","))
    for element, _, states in (
        entry.partition(" ")
        for entry in """
H -1,1;Li 1;Be 2;B 3;C -4,2,4;N -3,3,5;O -2;F -1;Na 1;Mg 2;Al 3;Si -4,4;P -3,3,4,5;S -2,2,4,6
Cl -1,1,3,5,7;K 1;Ca 2;Sc 3;Ti 2,3,4;V 2,3,4,5;Cr 2,3,6;Mn 2,3,4,6,7;Fe 2,3;Co 2,3;Ni 2,3;Cu 1,2
Zn 2;Ga 3;Ge -4,2,4;As -3,3,5;Se -2,4,6;Br -1,1,3,5;Rb 1;Sr 2;Y 3;Zr 4;Nb 3,4,5;Mo 2,3,4,5,6;Tc 4,7
Ru 2,3,4;Rh 1,3;Pd 2,4;Ag 1;Cd 2;In 1,3;Sn 2,4;Sb -3,3,5;Te -2,4,6;I -1,1,3,5,7;Cs 1;Ba 2;La 3
Ce 3,4;Pr 3,4;Nd 3;Pm 3;Sm 2,3;Eu 2,3;Gd 3;Tb 3,4;Dy 3;Ho 3;Er 3;Tm 3;Yb 2,3;Lu 3;Hf 4;Ta 3,4,5
W 2,3,4,5,6;Re 3,4,5,6,7;Os 3,4,6,8;Ir 3,4;Pt 2,4;Au 1,3;Hg 1,2;Tl 1,3;Pb 2,4;Bi -3,3,5;Ac 3;Th 4
Pa 4,5;U 3,4,5,6;Np 3,4,5,6;Pu 3,4,5,6;Xe 2,4,6
""".replace("\n", ";").split(";")
        if entry
    )
}
_FORMERS = ("Te", "Se", "S", "I", "Br", "N", "Cl", "O", "F")
"""Elements that are anions unless a stronger one has taken their electrons: the weakest first."""
_SOMETIMES = ("C", "H", "As", "P", "Sb", "Si", "Ge", "Bi")
"""Elements that are anions where nothing else is: the strongest first."""
_NEUTRAL = 0.02
"""Charge per formula unit that counts as none: formulas are written with few decimals."""


def charge_balanced(amounts: Mapping[str, float]) -> bool:
    """Say whether common oxidation states, one for each element, add up to no charge.

    Parameters
    ----------
    amounts : mapping
        Atoms of each element in one formula unit.

    Notes
    -----
    Mixed valence, as in Fe3O4, does not pass: it makes an electronic conductor, and this serves
    the search for electrolytes. Neither does an element whose states are not tabulated.

    Examples
    --------
    >>> charge_balanced({"Li": 6, "P": 1, "S": 5, "Cl": 1})  # 6 + 5 - 10 - 1
    True
    >>> charge_balanced({"Fe": 3, "O": 4})
    False
    """
    sums = {0.0}
    for element, amount in amounts.items():
        states = _STATES.get(element, ())
        sums = {round(total + amount * state, 6) for total in sums for state in states}
    return any(abs(total) <= _NEUTRAL for total in sums)


def anions(amounts: Mapping[str, float]) -> frozenset[str]:
    """Return the elements that carry the negative charge of a composition; none in an alloy.

    Parameters
    ----------
    amounts : mapping
        Atoms of each element in one formula unit.

    Notes
    -----
    N, O, S, Se, Te and the halogens are anions, unless the cations, at their highest common
    states, cannot pay for all of them. Then the least electronegative is a cation itself, as S is
    in a sulfate. Only where none of them is there, C, H, P and their like are anions.

    Examples
    --------
    >>> sorted(anions({"Li": 6, "P": 1, "S": 5, "Cl": 1}))
    ['Cl', 'S']
    >>> sorted(anions({"Li": 2, "S": 1, "O": 4}))  # With S2-, Li could not pay for 10 electrons.
    ['O']
    """
    present = [element for element in _FORMERS if element in amounts]
    for first in range(len(present)):
        if _paid(amounts, present[first:]):
            return frozenset(present[first:])
    if present:
        return frozenset(present)
    weak = next((element for element in _SOMETIMES if element in amounts), None)
    return frozenset({weak} if weak and _paid(amounts, [weak]) else ())


def _paid(amounts: Mapping[str, float], negative: Iterable[str]) -> bool:
    """Say whether the other elements can give up as many electrons as these take."""
    taken = set(negative)
    owed = -sum(amounts[element] * min(_STATES[element]) for element in taken)
    most = sum(
        amount * max(0, *_STATES.get(element, ()))
        for element, amount in amounts.items()
        if element not in taken
    )
    return most >= owed - _NEUTRAL
