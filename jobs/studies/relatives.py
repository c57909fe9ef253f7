"""What is known around one electrolyte: measured materials like it, and what stands in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from descriptors.electrolyte.conductivity import Knowledge, prediction
from jobs.lab.calibrations import current_calibration
from jobs.lab.kept_materials import own_in
from jobs.show.obstacle_list import obstacle_record
from jobs.work.competitors import competitors
from screening.catalogue.materials import recipe
from screening.results.obstacles import obstacles
from stability.tables.phase_table import REFERENCE

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]
_ENDS = tuple(f"ionic_conductivity_{end}s_per_cm" for end in ("", "low_", "high_"))


def conductivity_relatives(store: Path, name: str) -> Record:
    """Return the measured materials that are most like an SSE, and what is predicted from them.

    Parameters
    ----------
    store : Path
        The store, whose materials have labels.
    name : str
        SSE: formula or label.

    Raises
    ------
    FormulaError
        If it is no formula.
    """
    found = prediction(own_in(store).sse_formula(name))
    told = found.knowledge is not Knowledge.NONE
    ends = (found.value, found.low, found.high) if told else (None, None, None)
    return {
        "subclass": found.subclass,
        "knowledge": found.knowledge.value,
        "figures": found.rows,
        "papers": found.papers,
        **dict(zip(_ENDS, ends, strict=True)),
        "relatives": [
            {
                "formula": one.formula,
                "ionic_conductivity_s_per_cm": one.conductivity,
                "source": one.source,
            }
            for one in (found.relatives if told else ())
        ],
    }


def obstacles_of(store: Path, name: str, cathode: str) -> Record:
    """Return why an SSE is not among the best with a cathode, as ``catholyte why-not`` prints it.

    Parameters
    ----------
    store : Path
        The store, whose materials have labels.
    name, cathode : str
        SSE and cathode: formula or label, name or label.

    Raises
    ------
    FormulaError, UnknownNameError, MissingElementError
        If one of them is not known, or cannot be computed.
    """
    own = own_in(store)
    chosen = own.cathode(cathode)
    found = obstacles(
        own.sse_formula(name),
        chosen,
        recipe(chosen.recipe),
        competitors(REFERENCE),
        own=own,
        calibration=current_calibration(store),
    )
    return obstacle_record(found)
