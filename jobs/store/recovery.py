"""What a store has lost, and how it is made whole again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jobs.errors import StoreError
from jobs.store import ledger
from jobs.store.spec import FOLDER, read_spec

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.store.spec import Spec
    from jobs.store.writer import Writer


def lost_chunks(store: Path, writer: Writer) -> dict[str, list[int]]:
    """Return the chunks that were acknowledged and are not in the results, by batch.

    Parameters
    ----------
    store : Path
        The store.
    writer : Writer
        Its writer.
    """
    lost = {}
    for batch_id, digests in ledger.acknowledged(store).items():
        there = writer.chunks(batch_id)
        missing = [chunk for chunk, digest in digests.items() if there.get(chunk) != digest]
        if missing:
            lost[batch_id] = sorted(missing)
    return lost


def recovered(store: Path, writer: Writer, *, recompute: bool = False) -> None:
    """Bring the records of a store in line with its results.

    Parameters
    ----------
    store : Path
        The store.
    writer : Writer
        Its writer.
    recompute : bool, optional
        Whether to take back what was acknowledged and is lost, to compute it again.

    Raises
    ------
    StoreError
        If something is lost and is not to be computed again.

    Notes
    -----
    A write-ahead log that is deleted or emptied leaves a database that opens without an error and
    lacks what was committed last; only this count, kept in another file, can tell.
    """
    relist(store)
    lost = lost_chunks(store, writer)
    if lost and not recompute:
        told = ", ".join(f"{len(chunks)} of batch {one}" for one, chunks in lost.items())
        raise StoreError(
            f"store {store}: work.duckdb lacks chunks that were acknowledged ({told}); its "
            "work.duckdb.wal was deleted, or the file replaced. Put both back, or compute them "
            "again with `catholyte resume --recompute`"
        )
    for batch_id in lost:
        ledger.forget(store, batch_id)
        ledger.finish(store, batch_id, ledger.State.INTERRUPTED, "rows were lost")
    noted = ledger.acknowledged(store)
    for one in ledger.batches(store):
        chunks = writer.chunks(one.id)
        done, failed = writer.counts(one.id)
        agreed = noted.get(one.id, {}).keys() == chunks.keys()
        if not agreed or (done, failed) != (one.pairs_done, one.pairs_failed):
            ledger.reconcile(store, one.id, chunks, done=done, failed=failed)
        if done == one.pairs_total and one.state is ledger.State.QUEUED:
            ledger.finish(store, one.id, ledger.State.DONE)


def retry_failed(store: Path, writer: Writer, spec: Spec) -> None:
    """Take back the chunks of a batch in which pairs have failed, to compute them again.

    Parameters
    ----------
    store : Path
        The store.
    writer : Writer
        Its writer.
    spec : Spec
        The batch.
    """
    failed = writer.failed_pairs(spec.batch_id)
    chunks = sorted(
        {number // spec.chunk_size for number in range(spec.n_pairs) if spec.pair(number) in failed}
        if failed
        else ()
    )
    # First what was promised, then what is there: a crash between the two loses nothing.
    ledger.forget(store, spec.batch_id, chunks)
    writer.take_back(spec.batch_id, chunks)


def relist(store: Path) -> None:
    """Queue batches that have a spec and no record, as after a crash or a lost ``jobs.sqlite``.

    Parameters
    ----------
    store : Path
        The store; where there is none, none is made.
    """
    if not (store / FOLDER).is_dir():
        return
    ledger.prepared(store)
    known = {one.id for one in ledger.batches(store)}
    for path in sorted((store / FOLDER).glob("*/spec.json")):
        batch_id = path.parent.name
        if batch_id not in known:
            with suppress(StoreError):  # A stray folder is no batch; `doctor` names it.
                ledger.queue(store, read_spec(store, batch_id))
