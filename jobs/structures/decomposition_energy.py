"""A compound on the hull of a table: what it decomposes into there, and how far it is above."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jobs.phase_tables.errors import DataError
from stability.formula import composition
from stability.hull import reactant
from stability.phases import competing_phases
from stability.tables.placed_phase import PlacedPhase, decomposition_shares, written_products

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stability.tables.phase_table import PhaseTable

STANDARD_ERROR = 0.036
"""Of the energy above the products [eV/atom]: the model's mean error on structures that it was not
trained with, 0.029, as the standard error of a normal distribution. Residuals of compounds that
the table has are smaller (`python -m benchmarks energies`), but the model has seen these."""
_FARTHEST = 0.3  # [eV/atom] Beyond it either structure is not what it is taken for.


def products_on_hull(formula: str, table: PhaseTable) -> str:
    """Return what a compound decomposes into, were it not there itself.

    Parameters
    ----------
    formula : str
        The compound.
    table : PhaseTable
        With the energies that count.

    Raises
    ------
    MissingElementError
        If the table lacks one of its elements.
    DataError
        If it would fall apart into elements, whose energies by the model do not count.
    """
    row = table.row(table.atom_fractions(composition(formula)))
    known = table.known.copy()
    if row is not None:
        known[row] = False
    found = reactant(formula, competing_phases(replace(table, known=known))).decomposition
    amounts = {product.formula: product.amount for product in found}
    for product in amounts:
        if len(composition(product).amounts) == 1:
            raise DataError(
                f"{formula} decomposes into {written_products(amounts)}: against elements the "
                f"energy of a structure is not known well; choose with --onto a table that has "
                f"compounds of {product}"
            )
    return written_products(amounts)


def placed(
    formula: str,
    products: str,
    energy: float,
    energies: Mapping[frozenset[tuple[str, float]], float],
) -> PlacedPhase:
    """Return a compound with its energy above its products, both by one model.

    Parameters
    ----------
    formula, products : str
        The compound, and what it decomposes into.
    energy : float
        Its energy by the model. [eV/atom]
    energies : mapping
        Those of its products, by composition. [eV/atom]

    Raises
    ------
    DataError
        If one of them is missing, or the energies cannot be those of these compounds.

    Examples
    --------
    Half an atom of each: -3.0 - (-2.0 - 3.9) / 2 = -0.05 eV/atom:

    >>> known = {composition(name).shares: e for name, e in [("LiCl", -2.0), ("ScCl", -3.9)]}
    >>> round(placed("LiScCl2", "LiCl + ScCl", -3.0, known).energy, 6)
    -0.05
    """
    shares = decomposition_shares(formula, products)
    if missing := [s.material.formula for s in shares if s.material.shares not in energies]:
        raise DataError(
            f"{formula} decomposes into {products}, and no structure of {', '.join(missing)} is "
            "known; give one with --with FILE"
        )
    above = energy - sum(one.share * energies[one.material.shares] for one in shares)
    if abs(above) > _FARTHEST:
        raise DataError(
            f"{formula}: {above:+.3f} eV/atom against {products}, more than {_FARTHEST:g}: check "
            "the structure"
        )
    return PlacedPhase(formula, products, above, STANDARD_ERROR)
