"""What a batch computes, settled when it is submitted and never changed: ``spec.json``.

From its spec alone, and the chunks that are done, a batch can go on anywhere at any time.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.errors import StoreError
from jobs.process import failure_points as fault
from jobs.process.durable import write_whole
from jobs.process.version import code_version
from screening.batch.composite_rows import composite_row
from screening.batch.resolved import resolved
from screening.catalogue.own_materials import stated_materials
from screening.first_cycle.calibration import default_calibration, loaded, saved
from stability.energies.corrected_table import loaded_table
from stability.tables.phase_table import table_location
from stability.temperature import at_temperature

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from screening.batch.model import Batch
    from screening.batch.resolved import ResolvedBatch
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.calibration import Calibration

FOLDER = "batches"
"""Folder of a store that holds a folder for each batch."""
FILE = "spec.json"
"""Name of the file in the folder of a batch."""
CHUNK = 250
"""Pairs in a chunk with draws: about a second of work."""
PARTS, LEAST_IN_CHUNK = 4, 32
"""Chunks of a smaller batch with draws, so that it is seen to go on; least pairs of one."""
CHUNK_WITHOUT_DRAWS = 2000
"""The same without draws, where each SSE is in few composites."""
CHUNK_SSES, MOST_IN_CHUNK = 50, 4000
"""SSEs in a chunk without draws, where each is in many composites; and pairs at most."""


class Span(NamedTuple):
    """Some pairs of a batch that follow each other: a chunk, or a part of one."""

    start: int
    """Number of the first pair."""
    stop: int
    """Number after the last."""

    @property
    def n_pairs(self) -> int:
        """How many pairs."""
        return self.stop - self.start


class PairNames(NamedTuple):
    """One pair, by names."""

    sse: str
    """Solid electrolyte, by formula."""
    cathode: str
    """Cathode, as assembled."""
    recipe: str
    """The composite."""


@dataclass(frozen=True)
class Spec:
    """A batch with everything resolved: each SSE in each composite, in this order."""

    batch: dict[str, Any]
    """The batch file as plain values, defaults filled in."""
    table: str
    """Where the phase table is: its name, or an absolute path."""
    phase_table: str
    """Phase table at the batch's temperature, with its content hash."""
    code_version: str
    """Version of the program, with a hash of its code and data."""
    chunk_size: int
    """Pairs in a chunk; it does not depend on the machine."""
    sses: tuple[str, ...]
    """Solid electrolytes by formula; those of one chemical system stand together."""
    composites: tuple[dict[str, Any], ...]
    """Cathodes with their windows in recipes, as :mod:`screening.batch.composite_rows` writes
    them."""
    listed: tuple[tuple[int, int], ...] | None
    """Numbers of SSE and composite of each pair, where a list names pairs; None for all."""
    details: bool
    """Whether steps and kinks are kept."""
    calibration: str
    """Id of the calibration behind the predictions."""
    calibration_json: str | None
    """The calibration itself; None for the one that the program ships."""
    refused: tuple[dict[str, Any], ...] | None = None
    """Compounds that a gate has refused, each with gate, value, threshold and reason; None where
    no gate was asked."""

    @cached_property
    def batch_id(self) -> str:
        """Hash of all this but of where the table is; the calibration counts by its id."""
        elsewhere = {"table", "calibration_json"} | ({"refused"} if self.refused is None else set())
        content = {name: value for name, value in asdict(self).items() if name not in elsewhere}
        text = json.dumps(content, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def text(self) -> str:
        """Content of its file."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @property
    def draws(self) -> int:
        """How often phase energies are redrawn."""
        return int(self.batch["draws"])

    @cached_property
    def used_calibration(self) -> Calibration:
        """The calibration behind the predictions."""
        text = self.calibration_json
        return default_calibration() if text is None else loaded(text)

    @cached_property
    def own(self) -> OwnMaterials:
        """Materials of one's own that it uses."""
        return stated_materials(self.batch)

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """Rows of all compounds that gates were asked about; none where no gate was."""
        if self.refused is None:
            return []
        key = {"batch_id": self.batch_id}
        passed = dict.fromkeys(("gate", "value", "threshold", "reason")) | key | {"passed": True}
        return [passed | {"formula": one} for one in self.sses] + [
            key | {"passed": False} | one for one in self.refused
        ]

    @property
    def exclusions(self) -> dict[str, str]:
        """Phases that may not compete, each with its reason."""
        return {one["formula"]: one["reason"] for one in self.batch["exclude"]}

    @property
    def n_pairs(self) -> int:
        """Pairs in the batch."""
        if self.listed is not None:
            return len(self.listed)
        return len(self.sses) * len(self.composites)

    @property
    def n_chunks(self) -> int:
        """Chunks in the batch; the last may be smaller."""
        return -(-self.n_pairs // self.chunk_size)

    def chunk(self, number: int) -> Span:
        """Return the pairs of a chunk, counted from 0."""
        start = number * self.chunk_size
        return Span(start, min(start + self.chunk_size, self.n_pairs))

    def pair(self, number: int) -> PairNames:
        """Return one pair; all of them are never listed."""
        sse, composite = (
            self.listed[number] if self.listed is not None else divmod(number, len(self.composites))
        )
        made = self.composites[composite]
        return PairNames(self.sses[sse], made["cathode"], made["recipe"])


def batch_spec(
    batch: Batch, *, calibration: Calibration | None = None, chunk_size: int | None = None
) -> Spec:
    """Return the spec of a batch.

    Parameters
    ----------
    batch : Batch
        What to evaluate.
    calibration : Calibration, optional
        What to predict with; the one that the program ships by default.
    chunk_size : int, optional
        Pairs in a chunk; by default about a second of work.

    Raises
    ------
    BatchError, UnknownNameError, FormulaError, TableError
        If the batch cannot be run at all.
    """
    cold = loaded_table(batch.table, batch.energies)
    found = resolved(batch, cold)
    used = calibration or default_calibration()
    return Spec(
        batch=batch.model_dump(mode="json"),
        table=table_location(batch.table),
        phase_table=at_temperature(cold, batch.temperature).id,
        code_version=code_version(),
        chunk_size=chunk_size or _chunk_size(batch.draws, len(found.composites), found.n_pairs),
        sses=found.sses,
        composites=tuple(composite_row(one, batch.own) for one in found.composites),
        listed=None if found.listed is None else tuple(map(_numbers, found.listed)),
        refused=_refused(found),
        details=batch.keeps_details(found.n_pairs),
        calibration=used.id,
        calibration_json=None if used.id == default_calibration().id else saved(used),
    )


def _refused(found: ResolvedBatch) -> tuple[dict[str, Any], ...] | None:
    """Return what gates have refused, as rows; None where none was asked."""
    if found.refused is None:
        return None
    return tuple(
        {
            "formula": formula,
            "gate": one.gate.value,
            "value": one.value,
            "threshold": one.threshold,
            "reason": one.reason,
        }
        for formula, one in found.refused.items()
    )


def _chunk_size(draws: int, n_composites: int, n_pairs: int) -> int:
    """Return the pairs in a chunk: most work is for each SSE, and draws multiply it."""
    if draws:
        return min(max(ceil(n_pairs / PARTS), LEAST_IN_CHUNK), CHUNK)
    return min(max(CHUNK_WITHOUT_DRAWS, CHUNK_SSES * n_composites), MOST_IN_CHUNK)


def _numbers(pair: Sequence[int]) -> tuple[int, int]:
    sse, composite = pair
    return int(sse), int(composite)


def store_spec(store: Path, spec: Spec) -> None:
    """Write the spec of a batch into the store, unless it is there and sound.

    Parameters
    ----------
    store : Path
        The store; made if it is missing.
    spec : Spec
        From :func:`batch_spec`.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    path = spec_path(store, spec.batch_id)
    with suppress(StoreError):  # One that is damaged is written again: its id says what it was.
        read_spec(store, spec.batch_id)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fault.reached("spec-draft")
        write_whole(path, spec.text.encode())
        fault.reached("spec-written")
    except OSError as error:
        raise StoreError(
            f"store {store}: {error.strerror}; make room, or choose another with --store"
        ) from error


def read_spec(store: Path, batch_id: str) -> Spec:
    """Return the spec of a batch.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.

    Raises
    ------
    StoreError
        If the store has no such batch, or its spec has been changed.
    """
    path = spec_path(store, batch_id)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StoreError(f"no batch {batch_id} in {store}; see `catholyte status`") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: {error}; restore it, or submit the batch again") from error
    return parsed_spec(text, batch_id, str(path))


def parsed_spec(text: str, batch_id: str, where: str = FILE) -> Spec:
    """Return the spec that a text holds.

    Parameters
    ----------
    text : str
        Content of a ``spec.json``.
    batch_id : str
        Which batch it should be.
    where : str, optional
        What to call it in an error.

    Raises
    ------
    StoreError
        If it is no spec, or that of another batch.
    """
    try:
        content = json.loads(text)
        content["sses"] = tuple(content["sses"])
        content["composites"] = tuple(content["composites"])
        if content.get("refused") is not None:  # Older specs have none.
            content["refused"] = tuple(content["refused"])
        if content["listed"] is not None:
            content["listed"] = tuple((sse, number) for sse, number in content["listed"])
        spec = Spec(**content)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{where}: no spec of a batch; submit the batch again") from error
    if spec.batch_id != batch_id:
        raise StoreError(
            f"{where}: its content belongs to batch {spec.batch_id}; a spec is never changed: "
            "restore it, or submit the batch again"
        )
    return spec


def spec_path(store: Path, batch_id: str) -> Path:
    """Return where the spec of a batch stands.

    Raises
    ------
    StoreError
        If the id is none.
    """
    if not batch_id.isalnum():
        raise StoreError(
            f"batch {batch_id!r}: an id has letters and digits; see `catholyte status`"
        )
    return store / FOLDER / batch_id / FILE
