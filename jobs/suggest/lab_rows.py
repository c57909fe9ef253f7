"""What the laboratory has entered, as rows of the published tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.lab import calibrations, experiments
from jobs.lab import kept_materials as materials
from jobs.lab.laboratory import is_there, laboratory
from jobs.schema.arrow import arrow_table
from jobs.schema.lab_tables import CALIBRATIONS, EXPERIMENTS, OWN_MATERIALS, SUGGESTIONS
from jobs.suggest import kept_suggestions

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from jobs.schema.table import Table


def lab_rows(store: Path) -> dict[Table, pa.Table] | None:
    """Return what a laboratory has entered; None for a store without its file.

    Parameters
    ----------
    store : Path
        The store.

    Raises
    ------
    StoreError
        If the file cannot be used.
    """
    if not is_there(store):
        return None
    with laboratory(store) as lab:
        return {
            EXPERIMENTS: arrow_table(EXPERIMENTS, experiments.rows(lab)),
            SUGGESTIONS: arrow_table(SUGGESTIONS, kept_suggestions.rows(lab)),
            CALIBRATIONS: arrow_table(CALIBRATIONS, calibrations.rows(lab)),
            OWN_MATERIALS: arrow_table(OWN_MATERIALS, materials.material_rows(lab)),
        }
