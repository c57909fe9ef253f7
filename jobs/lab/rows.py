"""What the laboratory has entered, as rows of the published tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.arrow import arrow_table
from jobs.control import control
from jobs.lab import calibrations, experiments, suggestions
from jobs.lab.tables import CALIBRATIONS, EXPERIMENTS, SUGGESTIONS

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from jobs.table import Table


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
