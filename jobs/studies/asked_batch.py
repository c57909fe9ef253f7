"""A batch that somebody asks the service for: all that is wrong with it, each with its place.

Nothing that comes in by the network names a file: tables are those that the data folder knows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from jobs.errors import REFUSALS, ServiceError
from jobs.lab.kept_materials import kept_materials
from jobs.studies.table_comparison import refuse_table
from screening.batch.batch_faults import faults, placed
from screening.batch.batch_file import unusable, with_materials
from screening.batch.model import TABLES, Batch
from screening.text.documents import LARGEST_FILE, parsed, with_tuples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from screening.batch.batch_faults import Place


class Fault(NamedTuple):
    """Something that is wrong with a batch."""

    place: Place
    """Key that it is about, and numbers in arrays; empty where it is about all of it."""
    said: str
    """What is wrong, in one line."""

    def __str__(self) -> str:
        """Return both, as an error tells them."""
        return placed(self.place, self.said)


class AskedBatch(NamedTuple):
    """What a request asks for."""

    batch: Batch | None
    """The batch, with the materials of the laboratory that it uses; None where it is wrong."""
    faults: tuple[Fault, ...]
    """All that is wrong."""


def asked_values(text: str) -> Mapping[str, Any]:
    """Return the keys of a batch that is written in TOML, with tuples for arrays.

    Parameters
    ----------
    text : str
        What was written.

    Raises
    ------
    ServiceError
        If it is too long.
    BatchError
        If it is no TOML.
    """
    if len(text) > LARGEST_FILE:
        raise ServiceError(
            f"the batch: {len(text)} characters are more than {LARGEST_FILE}; split it"
        )
    values: Mapping[str, Any] = with_tuples(dict(parsed(text, "the batch").values))
    return values


def asked_batch(values: Mapping[str, Any], store: Path) -> AskedBatch:
    """Return the batch that some keys mean, or all that is wrong with them.

    Parameters
    ----------
    values : mapping
        From :func:`asked_values`, or of a request in JSON; arrays are tuples.
    store : Path
        The store, whose laboratory is asked for materials.
    """
    found = list(_files(values))
    try:
        batch = Batch.model_validate(values)
    except ValidationError as error:
        found += [Fault(*one) for one in faults(error, Batch, TABLES)]
    if not found:
        try:
            batch = with_materials(batch, kept_materials(store))
            found = [Fault(*one) for one in unusable(batch)]
        except REFUSALS as error:
            found = [Fault((), str(error))]
    return AskedBatch(None if found else batch, tuple(found))


def lab_batch(body: bytes, media_type: str, store: Path) -> Batch:
    """Return the batch that a request holds, with the materials of the laboratory that it uses.

    Parameters
    ----------
    body, media_type : bytes, str
        JSON where the type says so, and TOML otherwise.
    store : Path
        The store, whose laboratory is asked.

    Raises
    ------
    ServiceError
        If it is no batch, or names a file of the server; the first fault is told.
    """
    found = asked_batch(_values(body, media_type), store)
    if found.batch is None:
        more = f" (and {len(found.faults) - 1} more)" if len(found.faults) > 1 else ""
        raise ServiceError(f"{found.faults[0]}{more}")
    return found.batch


def _values(body: bytes, media_type: str) -> Mapping[str, Any]:
    """Return the keys of a request.

    Raises
    ------
    ServiceError
        If it is neither TOML nor JSON, or no table.
    BatchError
        If it is no TOML.
    """
    json_sent = "json" in media_type
    try:
        text = body.decode()
        given = with_tuples(json.loads(text)) if json_sent else {}
    except (ValueError, RecursionError) as error:
        raise ServiceError(f"the batch cannot be read: {error}") from error
    if not json_sent:
        return asked_values(text)
    if not isinstance(given, dict):
        raise ServiceError("the batch is no table; write keys such as sses and cathodes")
    return given


def _files(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what names a file of the server."""
    if "candidates" in values:
        yield Fault(("candidates",), "names a file of the server; list them as sses instead")
    if isinstance(values.get("materials"), str):
        yield Fault(("materials",), "names a file of the server; import it in /materials instead")
    if isinstance(table := values.get("table"), str):
        try:
            refuse_table(table)
        except ServiceError as error:
            yield Fault(("table",), str(error))
