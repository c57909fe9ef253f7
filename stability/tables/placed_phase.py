"""A phase whose energy is stated against what it decomposes into, not against the elements."""

from __future__ import annotations

from typing import NamedTuple

from stability.errors import TableError
from stability.formula import Composition, composition

_JOIN = " + "
_ROUNDING = 1e-6  # [1] Atoms of the products against those of the compound.


class Share(NamedTuple):
    """A product of a decomposition."""

    material: Composition
    """What it is."""
    share: float
    """Share of the compound's atoms that go into it."""


class PlacedPhase(NamedTuple):
    """A compound on the hull of a table: the energy of its products, and how far it is from it."""

    formula: str
    """The compound."""
    products: str
    """What one formula unit decomposes into, such as ``3 LiCl + YCl3``."""
    energy: float
    """Energy above its products; negative where it is stable against them. [eV/atom]"""
    error: float
    """Standard error of that. [eV/atom]"""

    @property
    def shares(self) -> tuple[Share, ...]:
        """Its products, each with its share of the atoms."""
        return decomposition_shares(self.formula, self.products)


def written_products(amounts: dict[str, float]) -> str:
    """Return products as they are written down.

    Parameters
    ----------
    amounts : dict
        Formula units of each, per formula unit of the compound.

    Examples
    --------
    >>> written_products({"LiCl": 3.0, "YCl3": 1.0, "Li2O": 0.5})
    '3 LiCl + YCl3 + 0.5 Li2O'
    """
    return _JOIN.join(
        formula if f"{amount:.9g}" == "1" else f"{amount:.9g} {formula}"
        for formula, amount in amounts.items()
    )


def decomposition_shares(formula: str, products: str) -> tuple[Share, ...]:
    """Return products with their shares of the atoms.

    Parameters
    ----------
    formula : str
        The compound.
    products : str
        As of :func:`written_products`.

    Raises
    ------
    TableError
        If the atoms of the products are not those of the compound.

    Examples
    --------
    Six of the ten atoms of Li3YCl6 go into 3 LiCl:

    >>> [one.share for one in decomposition_shares("Li3YCl6", "3 LiCl + YCl3")]
    [0.6, 0.4]
    """
    material = composition(formula).meant
    made: dict[str, float] = dict.fromkeys(material.amounts, 0.0)
    found = []
    for text in products.split(_JOIN):
        amount, _, name = text.rpartition(" ")
        product = composition(name)
        units = float(amount or 1.0)
        for element, atoms in product.amounts.items():
            made[element] = made.get(element, 0.0) + units * atoms
        found.append(Share(product, units * product.n_atoms / material.n_atoms))
    off = max(abs(made[element] - material.amounts.get(element, 0.0)) for element in made)
    if off > _ROUNDING * material.n_atoms:
        raise TableError(f"{formula}: {products} has other atoms; write what it decomposes into")
    return tuple(found)
