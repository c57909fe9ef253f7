"""Compositions that nobody has tabulated: the structures of known conductors with other ions.

Each site of a prototype holds one ion, or two in a stated ratio; lithium pays for what is left of
the charge, within the amounts that the structure is known to hold. So every formula is neutral by
its making, and exactly so: amounts are whole numbers.
"""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

LITHIUM = "Li"
_ONE = Fraction(1)


class Filling(NamedTuple):
    """What a site holds, in parts of a formula unit that make all amounts whole."""

    amounts: tuple[tuple[str, int], ...]
    """Ions by element, with their number of parts."""
    charge: int
    """Their charge, in parts too. [e]"""
    mixed: bool
    """Whether there are two."""


class Site(NamedTuple):
    """A site of a prototype."""

    amount: Fraction
    """Ions on it in a formula unit."""
    mixed: tuple[Fraction, ...]
    """Shares in which a second ion may stand beside the first."""
    ions: Mapping[str, int]
    """Charges of what may stand there. [e]"""


class Prototype(NamedTuple):
    """A structure of a known conductor."""

    name: str
    """Its general formula."""
    example: str
    """A compound that has it."""
    lithium: tuple[Fraction, Fraction]
    """Least and most lithium of a formula unit."""
    sites: tuple[Site, ...]
    """All other sites."""
    source: str
    """First report."""


@cache
def prototypes() -> Mapping[str, Prototype]:
    """Return all prototypes by name."""
    text = files("screening").joinpath("data/prototypes.toml").read_text(encoding="utf-8")
    return {
        name: Prototype(
            name,
            row["example"],
            (Fraction(row["lithium"][0]), Fraction(row["lithium"][1])),
            tuple(
                Site(Fraction(one["amount"]), tuple(map(Fraction, one["mixed"])), one["ions"])
                for one in row["sites"]
            ),
            row["source"],
        )
        for name, row in tomllib.loads(text).items()
    }


def substituted(
    prototype: Prototype,
    *,
    without: Collection[str] = (),
    only: Collection[str] | None = None,
    mixed_sites: int = 1,
) -> Iterator[dict[str, int]]:
    """Yield the neutral compositions of a prototype, in the smallest whole numbers.

    Parameters
    ----------
    prototype : Prototype
        The structure.
    without : collection of str, optional
        Elements that may not be there.
    only : collection of str, optional
        The only elements that may be there beside lithium.
    mixed_sites : int, optional
        On how many sites two ions may stand.

    Examples
    --------
    >>> next(substituted(prototypes()["Li3MX6"], only=("Y", "Cl")))
    {'Li': 3, 'Y': 1, 'Cl': 6}
    """
    parts = _parts(prototype)
    fillings = [list(_fillings(site, parts, without, only)) for site in prototype.sites]
    least, most = (one * parts for one in prototype.lithium)
    for chosen in product(*fillings):
        if sum(one.mixed for one in chosen) > mixed_sites:
            continue
        lithium = -sum(one.charge for one in chosen)
        if least <= lithium <= most:
            amounts = {LITHIUM: lithium}
            for one in chosen:
                for element, amount in one.amounts:
                    amounts[element] = amounts.get(element, 0) + amount
            common = gcd(*amounts.values())
            yield {element: amount // common for element, amount in amounts.items()}


def written(amounts: Mapping[str, int]) -> str:
    """Return the formula of whole amounts.

    Parameters
    ----------
    amounts : mapping of str to int
        Atoms of each element.

    Examples
    --------
    >>> written({"Li": 3, "Y": 1, "Cl": 6})
    'Li3YCl6'
    """
    return "".join(
        f"{element}{amount}" if amount > 1 else element for element, amount in amounts.items()
    )


def _parts(prototype: Prototype) -> int:
    """Return into how many parts a formula unit is cut, so that every amount is whole."""
    held = [
        site.amount * part
        for site in prototype.sites
        for share in (_ONE, *site.mixed)
        for part in (share, _ONE - share)
    ]
    return lcm(*(one.denominator for one in (*prototype.lithium, *held)))


def _fillings(
    site: Site, parts: int, without: Collection[str], only: Collection[str] | None
) -> Iterator[Filling]:
    """Yield what a site may hold: one ion, then two."""
    ions = {
        element: charge
        for element, charge in site.ions.items()
        if element not in without and (only is None or element in only)
    }
    whole = int(site.amount * parts)
    for element, state in ions.items():
        yield Filling(((element, whole),), whole * state, mixed=False)
    for first, second in combinations(ions, 2):
        for share in sorted({part for one in site.mixed for part in (one, _ONE - one)}):
            other = int(whole * share)
            held = (first, whole - other), (second, other)
            charge = sum(amount * ions[element] for element, amount in held)
            yield Filling(held, charge, mixed=True)
