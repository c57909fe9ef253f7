"""What the laboratory has entered, as rows of the published tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.lab import calibrations, experiments
from jobs.schema.arrow import arrow_table
from jobs.schema.lab_tables import CALIBRATIONS, EXPERIMENTS, SUGGESTIONS
from jobs.store.control import control
from jobs.suggest import suggestions

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from jobs.schema.table import Table


def lab_rows(store: Path) -> dict[Table, pa.Table]:
    """Return the experiments, suggestions and calibrations of a store.

    Parameters
    ----------
    store : Path
        The store.

    Raises
    ------
    StoreError
        If its control file cannot be used.
    """
    with control(store) as connection:
        return {
            EXPERIMENTS: arrow_table(EXPERIMENTS, experiments.rows(connection)),
            SUGGESTIONS: arrow_table(SUGGESTIONS, suggestions.rows(connection)),
            CALIBRATIONS: arrow_table(CALIBRATIONS, calibrations.rows(connection)),
        }
