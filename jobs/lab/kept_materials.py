"""Materials of a laboratory's own: added, imported, corrected, removed, never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import MaterialError
from jobs.lab.laboratory import Kind, laboratory
from screening.batch.material_file import FIELDS, material, read_materials
from screening.catalogue.own_material import Material
from screening.catalogue.own_materials import BY_FORMULA, OwnMaterials
from screening.catalogue.spelling import folded
from screening.errors import CatalogueError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jobs.lab.laboratory import Laboratory, Record, Version


def add_materials(store: Path, found: Iterable[Material]) -> tuple[list[str], list[str]]:
    """Keep materials: all of them, or none; return labels of new ones, and of known ones.

    Parameters
    ----------
    store : Path
        The store; it is made if it is missing.
    found : iterable of Material
        The materials.

    Raises
    ------
    MaterialError
        If a label stands for something else already, or the composition of an SSE or a coating has
        another label.
    """
    added: list[str] = []
    known: list[str] = []
    with laboratory(store, write=True) as lab:
        there = {folded(name): one for name, one in lab.current(Kind.MATERIAL).items()}
        labels = _labels_of(there.values())
        for one in found:
            before = there.get(folded(one.label))
            if before is not None and not before.withdrawn:
                if _material(before) != one:
                    raise MaterialError(
                        f"material {before.id} is there with other values; change it with "
                        f"`catholyte material correct`, or choose another label"
                    )
                known.append(one.label)
                continue
            _refuse_twin(one, labels)
            name = before.id if before else one.label
            there[folded(one.label)] = made = lab.add(Kind.MATERIAL, name, _values(one))
            labels |= _labels_of([made])
            added.append(one.label)
    return added, known


def import_materials(store: Path, path: Path) -> tuple[list[str], list[str]]:
    """Keep the materials of a CSV file, as :func:`add_materials`.

    Raises
    ------
    BatchError
        If a row is wrong; then none is kept.
    """
    return add_materials(store, read_materials(path))


def correct_material(
    store: Path, name: str, changes: Mapping[str, str], *, reason: str, remove: bool = False
) -> Material:
    """Add a version of a material, and return it; what stood before is kept.

    Parameters
    ----------
    store : Path
        The store.
    name : str
        Its label.
    changes : mapping of str to str
        New texts by field; an empty one clears the field.
    reason : str
        Why.
    remove : bool, optional
        Whether it is no longer used.

    Raises
    ------
    MaterialError
        If there is no such material, no reason is given, nothing changes, or another of its kind
        has the composition.
    CatalogueError
        If the corrected one is wrong.
    """
    if not reason.strip():
        raise MaterialError("a correction needs a reason; give one with --reason")
    if "label" in changes:
        raise MaterialError("a label is never changed; remove the material and add another")
    before = material_history(store, name)[-1]
    label = before["label"]
    texts = {field: "" if before[field] is None else str(before[field]) for field in FIELDS}
    made = material({**texts, **changes}, used=not remove)
    if _values(made) == {field: before[field] for field in FIELDS} and (
        remove == before["withdrawn"]
    ):
        raise MaterialError(f"material {label} is like that already; nothing to correct")
    with laboratory(store, write=True) as lab:
        if not remove:
            _refuse_twin(made, _labels_of(lab.current(Kind.MATERIAL).values()))
        lab.add(Kind.MATERIAL, label, _values(made), reason=reason.strip(), withdrawn=remove)
    return made


def material_history(store: Path, name: str) -> list[Record]:
    """Return all versions of a material, the first one first.

    Raises
    ------
    MaterialError
        If there is none.
    """
    with laboratory(store) as lab:
        label = next((one for one in lab.current(Kind.MATERIAL) if folded(one) == folded(name)), "")
        found = lab.history(Kind.MATERIAL, label)
    if not found:
        raise MaterialError(f"no material {name!r} of your own; see `catholyte material list`")
    return [_row(one) for one in found]


def material_rows(lab: Laboratory) -> list[Record]:
    """Return the present versions of all materials, for the published tables.

    Parameters
    ----------
    lab : Laboratory
        From :func:`jobs.lab.laboratory.laboratory`.
    """
    return [_row(one) for one in lab.current(Kind.MATERIAL).values()]


def kept_materials(store: Path) -> tuple[Material, ...]:
    """Return the materials that are used; none where there is no store yet.

    Parameters
    ----------
    store : Path
        The store.
    """
    with laboratory(store) as lab:
        found = lab.current(Kind.MATERIAL).values()
        return tuple(_material(one) for one in found if not one.withdrawn)


def own_in(store: Path) -> OwnMaterials:
    """Return the materials of a store for look-ups by name.

    Parameters
    ----------
    store : Path
        The store.
    """
    return OwnMaterials(kept_materials(store))


def _labels_of(kept: Iterable[Version]) -> dict[object, str]:
    """Return the label of each composition of an SSE or a coating that is used, by kind."""
    return {
        (one.values["kind"], composition(one.values["formula"]).shares): one.id
        for one in kept
        if not one.withdrawn and one.values["kind"] in BY_FORMULA and one.values["formula"]
    }


def _refuse_twin(one: Material, labels: Mapping[object, str]) -> None:
    """Refuse an SSE or a coating whose composition is in use under another label.

    Raises
    ------
    MaterialError
        If there is such a label.
    """
    if one.kind not in BY_FORMULA or one.formula is None:
        return
    other = labels.get((one.kind, composition(one.formula).shares), one.label)
    if folded(other) != folded(one.label):
        raise MaterialError(
            f"{one.kind} {one.label} is {one.formula}, and so is {other}, which is there already; "
            f"results are named by formula: correct {other} with `catholyte material correct`, or "
            "remove it with `catholyte material remove`"
        )


def _row(one: Version) -> Record:
    return {name: one.values.get(name) for name in FIELDS} | {"id": one.id} | one.row


def _values(one: Material) -> Record:
    return one.model_dump(mode="json")


def _material(one: Version) -> Material:
    """Return the material of a version.

    Raises
    ------
    MaterialError
        If this program cannot read it.
    """
    try:
        return Material(**one.values)
    except (ValueError, CatalogueError) as error:
        raise MaterialError(
            f"material {one.id} was written by another version of catholyte: {error}"
        ) from error
