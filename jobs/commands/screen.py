"""Commands on batches: submit, run, follow, stop and resume them."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path  # typer reads annotations when it runs.
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.commands.rank import rank
from jobs.engines.choice import Wanted
from jobs.engines.engine_name import EngineName
from jobs.options import (
    DEFAULT_STORE,
    ArealCapacity,
    CalibrationChoice,
    Csv,
    EnergiesName,
    EnergiesOption,
    Json,
    PolicyName,
    Rate,
    Store,
    amount,
)
from jobs.process.ending import FAILURE

if TYPE_CHECKING:
    from jobs.store.spec import Spec
    from jobs.work.engine import Limits
    from screening.batch.model import Batch

BatchFile = Annotated[
    Path | None,
    typer.Argument(help="Batch file (TOML); the reference batch without one."),
]
TableChange = Annotated[
    str | None, typer.Option(help="Phase table, instead of the batch's.", metavar="NAME")
]
PolicyChange = Annotated[
    PolicyName | None, typer.Option(help="Competing phases, instead of the batch's.")
]
TemperatureChange = Annotated[
    float | None, amount("temperature_k", "Temperature, instead of the batch's.", "KELVIN")
]
Engine = Annotated[EngineName, typer.Option(help="What computes: processes here, or Ray.")]
Cpus = Annotated[int | None, amount("processors", "Processors to use here; all by default.", "N")]
RayAddress = Annotated[
    str | None, typer.Option(help="Running Ray cluster to use.", metavar="HOST:PORT")
]
Deadline = Annotated[
    float,
    amount("deadline_s", "Processor time that a chunk may take, at least.", "SECONDS"),
]
Stop = Annotated[
    float,
    amount("stop_s", "Time without any processor time after which a worker is lost.", "SECONDS"),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print pairs, chunks, time, memory and engine; stop.")
]


def screen(
    batch: BatchFile = None,
    *,
    table: TableChange = None,
    energies: EnergiesOption = None,
    policy: PolicyChange = None,
    temperature: TemperatureChange = None,
    rate: Rate = None,
    areal_capacity: ArealCapacity = None,
    engine: Engine = EngineName.AUTO,
    cpus: Cpus = None,
    ray_address: RayAddress = None,
    deadline: Deadline = 60.0,
    stop: Stop = 3600.0,
    dry_run: DryRun = False,
    calibration: CalibrationChoice = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Evaluate every pair of a batch here and now, keep the results, print the ranking."""
    from jobs.batches.driven import driven, ended
    from jobs.lab.calibrations import chosen_calibration
    from jobs.store.spec import batch_spec

    chosen = _batch(batch, table, energies, policy, temperature, (rate, areal_capacity), store)
    spec = batch_spec(chosen, calibration=chosen_calibration(store, calibration))
    wanted = Wanted(engine, cpus, ray_address)
    _say_what_is_assumed(chosen, spec)
    if dry_run:
        _print_plan(chosen, spec, store, wanted)
        return
    outcome = driven(store, spec, wanted, _limits(deadline, stop))
    if outcome.done == outcome.pairs > outcome.failed:
        rank(
            batch=outcome.batch_id,
            calibration=calibration,
            store=store,
            as_json=as_json,
            as_csv=as_csv,
        )
    if code := ended(outcome, store):
        raise typer.Exit(code)


def submit(
    batch: BatchFile = None,
    *,
    table: TableChange = None,
    energies: EnergiesOption = None,
    policy: PolicyChange = None,
    temperature: TemperatureChange = None,
    rate: Rate = None,
    areal_capacity: ArealCapacity = None,
    priority: Annotated[int, amount("priority", "The higher, the earlier.", "N")] = 0,
    calibration: CalibrationChoice = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """Put a batch into the queue, for `catholyte work`; print its id."""
    from jobs.batches.run import submit as submitted

    chosen = _batch(batch, table, energies, policy, temperature, (rate, areal_capacity), store)
    spec = submitted(chosen, store, priority=priority, calibration=calibration)
    _say_what_is_assumed(chosen, spec)
    print(spec.batch_id)


def work(
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Wait for more when the queue is empty.")
    ] = False,
    engine: Engine = EngineName.AUTO,
    cpus: Cpus = None,
    ray_address: RayAddress = None,
    deadline: Deadline = 60.0,
    stop: Stop = 3600.0,
    store: Store = DEFAULT_STORE,
) -> None:
    """Compute the batches that wait, one after the other."""
    from jobs.batches.supervisor import work as worked
    from jobs.show.batch_progress import print_batch

    wanted = Wanted(engine, cpus, ray_address)
    limits = _limits(deadline, stop)
    ended = worked(store, wanted, limits, watch=watch, came_back=print_batch)
    if ended.exit_code:
        raise typer.Exit(ended.exit_code)
    if not ended.batches:
        print(f"no batch waits in {store}", file=sys.stderr)
    if ended.failed:
        raise typer.Exit(FAILURE)


