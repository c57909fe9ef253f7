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
    from collections.abc import Collection, Iterator, Mapping, Sequence

LITHIUM = "Li"
_ONE = Fraction(1)


class Filling(NamedTuple):
    """What a site holds."""

    amounts: tuple[tuple[str, Fraction], ...]
    """Ions by element, with their number in the formula unit."""
    charge: Fraction
    """Their charge. [e]"""
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
) -> Iterator[str]:
    """Yield the neutral formulas of a prototype, with whole numbers.

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
    'Li3YCl6'
    """
    fillings = [list(_fillings(site, without, only)) for site in prototype.sites]
    least, most = prototype.lithium
    for chosen in product(*fillings):
        if sum(one.mixed for one in chosen) > mixed_sites:
            continue
        lithium = -sum((one.charge for one in chosen), Fraction(0))
        if least <= lithium <= most:
            amounts = {LITHIUM: lithium}
            for one in chosen:
                for element, amount in one.amounts:
                    amounts[element] = amounts.get(element, Fraction(0)) + amount
            yield _written(amounts)


def _fillings(
    site: Site, without: Collection[str], only: Collection[str] | None
) -> Iterator[Filling]:
    """Yield what a site may hold: one ion, then two."""
    ions = {
        element: charge
        for element, charge in site.ions.items()
        if element not in without and (only is None or element in only)
    }
    for element, state in ions.items():
        yield Filling(((element, site.amount),), site.amount * state, mixed=False)
    for first, second in combinations(ions, 2):
        for share in sorted({part for one in site.mixed for part in (one, _ONE - one)}):
            held = (first, site.amount * (_ONE - share)), (second, site.amount * share)
            charge = sum((amount * ions[element] for element, amount in held), Fraction(0))
            yield Filling(held, charge, mixed=True)


def _written(amounts: Mapping[str, Fraction]) -> str:
    """Return a formula with the smallest whole numbers."""
    whole = lcm(*(one.denominator for one in amounts.values()))
    numbers: Sequence[int] = [int(one * whole) for one in amounts.values()]
    common = gcd(*numbers)
    return "".join(
        element + (str(number // common) if number > common else "")
        for element, number in zip(amounts, numbers, strict=True)
    )
