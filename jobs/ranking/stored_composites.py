"""Composites as they were settled when a batch was submitted: coated ones and own recipes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import JobsError
from jobs.store.published import snapshot
from screening.batch.composite_rows import composite
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from screening.batch.batch_tables import Composite


def stored_composites(store: Path, batch_id: str) -> Mapping[tuple[str, str], Composite]:
    """Return the composites of a batch by cathode and recipe; none of results that have gone.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Id of the batch, in full.
    """
    try:
        with snapshot(store) as there:
            found = there.rows("FROM composites WHERE batch_id = ?", [batch_id])
        return {(row["cathode"], row["recipe"]): composite(row) for row in found}
    except (ScreeningError, JobsError):
        return {}  # Then the catalogue says what a name means.
