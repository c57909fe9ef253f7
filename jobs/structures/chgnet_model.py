"""Energies by CHGNet, a neural network trained on the Materials Project: the only user of torch."""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager, redirect_stdout
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.phase_tables.errors import DataError
from jobs.structures.structure_file import NEEDS_EXTRA

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "0.3.0"
"""Version of the weights; those of another one have another zero."""
MODEL = f"CHGNet {VERSION}"
"""What results call it."""
_FORCE = 0.03  # [eV/Angstrom] As of the products; energies then change by less than 1 meV/atom.
_STEPS = 500
_REFUSED = (ValueError, IndexError, KeyError, RuntimeError, ArithmeticError)
"""What the libraries raise where atoms are alone, too near, or of an unknown element."""


class RelaxedCell(NamedTuple):
    """A structure at rest."""

    energy: float
    """Energy of the model, which counts only against others of it. [eV/atom]"""
    volume: float
    """Volume of an atom. [Angstrom^3]"""
    steps: int
    """Steps that it took."""


def relaxed_cell(structure: Any, name: str) -> RelaxedCell:
    """Return the energy of a structure when its atoms and its cell have come to rest.

    Parameters
    ----------
    structure : pymatgen.core.Structure
        Ordered, without charges.
    name : str
        What an error calls it.

    Raises
    ------
    DataError
        If the extra is not installed, an element is unknown to the model, or no rest is found.

    References
    ----------
    B. Deng et al., Nat. Mach. Intell. 5, 1031 (2023), doi:10.1038/s42256-023-00716-3.
    """
    try:
        with _quiet():
            found = _relaxed(structure)
    except ImportError as error:
        raise DataError(f"{name}: an energy {NEEDS_EXTRA}") from error
    except _REFUSED as error:
        said = str(error).split("\n", maxsplit=1)[0][:80]
        raise DataError(
            f"{name}: {MODEL} gives it no energy ({said}); check cell and elements"
        ) from error
    if found is None:
        raise DataError(
            f"{name}: forces above {_FORCE} eV/Angstrom after {_STEPS} steps; give a structure "
            "nearer to rest"
        )
    return found


def _relaxed(structure: Any) -> RelaxedCell | None:
    """Return the structure at rest, None if it does not come to rest."""
    from ase.filters import FrechetCellFilter  # noqa: PLC0415  # The extra may not be there.
    from ase.optimize import BFGS  # noqa: PLC0415  # The extra may not be there.
    from pymatgen.io.ase import AseAtomsAdaptor  # noqa: PLC0415  # The extra may not be there.

    atoms: Any = AseAtomsAdaptor.get_atoms(structure)
    atoms.calc = _calculator()
    search = BFGS(FrechetCellFilter(atoms), logfile=None)
    if not search.run(fmax=_FORCE, steps=_STEPS):
        return None
    n = len(atoms)
    return RelaxedCell(
        float(atoms.get_potential_energy()) / n, float(atoms.get_volume()) / n, search.nsteps
    )


@cache
def _calculator() -> Any:
    import torch  # noqa: PLC0415  # The extra may not be there, and it takes seconds to load.
    from chgnet.model.dynamics import CHGNetCalculator  # noqa: PLC0415  # The same package of torch.
    from chgnet.model.model import CHGNet  # noqa: PLC0415  # Loads torch.

    torch.set_num_threads(1)  # Cells are small: more threads wait for each other.
    model = CHGNet.load(model_name=VERSION, use_device="cpu", verbose=False)
    return CHGNetCalculator(model=model, use_device="cpu", on_isolated_atoms="error")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the libraries print and warn of away from our own output."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