def status(
    batch: Annotated[
        str | None, typer.Argument(help="Id or name, or how it begins; all without.")
    ] = None,
    *,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Print how far the batches are; it can be asked at any time."""
    from jobs.lab.laboratory import is_there
    from jobs.show.batch_progress import print_status
    from jobs.store import ledger
    from jobs.store.batch_choice import submitted_batch

    found = [submitted_batch(store, batch)] if batch is not None else ledger.batches(store)
    print_status(found, as_json=as_json)
    if not is_there(store):  # No cells, so none that has changed; the rest takes half a second.
        return
    from jobs.lab.calibrations import current_calibration, outdated_note

    with suppress(ValueError):  # A calibration that cannot be read is told by what needs it.
        if note := outdated_note(store, current_calibration(store)):
            print(note, file=sys.stderr)


def cancel(
    batch: Annotated[str, typer.Argument(help="Id or name, or how it begins.")],
    *,
    store: Store = DEFAULT_STORE,
) -> None:
    """Stop a batch; what it has is kept, and `resume` goes on."""
    from jobs.store import ledger
    from jobs.store.batch_choice import submitted_batch

    batch = submitted_batch(store, batch).id
    state = ledger.cancel(store, batch)
    said = "stops within seconds" if state is ledger.State.RUNNING else f"is {state.value}"
    print(f"batch {batch} {said}")


def resume(
    batch: Annotated[
        str | None,
        typer.Argument(help="Id or name, or how it begins; the first that waits without."),
    ] = None,
    *,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Compute again what has failed, or was lost.")
    ] = False,
    engine: Engine = EngineName.AUTO,
    cpus: Cpus = None,
    ray_address: RayAddress = None,
    deadline: Deadline = 60.0,
    stop: Stop = 3600.0,
    store: Store = DEFAULT_STORE,
) -> None:
    """Go on with a batch here and now, from where it stopped."""
    from jobs.batches.driven import driven, ended
    from jobs.batches.run import waiting
    from jobs.store.batch_choice import submitted_batch
    from jobs.store.recovery import relist
    from jobs.store.spec import read_spec

    if batch is None:
        batch_id = waiting(store, recompute=recompute)
    else:
        relist(store)
        batch_id = submitted_batch(store, batch).id
    spec = read_spec(store, batch_id)
    wanted = Wanted(engine, cpus, ray_address)
    outcome = driven(store, spec, wanted, _limits(deadline, stop), recompute=recompute)
    if outcome.done == outcome.pairs:
        print(f"batch {batch_id}: {outcome.done} pairs done")
    if code := ended(outcome, store):
        raise typer.Exit(code)


def _batch(
    path: Path | None,
    table: str | None,
    energies: EnergiesName | None,
    policy: PolicyName | None,
    temperature: float | None,
    run: tuple[float | None, float | None],
    store: Path,
) -> Batch:
    """Return the batch of a file, with what the options change."""
    from jobs.lab.kept_materials import kept_materials
    from screening.batch.batch_file import read_batch, with_materials
    from screening.batch.model import Batch

    own = kept_materials(store)
    chosen = read_batch(path, own) if path else with_materials(Batch(), own)
    changes = {
        "table": table,
        "energies": energies and energies.value,
        "policy": policy and policy.value,
        "temperature": temperature,
        "rate_c": run[0],
        "areal_capacity_mah_per_cm2": run[1],
    }
    return chosen.model_copy(update={key: new for key, new in changes.items() if new is not None})


def _say_what_is_assumed(chosen: Batch, spec: Spec) -> None:
    if said := chosen.assumed(row["cathode"] for row in spec.composites):
        print(f"taken, for the batch does not say: {'; '.join(said)}", file=sys.stderr)


def _limits(deadline: float, stop: float) -> Limits:
    from jobs.work.engine import Limits

    return Limits(deadline=deadline, stop=stop)


def _print_plan(chosen: Batch, spec: Spec, store: Path, wanted: Wanted) -> None:
    """Print what a batch would be, and what it would take: a sample of its pairs is computed."""
    from jobs.show.batch_progress import print_plan
    from jobs.studies.batch_plan import batch_plan

    plan = batch_plan(chosen, spec, store, wanted)
    for step, left in plan.counts:
        print(f"{left:>9} {step}")
    print_plan(spec, plan.choice, plan.done, plan.estimate)
