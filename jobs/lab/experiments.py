"""Experiments that are kept: added, imported from CSV, corrected without losing what stood before.

They live in the control file of a store, so that a lab can add a cell while a batch is computed.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.errors import ExperimentError
from jobs.lab.experiment_file import experiment_rows, fault_summary
from jobs.lab.experiment_numbers import NUMBERS
from jobs.lab.experiment_row import FIELDS, Experiment, experiment, measurements
from jobs.store.control import CONTROL, control, prepare
from screening.catalogue.materials import recipes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from screening.first_cycle.measured_cells import Measurement

Record = dict[str, Any]

_COMPOSITE = ("cathode_parts", "sse_parts", "carbon_parts", "carbon", "mixing", "pressure_mpa")
_TYPES = {name: "INTEGER" if name == "retention_cycles" else "REAL" for name in NUMBERS}
_COLUMNS = ", ".join(f"{name} {_TYPES.get(name, 'TEXT')}" for name in FIELDS)
MIGRATIONS = (
    f"""CREATE TABLE experiment (
        {_COLUMNS}, version INTEGER NOT NULL, content TEXT NOT NULL, entered_at TEXT NOT NULL,
        reason TEXT NOT NULL, withdrawn INTEGER NOT NULL, PRIMARY KEY (id, version))""",
    """CREATE VIEW current_experiment AS SELECT * FROM experiment AS one WHERE version =
        (SELECT max(version) FROM experiment WHERE id = one.id)""",
)
"""SQL of each version of this part of the control file."""


class Import(NamedTuple):
    """What became of a CSV file."""

    added: tuple[str, ...]
    """Ids of new experiments."""
    known: tuple[str, ...]
    """Ids of experiments that were there already, exactly so."""
    faults: tuple[str, ...]
    """What is wrong with the rows that were left out, one line each."""


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
    with _experiments(store) as connection:
        if known := _known(connection, one):
            return not known
        _insert(connection, one, version=1, reason="")
    return True


def import_csv(store: Path, path: Path, *, skip_bad_rows: bool = False) -> Import:
    """Keep the experiments of a CSV file: all of them, or none.

    Parameters
    ----------
    store : Path
        The store; it is made if it is missing.
    path : Path
        The file: UTF-8, the header names fields, rows of cells that are known already are passed
        over.
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
    seen: dict[str, int] = {}
    with _experiments(store) as connection:
        for line, texts in experiment_rows(path):
            try:
                one = _read(texts, line, seen)
                if _known(connection, one):
                    known.append(one.id)
                else:
                    _insert(connection, one, version=1, reason="")
                    added.append(one.id)
            except ExperimentError as error:
                faults += [f"line {line}: {fault}" for fault in str(error).splitlines()]
        if faults and not skip_bad_rows:
            raise ExperimentError(fault_summary(path, faults))
    return Import(tuple(added), tuple(known), tuple(faults))


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
    if "id" in changes:
        raise ExperimentError("an id is never changed; withdraw the experiment and add another")
    with _experiments(store, make=False) as connection:
        row = _current(connection, name)
        texts = {field: "" if row[field] is None else _text(row[field]) for field in FIELDS}
        if set(changes) & set(_COMPOSITE):
            texts["recipe"] = ""
        elif "recipe" in changes or texts["recipe"] in recipes():
            texts |= dict.fromkeys(_COMPOSITE, "")
        capacities = {"first_charge_mah_per_g", "first_discharge_mah_per_g"}
        if capacities & set(changes) and "efficiency_percent" not in changes:
            texts["efficiency_percent"] = ""  # It follows from the capacities.
        one = experiment({**texts, **changes})
        if one.content == row["content"] and withdraw == bool(row["withdrawn"]):
            raise ExperimentError(f"experiment {name} is like that already; nothing to correct")
        _refuse_twin(connection, one)
        _insert(
            connection, one, version=row["version"] + 1, reason=reason.strip(), withdrawn=withdraw
        )
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
    with _experiments(store, make=False) as connection:
        return [row for row in rows(connection) if withdrawn or not row["withdrawn"]]


