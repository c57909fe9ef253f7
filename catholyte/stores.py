"""Stores: batches that were run, their rankings, and a laboratory's own materials and cells."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catholyte.agreement import Calibration, Comparison
from catholyte.arguments import answered
from catholyte.results import Candidates, Ranking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from screening.batch.model import Batch
    from screening.catalogue.own_material import Material

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

    def __fspath__(self) -> str:
        """Return the folder, so that questions take a store as they take its path."""
        return str(self.path)

    def batches(self) -> list[Record]:
        """Return the batches that are published, the last one first."""
        from jobs.store.published import rows

        return rows(self.path, "SELECT * EXCLUDE (spec) FROM batches ORDER BY run_at DESC")

    @answered()
    def ranking(
        self,
        *,
        cathode: str | None = None,
        top: int | None = None,
        objective: str | None = None,
        pareto: bool = False,
        rate: float | None = None,
        areal_capacity: float | None = None,
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
        rate, areal_capacity : float, optional
            Predict all pairs at this rate [1/h] and loading [mAh/cm2].

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
                rate=rate,
                areal_capacity=areal_capacity,
            )
        return Ranking({"batch_id": found.batch.id}, found.objective.text, found.table)

    @answered()
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

    def add_material(self, **fields: object) -> str:
        """Keep a material of one's own, and return its label.

        Parameters
        ----------
        **fields
            As docs/materials.md lists them: ``label``, ``kind``, ``source``, ``formula``,
            ``ionic_conductivity_s_per_cm`` ...

        Raises
        ------
        CatalogueError, MaterialError
            If a field is wrong, or the label stands for something else already.
        """
        from jobs.lab.experiment_file import row_of_texts
        from jobs.lab.kept_materials import add_materials
        from screening.batch.material_file import material

        made = material(row_of_texts(fields))
        add_materials(self.path, [made])
        return made.label

    def materials(self) -> list[Record]:
        """Return the materials of one's own, by field."""
        from jobs.lab.kept_materials import kept_materials

        return [one.model_dump(exclude_none=True) for one in kept_materials(self.path)]

    @answered()
    def add_experiments(
        self, cells: str | PathLike[str] | Iterable[Mapping[str, object]]
    ) -> list[str]:
        """Keep cells that were made, all of them or none, and return the ids of new ones.

        Parameters
        ----------
        cells : iterable of mapping, or path
            Each by the fields of docs/experiments.md, or a CSV file of them.

        Raises
        ------
        ExperimentError
            If one of them is wrong.
        """
        from jobs.lab.experiments import import_experiments

        return list(import_experiments(self.path, rows_or_file(cells)).added)

    def experiments(self) -> list[Record]:
        """Return the cells that were made, by date."""
        from jobs.lab.experiments import listed

        return listed(self.path)

    @answered()
    def calibrate(self, *, shipped: bool = False) -> Calibration:
        """Fit the first cycle to published cells and those of the store; predict with it from now.

        Parameters
        ----------
        shipped : bool, optional
            Go back to the calibration that the program ships.

        Raises
        ------
        StoreError
            If the store cannot be written.

        Notes
        -----
        A minute or two. Cells that cannot be fitted are named in ``record`` with the reason.
        """
        from jobs.lab.calibrations import keep
        from jobs.ranking.recalibration import moved_by, recalibration
        from jobs.show.calibration_report import as_record
        from screening.first_cycle.calibration import default_calibration
        from screening.first_cycle.validation import comparisons

        left_out: Mapping[str, str] = {}
        if shipped:
            found = default_calibration()
        else:
            found, _, left_out = recalibration(self.path)
        moves, compared = moved_by(self.path, found), comparisons(found)
        keep(self.path, found)
        record = as_record(found, compared, not_fitted=left_out, moved=moves and moves.places)
        return Calibration(record, tuple(compared))

    @answered()
    def compare(self, *, calibration: str | None = None, table: str = "reference") -> Comparison:
        """Return what cells have shown beside what is predicted of them.

        Parameters
        ----------
        calibration : str, optional
            Id of a calibration, or ``shipped``; the store's own without.
        table : str, optional
            Phase table.

        Raises
        ------
        StabilityError, ScreeningError, JobsError
            If nothing can be predicted.
        """
        from jobs.lab.calibrations import chosen_calibration
        from jobs.lab.experiments import experiments
        from jobs.lab.kept_materials import own_in
        from jobs.work.cell_predictions import compared_cells
        from jobs.work.competitors import competitors
        from screening.pairs.drawn import N_DRAWS

        used = chosen_calibration(self.path, calibration)
        found = compared_cells(
            experiments(self.path),
            competitors(table, redrawn=True),
            draws=N_DRAWS,
            calibration=used,
            own=own_in(self.path),
        )
        return Comparison({"calibration": used.id, "figures": found})


