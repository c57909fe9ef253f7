"""Structure types of decomposition products, and what the model says of products that have them.

``python -m jobs.structures.structure_types`` relaxes all of them again and writes the energies.
"""

from __future__ import annotations

import csv
import gzip
import json
import tomllib
import warnings
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.structures.chgnet_model import relaxed_cell
from jobs.structures.product_energies import COLUMNS, PRODUCTS
from stability.errors import TableError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = "structures/data/structure_types.toml"
_LIBRARY = "analysis/prototypes/aflow_prototypes.json.gz"  # In pymatgen.


class StructureType(NamedTuple):
    """A structure type, and the products that may have it."""

    name: str
    """What it is called."""
    compounds: tuple[str, ...]
    """Products that may have it."""
    source: str
    """Where the structure comes from."""
    given: Mapping[str, Any]
    """Space group, cell and sites; or the label in the AFLOW library, and its compound there."""


def structure_types() -> tuple[StructureType, ...]:
    """Return all structure types that are tried."""
    text = files("jobs").joinpath(_TYPES).read_text(encoding="utf-8")
    return tuple(
        StructureType(
            one["name"],
            tuple(one["compounds"]),
            one.get("source") or f"AFLOW library of prototypes, {one['aflow'][0]}",
            one,
        )
        for one in tomllib.loads(text)["type"]
    )


def built_structure(kind: StructureType, formula: str) -> Any:
    """Return a compound in a structure type, at a volume that its elements suggest.

    Parameters
    ----------
    kind : StructureType
        Which.
    formula : str
        A compound of the same stoichiometry.

    Raises
    ------
    TableError
        If its stoichiometry is another one.
    """
    from pymatgen.analysis.structure_prediction.volume_predictor import (  # noqa: PLC0415  # The extra may not be there.
        DLSVolumePredictor,
    )

    structure = _original(kind)
    shares = [structure.composition, composition(formula).amounts]
    old, new = (_by_share({str(e): n for e, n in one.items()}) for one in shares)
    if [share for share, _, _ in old] != [share for share, _, _ in new]:
        raise TableError(f"{formula} has not the stoichiometry of {kind.name}; choose another type")
    pairs = {a: b for (_, _, a), (_, _, b) in zip(old, new, strict=True)}
    structure.replace_species(pairs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predictor: Any = DLSVolumePredictor
        structure.scale_lattice(predictor().predict(structure))
    return structure


def relaxed_products() -> Iterator[dict[str, object]]:
    """Yield the rows of the file of energies: each product in the lowest of its types."""
    lowest: dict[str, dict[str, object]] = {}
    for kind in structure_types():
        for formula in kind.compounds:
            cell = relaxed_cell(built_structure(kind, formula), f"{formula} as {kind.name}")
            row = dict(zip(COLUMNS, (formula, round(cell.energy, 4), kind.name), strict=True))
            if formula not in lowest or cell.energy < float(str(lowest[formula][COLUMNS[1]])):
                lowest[formula] = row
    yield from (lowest[formula] for formula in sorted(lowest))


def write_products(path: Path) -> None:
    """Write the energies of all products.

    Parameters
    ----------
    path : Path
        The file.
    """
    rows = list(relaxed_products())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _original(kind: StructureType) -> Any:
    """Return the compound after which a type is called, as a primitive cell without charges.

    Raises
    ------
    TableError
        If the library does not hold it.
    """
    from pymatgen.core.lattice import Lattice  # noqa: PLC0415  # The extra may not be there.
    from pymatgen.core.structure import Structure  # noqa: PLC0415  # The extra may not be there.

    given = kind.given
    if "aflow" in given:
        label, formula = given["aflow"]
        found = next(
            (one for one in _library() if one["tags"]["aflow"] == label
             and Structure.from_dict(one["snl"]).composition.reduced_formula == formula), None,
        )  # fmt: skip
        if found is None:
            raise TableError(f"the library holds no {formula} as {label}; correct {_TYPES}")
        structure = Structure.from_dict(found["snl"])
    else:
        structure = Structure.from_spacegroup(
            given["space_group"],
            Lattice.from_parameters(*given["cell"]),
            [site[0] for site in given["sites"]],
            [site[1:] for site in given["sites"]],
        )
    structure.remove_oxidation_states()
    return structure.get_primitive_structure()


@cache
def _library() -> list[dict[str, Any]]:
    import pymatgen.analysis.prototypes  # noqa: PLC0415  # The extra may not be there.

    path = Path(pymatgen.analysis.prototypes.__path__[0]).parents[1] / _LIBRARY
    library: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))
    return library


def _by_share(amounts: Mapping[str, float]) -> list[tuple[float, float, str]]:
    """Return elements by their share, the more electropositive first among equal ones."""
    from pymatgen.core.periodic_table import Element  # noqa: PLC0415  # The extra may not be there.

    atoms = sum(amounts.values())
    return sorted(
        (round(n / atoms, 6), float(Element(name).X), name) for name, n in amounts.items()
    )


if __name__ == "__main__":
    write_products(Path(str(files("jobs").joinpath(PRODUCTS))))
