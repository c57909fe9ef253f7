"""The folder that keeps results: a private working database, and a published copy for people.

Only the process that holds ``work.lock`` opens ``work.duckdb``. Readers open ``results.duckdb``
(:mod:`jobs.store.published`), which is replaced as a whole, by rename: they see one state of
everything.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jobs.errors import StoreError
from jobs.process import failure_points as fault
from jobs.schema import store_schema as schema
from jobs.schema.arrow import arrow_table
from jobs.store.duckdb_words import refuse_path
from jobs.store.lock import locked
from jobs.store.publication import publish
from jobs.store.working_file import transaction, working_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from jobs.schema.table import Table

Record = dict[str, Any]
Standing = Callable[[str, pa.Table, pa.Table, pa.Table], pa.Table]
"""From a batch with some of its pairs, their redraws and composites to what each is worth."""

_RIVALS = 1000  # Pairs of each cathode that are compared draw by draw: those with the best scores.


class Writer:
    """The one process that writes a store; from :func:`writing`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    def insert(self, rows: Mapping[Table, Sequence[Record]]) -> None:
        """Insert rows of several tables in one transaction; rows that are there already stay.

        A batch that is run again only renews its time.
        """
        with transaction(self._connection):
            for table, records in rows.items():
                if records:
                    self._insert(table.name, arrow_table(table, records))

    def commit(
        self, batch_id: str, chunk: int, digest: str, tables: Mapping[str, pa.Table], version: str
    ) -> None:
        """Insert the rows of a chunk and the note that it is done, in one transaction.

        Rows that :meth:`keep` has kept of it are there already.

        Parameters
        ----------
        batch_id : str
            Batch of the chunk.
        chunk : int
            Its number.
        digest : str
            Digest of its rows.
        tables : mapping of str to Table
            Its rows, by table.
        version : str
            Version of the program that computed it.

        Raises
        ------
        StoreError
            If the chunk is there with other rows: equal work must give equal results.
        """
        there = self.chunks(batch_id).get(chunk)
        if there == digest:
            return
        if there is not None:
            raise StoreError(
                f"not deterministic: chunk {chunk} of batch {batch_id} was computed twice, with "
                f"digest {there} and {digest}; the first is kept. Please report it"
            )
        note = {
            "batch_id": batch_id,
            "chunk": chunk,
            "n_rows": len(tables[schema.PAIRS.name]),
            "digest": digest,
            "code_version": version,
            "committed_at": _now(),
        }
        with transaction(self._connection):
            fault.reached("chunk-begun")
            for name, table in tables.items():
                self._insert(name, table)
            fault.reached("chunk-inserted")
            self._insert(schema.CHUNKS.name, arrow_table(schema.CHUNKS, [note]))
            fault.reached("chunk-committing")
        fault.reached("chunk-committed")

    def keep(self, tables: Mapping[str, pa.Table]) -> None:
        """Insert the rows of a chunk in which some pairs are unanswered; it is not done.

        Parameters
        ----------
        tables : mapping of str to Table
            Its rows, by table.
        """
        with transaction(self._connection):
            for name, table in tables.items():
                self._insert(name, table)

    def forget_unanswered(self, batch_id: str) -> None:
        """Remove the rows that say of pairs that they are unanswered, to compute them."""
        self._connection.execute(
            "DELETE FROM pairs WHERE batch_id = ? AND status = 'unanswered'", [batch_id]
        )

    def failed_pairs(self, batch_id: str) -> set[tuple[str, str, str]]:
        """Return the failed pairs of a batch: SSE, cathode, recipe."""
        found = self._connection.execute(
            "SELECT sse, cathode, recipe FROM pairs WHERE batch_id = ? AND status = 'failed'",
            [batch_id],
        ).fetchall()
        return set(found)

    def take_back(self, batch_id: str, chunks: Sequence[int]) -> None:
        """Remove the failed rows of a batch, and the notes that the chunks with them are done.

        Parameters
        ----------
        batch_id : str
            Which batch.
        chunks : sequence of int
            All chunks that have a failed row.
        """
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM chunks WHERE batch_id = ? AND list_contains(?, chunk)",
                [batch_id, list(chunks)],
            )
            self._connection.execute(
                "DELETE FROM pairs WHERE batch_id = ? AND status = 'failed'", [batch_id]
            )
            self._connection.execute(  # Its columns of standing are to be made anew.
                "UPDATE batches SET pairs_done = 0 WHERE batch_id = ?", [batch_id]
            )

    def chunks(self, batch_id: str) -> dict[int, str]:
        """Return the digests of the chunks of a batch that are done, by number."""
        found = self._connection.execute(
            "SELECT chunk, digest FROM chunks WHERE batch_id = ?", [batch_id]
        ).fetchall()
        return dict(found)

    def counts(self, batch_id: str) -> tuple[int, int]:
        """Return the pairs of a batch that are done, and those of them that have failed."""
        found = self._connection.execute(
            "SELECT count(*), count(*) FILTER (status = 'failed') FROM pairs "
            "WHERE batch_id = ? AND status <> 'unanswered'",
            [batch_id],
        ).fetchall()
        return found[0]

    def publish(
        self, standing: Standing | None = None, lab: Mapping[Table, pa.Table] | None = None
    ) -> None:
        """Replace the published copy by the present state, at once and durably.

        Parameters
        ----------
        standing : callable, optional
            What makes the columns that need all pairs of a batch:
            :func:`jobs.ranking.probabilities.standing`.
        lab : mapping of Table to Arrow table, optional
            What the laboratory has entered: :func:`jobs.suggest.lab_rows.lab_rows`; what was
            published before stays without.

        Notes
        -----
        What a reader finds depends on the rows that are here, and not on earlier publications: the
        columns of every batch that has gained rows are made anew, for all of its pairs.
        """
        if standing:
            for batch_id in self._grown():
                self._renew(batch_id, standing)
        publish(self._connection, self._folder, lab)

    def _grown(self) -> list[str]:
        """Return the batches with rows that their columns of standing do not know yet."""
        return [
            row[0]
            for row in self._connection.execute(
                """SELECT batch_id FROM batches JOIN (
                       SELECT batch_id, count(*) AS rows FROM pairs
                       WHERE status <> 'unanswered' GROUP BY batch_id
                   ) USING (batch_id) WHERE rows <> pairs_done ORDER BY batch_id"""
            ).fetchall()
        ]

    def _renew(self, batch_id: str, standing: Standing) -> None:
        """Give each pair of a batch its standing among the others; those far down have none."""
        done, failed = self.counts(batch_id)
        found = self._best(batch_id, standing)
        names = [field.name for field in schema.STANDING]
        with transaction(self._connection):
            self._connection.register("arriving", found)
            self._connection.execute(
                f"""UPDATE pairs SET {", ".join(f"{name} = now.{name}" for name in names)}
                    FROM (
                        SELECT pairs.rowid AS row, {", ".join(f"found.{name}" for name in names)}
                        FROM pairs LEFT JOIN arriving AS found USING (sse, cathode, recipe)
                        WHERE batch_id = ?
                    ) AS now
                    WHERE pairs.rowid = now.row AND ({
                    " OR ".join(f"pairs.{name} IS DISTINCT FROM now.{name}" for name in names)
                })""",  # noqa: S608  # Names from our own schema.
                [batch_id],
            )
            self._connection.unregister("arriving")
            self._connection.execute(
                "UPDATE batches SET pairs_done = ?, pairs_failed = ? WHERE batch_id = ?",
                [done, failed, batch_id],
            )
        fault.reached("renewed")

    def _best(self, batch_id: str, standing: Standing) -> pa.Table:
        """Return what the best pairs of a batch are worth among each other."""
        pairs = self._connection.sql(
            """FROM pairs WHERE batch_id = ? AND status = 'ok'
               QUALIFY row_number() OVER (
                   PARTITION BY cathode ORDER BY score_0_to_1 DESC, sse, recipe
               ) <= ? ORDER BY cathode, sse, recipe""",
            params=[batch_id, _RIVALS],
        ).to_arrow_table()
        redraws = self._connection.sql(
            "FROM redraws SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS sse) USING (sse) "
            "WHERE batch_id = ? ORDER BY sse, cathode",
            params=[pairs["sse"].unique().to_pylist(), batch_id],
        ).to_arrow_table()
        composites = self._connection.sql("FROM composites WHERE batch_id = ?", params=[batch_id])
        return standing(batch_id, pairs, redraws, composites.to_arrow_table())

    def _insert(self, name: str, table: pa.Table) -> None:
        renew = "DO UPDATE SET run_at = excluded.run_at"
        conflict = renew if name == schema.BATCHES.name else "DO NOTHING"
        self._connection.register("arriving", table)
        self._connection.execute(
            f"INSERT INTO {name} BY NAME SELECT * FROM arriving ON CONFLICT {conflict}"  # noqa: S608  # Names from our own schema.
        )
        self._connection.unregister("arriving")


@contextmanager
def writing(folder: Path, *, anew: bool = False) -> Iterator[Writer]:
    """Open a store for writing, alone; it is made if it is missing.

    Parameters
    ----------
    folder : Path
        The store.
    anew : bool, optional
        Whether to set a working file aside that cannot be opened, and to begin another.

    Raises
    ------
    BusyError
        If another process is writing it.
    StoreError
        If the folder cannot be used, is damaged, runs full, or has another schema.
    """
    refuse_path(folder)
    with locked(folder), working_file(folder, anew=anew) as connection:
        fault.reached("opened")
        yield Writer(connection, folder)
        fault.reached("closing")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
