"""Experiments that are kept: added, imported from CSV, corrected without losing what stood before.

They live in the laboratory's own file, so that a lab can add a cell while a batch is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import ExperimentError
from jobs.lab.experiment_file import experiment_rows, fault_summary, row_name, row_of_texts
from jobs.lab.experiment_numbers import LOADING
from jobs.lab.experiment_row import experiment, measurements, reference_note
from jobs.lab.kept_materials import own_in
from jobs.lab.laboratory import Kind, laboratory
from jobs.schema.experiment_fields import FIELDS, Experiment
from screening.catalogue.materials import recipes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobs.lab.experiment_file import Rows
    from jobs.lab.laboratory import Laboratory, Record, Version
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.measured_cells import Measurement

_COMPOSITE = ("cathode_parts", "sse_parts", "carbon_parts", "carbon", "mixing", "pressure_mpa")


class Import(NamedTuple):
    """What became of a CSV file."""

    added: tuple[str, ...]
    """Ids of new experiments."""
    known: tuple[str, ...]
    """Ids of experiments that were there already, exactly so."""
    faults: tuple[str, ...]
    """What is wrong with the rows that were left out, one line each."""
    assumed: tuple[str, ...] = ()
    """What was taken of new cells because their rows do not say, one line each."""


def add(store: Path, one: Experiment) -> bool:
    """Keep an experiment; return whether it is new.

    Parameters
    ----------
    store : Path
        The store; it is made if it is missing.
    one : Experiment
        The experiment.

    Raises
    ------
    ExperimentError
        If another experiment has its id, or its content.
    """
    with laboratory(store, write=True) as lab:
        return _Known(lab).take(one)


def import_experiments(store: Path, source: Rows, *, skip_bad_rows: bool = False) -> Import:
    """Keep experiments: all of them, or none.

    Parameters
    ----------
    store : Path
        The store; it is made if it is missing.
    source : Path or iterable of mapping
        A CSV file in UTF-8 whose header names fields, or rows by field; cells that are known
        already are passed over.
    skip_bad_rows : bool, optional
        Whether to keep the good rows of a file with bad ones.

    Raises
    ------
    ExperimentError
        If the file cannot be read, or a row is wrong and bad rows are not to be skipped; every
        wrong row stands on its own line, with its number. Then nothing is kept.
    BatchError
        If it is no UTF-8 text.
    """
    added: list[str] = []
    known: list[str] = []
    faults: list[str] = []
    assumed: list[str] = []
    seen: dict[str, str] = {}
    own = own_in(store)
    with laboratory(store, write=True) as lab:
        there = _Known(lab)
        for number, texts in experiment_rows(source):
            name = row_name(source, number)
            try:
                one = _read(texts, name, seen, own)
                new = there.take(one)
                (added if new else known).append(one.id)
                if new and isinstance(texts, dict) and (said := reference_note(texts)):
                    assumed.append(f"{one.id}: {said}")
            except ExperimentError as error:
                faults += [f"{name}: {fault}" for fault in str(error).splitlines()]
        if faults and not skip_bad_rows:
            raise ExperimentError(fault_summary(source, faults))
    return Import(tuple(added), tuple(known), tuple(faults), tuple(assumed))


def correct(
    store: Path, name: str, changes: Mapping[str, str], *, reason: str, withdraw: bool = False
) -> Experiment:
    """Add a version of an experiment, and return it; what stood before is kept.

    Parameters
    ----------
    store : Path
        The store.
    name : str
        Id of the experiment.
    changes : mapping of str to str
        New texts by field; an empty one clears the field.
    reason : str
        Why.
    withdraw : bool, optional
        Whether the experiment no longer counts.

    Raises
    ------
    ExperimentError
        If there is no such experiment, nothing changes, no reason is given, or the corrected one
        is wrong.
    """
    if not reason.strip():
        raise ExperimentError("a correction needs a reason; give one with --reason")
    if "voltage_reference" in changes:
        raise ExperimentError("a correction gives cutoffs against lithium; leave the reference out")
    if "id" in changes:
        raise ExperimentError("an id is never changed; withdraw the experiment and add another")
    history(store, name)  # Refuses a name that is not there, before anything is opened to write.
    own = own_in(store)
    with laboratory(store, write=True) as lab:
        there = _Known(lab)
        before = there.versions[name]
        one = experiment(_corrected(_experiment(before), changes), own)
        if one == _experiment(before) and withdraw == before.withdrawn:
            raise ExperimentError(f"experiment {name} is like that already; nothing to correct")
        there.refuse_twin(one)
        lab.add(Kind.EXPERIMENT, name, one.model_dump(), reason=reason.strip(), withdrawn=withdraw)
    return one


def listed(store: Path, *, withdrawn: bool = False) -> list[Record]:
    """Return the present versions of all experiments as rows, by date.

    Parameters
    ----------
    store : Path
        The store.
    withdrawn : bool, optional
        Whether to include those that no longer count.
    """
    with laboratory(store) as lab:
        return [row for row in rows(lab) if withdrawn or not row["withdrawn"]]


def experiments(store: Path) -> list[Experiment]:
    """Return the experiments that count, by date; none where there is no store yet.

    Parameters
    ----------
    store : Path
        The store.
    """
    return [
        Experiment.model_validate({name: row[name] for name in FIELDS}) for row in listed(store)
    ]


def measured_cells(store: Path) -> list[Measurement]:
    """Return the figures of all experiments that count, for a calibration.

    Parameters
    ----------
    store : Path
        The store.
    """
    return [figure for one in experiments(store) for figure in measurements(one)]


def history(store: Path, name: str) -> list[Record]:
    """Return all versions of one experiment, the first one first.

    Parameters
    ----------
    store : Path
        The store.
    name : str
        Its id.

    Raises
    ------
    ExperimentError
        If there is none.
    """
    with laboratory(store) as lab:
        found = lab.history(Kind.EXPERIMENT, name)
    if not found:
        raise ExperimentError(f"no experiment {name!r}; see `catholyte experiment list`")
    return [one.row for one in found]


def rows(lab: Laboratory) -> list[Record]:
    """Return the present versions of all experiments, for the published tables.

    Parameters
    ----------
    lab : Laboratory
        From :func:`jobs.lab.laboratory.laboratory`.
    """
    blank = dict.fromkeys(FIELDS)
    found = [blank | one.row for one in lab.current(Kind.EXPERIMENT).values()]
    return sorted(found, key=lambda row: (row["date"], row["id"]))


class _Known:
    """What a laboratory holds already, by id and by content: a file of many cells asks it often."""

    def __init__(self, lab: Laboratory) -> None:
        self._lab = lab
        self.versions: dict[str, Version] = lab.current(Kind.EXPERIMENT)
        self._contents = {
            _experiment(one).content: name
            for name, one in self.versions.items()
            if not one.withdrawn
        }

    def take(self, one: Experiment) -> bool:
        """Keep an experiment, and return whether it is new.

        Raises
        ------
        ExperimentError
            If its id or its content is taken by another one.
        """
        if there := self.versions.get(one.id):
            if _experiment(there) == one:
                return False
            raise ExperimentError(
                f"experiment {one.id} is there with other values; change it with "
                f"`catholyte experiment correct {one.id}`, or choose another id"
            )
        self.refuse_twin(one)
        self.versions[one.id] = self._lab.add(Kind.EXPERIMENT, one.id, one.model_dump())
        self._contents[one.content] = one.id
        return True

    def refuse_twin(self, one: Experiment) -> None:
        """Refuse the content of another experiment.

        Raises
        ------
        ExperimentError
            If one that counts has the same.
        """
        twin = self._contents.get(one.content, one.id)
        if twin != one.id:
            raise ExperimentError(
                f"experiment {one.id or '(new)'} is the same as {twin} in everything; leave it "
                "out, or say in its note that it is another cell"
            )


def _experiment(one: Version) -> Experiment:
    return Experiment.model_validate({name: one.values.get(name) for name in FIELDS})


def _corrected(before: Experiment, changes: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of an experiment with some changed, and what follows from them left open."""
    texts = row_of_texts(before.model_dump())
    if set(changes) & set(_COMPOSITE):
        texts["recipe"] = ""
    elif "recipe" in changes or texts["recipe"] in recipes():
        texts |= dict.fromkeys(_COMPOSITE, "")
    capacities = {"first_charge_mah_per_g", "first_discharge_mah_per_g"}
    if capacities & set(changes) and "efficiency_percent" not in changes:
        texts["efficiency_percent"] = ""  # It follows from the capacities.
    if LOADING in changes:
        texts["areal_capacity_mah_per_cm2"] = ""  # It follows from the loading.
    return {**texts, **changes}


def _read(
    texts: dict[str, str] | str, name: str, seen: dict[str, str], own: OwnMaterials
) -> Experiment:
    """Return the experiment of a row, and note the row of its id.

    Raises
    ------
    ExperimentError
        If the row is wrong, or its id stands in the file already.
    """
    if isinstance(texts, str):
        raise ExperimentError(texts)
    one = experiment(texts, own)
    if one.id in seen:
        raise ExperimentError(f"id {one.id} stands in {seen[one.id]} already; keep one")
    seen[one.id] = name
    return one
