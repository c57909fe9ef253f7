"""Stores of results: batches that were run, their rankings, and any question in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catholyte.results import Candidates, Ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.batch.model import Batch

Record = dict[str, Any]

DEFAULT = "catholyte-store"
"""Folder that keeps results when no other is named."""


@dataclass(frozen=True)
class Store:
    """A folder of results."""

    path: Path
    """Where it is."""
    batch_id: str | None = None
    """The batch that rankings are of; the one run last without."""

    def batches(self) -> list[Record]:
        """Return the batches that are published, the last one first."""
        from jobs.store.published import rows

        return rows(self.path, "SELECT * EXCLUDE (spec) FROM batches ORDER BY run_at DESC")

    def ranking(
        self,
        *,
        cathode: str | None = None,
        top: int | None = None,
        objective: str | None = None,
        pareto: bool = False,
    ) -> Ranking:
        """Return pairs in the order of an objective.

        Parameters
        ----------
        cathode : str, optional
            Only its pairs.
        top : int, optional
            Only the best of each cathode.
        objective : str, optional
            A name, or an expression over columns; what the batch asks for, or the score, without.
        pareto : bool, optional
            Whether to say which pairs no other pair beats.

        Raises
        ------
        JobsError, ScreeningError
            If there are no results, or no such batch, cathode or objective.
        """
        from jobs.ranking.ranked import ranked
        from jobs.store.published import snapshot

        with snapshot(self.path) as there:
            found = ranked(
                there,
                batch=self.batch_id,
                cathode=cathode,
                top=top,
                by=objective,
                pareto=pareto,
            )
        return Ranking({"batch_id": found.batch.id}, found.objective.text, found.table)

    def query(self, sql: str) -> list[Record]:
        """Return the rows of one SELECT on the published results.

        Parameters
        ----------
        sql : str
            The statement; docs/schema.md lists the tables.

        Raises
        ------
        JobsError
            If there are no results, or the statement is refused.
        """
        from jobs.query.sandbox import answer

        return answer(self.path, sql).rows


def open_store(path: str | Path = DEFAULT) -> Store:
    """Return a store that is there.

    Parameters
    ----------
    path : str or Path, optional
        Its folder.

    Raises
    ------
    StoreError
        If there is none.
    """
    from jobs.errors import StoreError

    folder = Path(path)
    if not folder.is_dir():
        raise StoreError(f"there is no store at {folder}; run ca.screen(), or name another folder")
    return Store(folder)


def screen(
    batch: str | Path | None = None,
    *,
    sses: Sequence[str] | None = None,
    cathodes: Sequence[str] | None = None,
    store: str | Path = DEFAULT,
    **keys: Any,
) -> Store:
    """Evaluate every pair of a batch here and now, keep the results, and return their store.

    Parameters
    ----------
    batch : str or Path, optional
        A batch file; the reference batch without one.
    sses, cathodes : sequence of str, optional
        Without a file: names of the catalogue, or formulas of SSEs.
    store : str or Path, optional
        Folder that keeps the results; made if it is missing.
    **keys
        Without a file: other keys of a batch, such as ``temperature`` (docs/batch-files.md).

    Raises
    ------
    BatchError
        If a file and keys are both given, or a key is unknown.
    StabilityError, DescriptorError, ScreeningError, JobsError
        If the batch cannot be run at all; a single pair that has no answer has a row that says so.
    """
    from jobs.batches.run import run
    from screening.batch.model import read_batch
    from screening.errors import BatchError

    lists = {"sses": sses, "cathodes": cathodes}
    keys |= {name: tuple(names) for name, names in lists.items() if names is not None}
    if batch and keys:
        raise BatchError(f"{batch} and {', '.join(keys)} are both given; write all into the file")
    chosen = read_batch(Path(batch)) if batch else _batch(keys)
    return Store(Path(store), run(chosen, Path(store)).batch_id)


def candidates(batch: str | Path | None = None, **keys: Any) -> Candidates:
    """Return what the search of a batch finds, and how many each of its steps leaves.

    Parameters
    ----------
    batch : str or Path, optional
        A batch file.
    **keys
        Without a file: keys of a batch, such as ``filter`` (docs/batch-files.md).

    Raises
    ------
    BatchError
        If a file and keys are both given, a key is unknown, or nothing is left.
    """
    from screening.batch.model import read_batch
    from screening.batch.resolved import resolved
    from screening.errors import BatchError

    if batch and keys:
        raise BatchError(f"{batch} and {', '.join(keys)} are both given; write all into the file")
    found = resolved(read_batch(Path(batch)) if batch else _batch(keys))
    return Candidates(
        {
            "steps": [one._asdict() for one in found.counts],
            "sses": list(found.sses),
            "refused": {formula: one.gate.value for formula, one in (found.refused or {}).items()},
        }
    )


def _batch(keys: dict[str, Any]) -> Batch:
    from pydantic import ValidationError

    from screening.batch.model import Batch
    from screening.errors import BatchError

    try:
        return Batch(**keys)
    except ValidationError as error:
        fault = error.errors()[0]
        raise BatchError(f"batch: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error
