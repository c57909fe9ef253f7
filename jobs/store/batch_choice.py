"""Which batch a question is about: the one run last, or one by id, name, or unique beginning."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import QueryError
from jobs.store.ledger import batches
from screening.catalogue.own_materials import stated_materials

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.store.ledger import BatchState
    from screening.catalogue.own_materials import OwnMaterials


class StoredBatch(NamedTuple):
    """A batch in the published results."""

    id: str
    """Its id."""
    name: str
    """What people call it."""
    spec: str
    """What its file says, as JSON."""
    calibration: str
    """Id of the calibration behind its predictions."""
    pairs_total: int
    """Pairs asked for."""
    pairs_done: int
    """Pairs with a row; fewer while it is computed."""
    pairs_failed: int
    """Those of them without an answer."""

    @property
    def title(self) -> str:
        """What outputs call it."""
        return f"batch {self.id} ({self.name})"

    @property
    def order(self) -> str:
        """By which number of its draws a pair takes its place: cautious in what a search found."""
        asked = json.loads(self.spec)
        searched = asked.get("filter") or asked.get("generate")
        return str(asked.get("order") or ("cautious" if searched else "central"))

    @property
    def objective(self) -> str | None:
        """What its file asks to be ranked by; None for the score."""
        asked: str | None = json.loads(self.spec).get("objective")
        return asked

    @property
    def own(self) -> OwnMaterials:
        """Materials of one's own that it uses."""
        return stated_materials(json.loads(self.spec))

    @property
    def draws(self) -> int:
        """How often phase energies were redrawn."""
        return int(json.loads(self.spec)["draws"])


def chosen_id(
    found: Sequence[Sequence[object]], wanted: str | None, store: Path, kept: str = "the results of"
) -> str:
    """Return the id of the one batch that was found by :data:`jobs.schema.current_batch.CHOICE`.

    Parameters
    ----------
    found : sequence
        Its rows.
    wanted : str or None
        What was asked for.
    store : Path
        The store.
    kept : str, optional
        What of the store was asked, to be named in an error.

    Raises
    ------
    QueryError
        If there is none, or more than one.
    """
    if not found:
        asked = f"no batch {wanted!r}" if wanted is not None else "no batch yet"
        raise QueryError(f"{asked} in {kept} {store}; see `catholyte status`")
    if len(found) > 1:
        told = ", ".join(f"{row[0]} ({row[1]})" for row in found)
        raise QueryError(
            f"{wanted!r} names, or begins the id or name of, {len(found)} batches in {store}: "
            f"{told}; give more of the id"
        )
    return str(found[0][0])


def submitted_batch(store: Path, wanted: str) -> BatchState:
    """Return the one submitted batch that a text means: by id, name, or unique beginning.

    Parameters
    ----------
    store : Path
        The store.
    wanted : str
        As a person writes it.

    Raises
    ------
    StoreError
        If there is no store.
    QueryError
        If it means none, or more than one.
    """
    found = batches(store)
    meant = (
        [one for one in found if one.id == wanted]
        or [one for one in found if one.name == wanted]
        or [one for one in found if one.id.startswith(wanted) or one.name.startswith(wanted)]
    )
    batch_id = chosen_id([(one.id, one.name) for one in meant], wanted, store, kept="the store")
    return next(one for one in meant if one.id == batch_id)