def experiments(store: Path) -> list[Experiment]:
    """Return the experiments that count, by date; none where there is no store yet.

    Parameters
    ----------
    store : Path
        The store.
    """
    if not (store / CONTROL).is_file():
        return []
    return [Experiment(**{name: row[name] for name in FIELDS}) for row in listed(store)]


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
    with _experiments(store, make=False) as connection:
        _current(connection, name)
        found = connection.execute(
            "SELECT * FROM experiment WHERE id = ? ORDER BY version", (name,)
        )
        return [dict(row) for row in found]


def rows(connection: sqlite3.Connection) -> list[Record]:
    """Return the present versions of all experiments, for the published tables.

    Parameters
    ----------
    connection : Connection
        From :func:`jobs.store.control.control`.
    """
    prepare(connection, "experiments", MIGRATIONS)
    found = connection.execute("SELECT * FROM current_experiment ORDER BY date, id")
    return [dict(row) | {"withdrawn": bool(row["withdrawn"])} for row in found]


@contextmanager
def _experiments(store: Path, *, make: bool = True) -> Iterator[sqlite3.Connection]:
    with control(store, make=make) as connection:
        prepare(connection, "experiments", MIGRATIONS)
        yield connection


def _insert(
    connection: sqlite3.Connection,
    one: Experiment,
    *,
    version: int,
    reason: str,
    withdrawn: bool = False,
) -> None:
    values = {name: getattr(one, name) for name in FIELDS} | {
        "version": version,
        "content": one.content,
        "entered_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": reason,
        "withdrawn": int(withdrawn),
    }
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(
        f"INSERT INTO experiment ({', '.join(values)}) VALUES ({marks})",  # noqa: S608  # Our names.
        values,
    )


def _known(connection: sqlite3.Connection, one: Experiment) -> bool:
    """Say whether an experiment is there already, exactly so.

    Raises
    ------
    ExperimentError
        If its id or its content is taken by another one.
    """
    row = connection.execute(
        "SELECT content FROM current_experiment WHERE id = ?", (one.id,)
    ).fetchone()
    if row and row["content"] == one.content:
        return True
    if row:
        raise ExperimentError(
            f"experiment {one.id} is there with other values; change it with "
            f"`catholyte experiment correct {one.id}`, or choose another id"
        )
    _refuse_twin(connection, one)
    return False


def _refuse_twin(connection: sqlite3.Connection, one: Experiment) -> None:
    """Refuse the content of another experiment.

    Raises
    ------
    ExperimentError
        If one that counts has the same.
    """
    twin = connection.execute(
        "SELECT id FROM current_experiment WHERE content = ? AND id <> ? AND NOT withdrawn",
        (one.content, one.id),
    ).fetchone()
    if twin:
        raise ExperimentError(
            f"experiment {one.id or '(new)'} is the same as {twin['id']} in everything; leave it "
            "out, or say in its note that it is another cell"
        )


def _current(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    """Return the present version of an experiment.

    Raises
    ------
    ExperimentError
        If there is none.
    """
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM current_experiment WHERE id = ?", (name,)
    ).fetchone()
    if row is None:
        raise ExperimentError(f"no experiment {name!r}; see `catholyte experiment list`")
    return row


def _read(texts: dict[str, str] | str, line: int, seen: dict[str, int]) -> Experiment:
    """Return the experiment of a row, and note the line of its id.

    Raises
    ------
    ExperimentError
        If the row is wrong, or its id stands in the file already.
    """
    if isinstance(texts, str):
        raise ExperimentError(texts)
    one = experiment(texts)
    if one.id in seen:
        raise ExperimentError(f"id {one.id} stands in line {seen[one.id]} already; keep one")
    seen[one.id] = line
    return one


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
