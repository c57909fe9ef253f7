"""The competing phases that a person asks for, by the name of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stability.energies.corrected_table import loaded_table
from stability.phases import Policy, competing_phases
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterable

from stability.phases import CompetingPhases


def competitors(
    table: str,
    *,
    energies: str | None = None,
    policy: str = "known",
    exclude: Iterable[str] = (),
    temperature: float = 298.15,
    redrawn: bool = False,
) -> CompetingPhases:
    """Return the competing phases.

    Parameters
    ----------
    table : str
        ``reference``, the name of a snapshot, or a .csv or .parquet file.
    energies : str, optional
        ``dft``: as calculations gave them; ``corrected`` towards measured enthalpies; as the table
        asks for with None.
    policy : str, optional
        ``known``: phases that experiment knows; ``all``: computed ones too.
    exclude : iterable of str, optional
        Phases to leave out, each as ``FORMULA`` or ``FORMULA=REASON``.
    temperature : float, optional
        0 for energies as they are, 273.15 to 400 for free energies. [K]
    redrawn : bool, optional
        Whether energies are to be redrawn: then phases a little above the hull take part.

    Raises
    ------
    StabilityError
        If there is no such table, or not at this temperature.
    """
    exclusions = dict(text.partition("=")[::2] for text in exclude)
    return competing_phases(
        at_temperature(loaded_table(table, energies), temperature),
        Policy(policy),
        exclude={formula: reason or "no reason given" for formula, reason in exclusions.items()},
        margin=MARGIN if redrawn else 0.0,
    )