def rows_or_file(
    cells: str | PathLike[str] | Iterable[Mapping[str, object]],
) -> Path | Iterable[Mapping[str, object]]:
    """Return cells as they are, or the path of the file that holds them."""
    return Path(cells) if isinstance(cells, str | PathLike) else cells


@answered()
def open_store(path: str | PathLike[str] = DEFAULT, *, make: bool = False) -> Store:
    """Return a store that is there.

    Parameters
    ----------
    path : str or path, optional
        Its folder.
    make : bool, optional
        Whether one that is not there will do: its folder is made when something is kept.

    Raises
    ------
    StoreError
        If there is none.
    """
    from jobs.errors import StoreError

    folder = Path(path)
    if not make and not folder.is_dir():
        raise StoreError(
            f"there is no store at {folder}; run ca.screen(), say make=True, or name another folder"
        )
    return Store(folder)


@answered()
def screen(
    batch: str | Path | None = None,
    *,
    sses: Sequence[str] | None = None,
    cathodes: Sequence[str | Mapping[str, Any]] | None = None,
    store: str | PathLike[str] = DEFAULT,
    **keys: Any,
) -> Store:
    """Evaluate every pair of a batch here and now, keep the results, and return their store.

    Parameters
    ----------
    batch : str or Path, optional
        A batch file; the reference batch without one.
    sses, cathodes : sequence of str, optional
        Without a file: names of the catalogue or of one's own, or formulas of SSEs; cathodes as
        tables of a batch file too.
    store : str or path, optional
        Folder that keeps the results; made if it is missing. Its materials may be named.
    **keys
        Without a file: other keys of a batch, such as ``materials``, ``coatings``, ``separator``,
        ``anode``, ``rate_c`` or ``temperature`` (docs/batch-files.md).

    Raises
    ------
    BatchError
        If a file and keys are both given, or a key is unknown.
    StabilityError, DescriptorError, ScreeningError, JobsError
        If the batch cannot be run at all; a single pair that has no answer has a row that says so.
    """
    from jobs.batches.run import run
    from jobs.lab.kept_materials import kept_materials
    from screening.batch.batch_file import read_batch
    from screening.errors import BatchError

    lists = {"sses": sses, "cathodes": cathodes}
    keys |= {name: tuple(names) for name, names in lists.items() if names is not None}
    if batch and keys:
        raise BatchError(f"{batch} and {', '.join(keys)} are both given; write all into the file")
    own = kept_materials(Path(store))
    chosen = read_batch(Path(batch), own) if batch else _batch(keys, own)
    return Store(Path(store), run(chosen, Path(store)).batch_id)


@answered()
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
    from screening.batch.batch_file import read_batch
    from screening.batch.resolved import resolved
    from screening.errors import BatchError

    if batch and keys:
        raise BatchError(f"{batch} and {', '.join(keys)} are both given; write all into the file")
    found = resolved(read_batch(Path(batch)) if batch else _batch(keys, ()))
    return Candidates(
        {
            "steps": [one._asdict() for one in found.counts],
            "sses": list(found.sses),
            "refused": {formula: one.gate.value for formula, one in (found.refused or {}).items()},
        }
    )


def _batch(keys: dict[str, Any], own: Sequence[Material]) -> Batch:
    """Return the batch that keys mean, checked as a file is.

    Raises
    ------
    BatchError
        If a key, a name or a cell is wrong.
    """
    from pydantic import ValidationError

    from screening.batch.batch_faults import faults, placed
    from screening.batch.batch_file import unusable, with_materials
    from screening.batch.model import TABLES, Batch
    from screening.errors import BatchError
    from screening.text.documents import with_tuples

    try:
        made = with_materials(Batch(**with_tuples(keys)), own)
        wrong = list(unusable(made))
    except ValidationError as error:
        wrong = faults(error, Batch, TABLES)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise BatchError(f"batch: {placed(*wrong[0])}{more}")
    return made
