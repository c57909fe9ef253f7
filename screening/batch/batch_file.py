"""The file of a batch: read, with what is wrong in it at its place, and what it calls by name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from descriptors.errors import DescriptorError
from screening.batch.batch_faults import first_fault, located, told
from screening.batch.batch_tables import (
    CathodeTable,
    RecipeTable,
    stated_coatings,
)
from screening.batch.material_file import usable
from screening.batch.model import TABLES, Batch
from screening.catalogue import materials as catalogue
from screening.catalogue.anodes import anode
from screening.catalogue.names import read_candidates
from screening.catalogue.own_materials import OwnMaterials
from screening.catalogue.spelling import folded
from screening.coating.coatings import stated_coating
from screening.errors import BatchError, ScreeningError
from screening.text.documents import document, with_tuples
from stability.errors import StabilityError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from screening.batch.batch_faults import Place
    from screening.catalogue.own_material import Material

_REFUSALS = (ScreeningError, StabilityError, DescriptorError)


def read_batch(path: Path, kept: Sequence[Material] = ()) -> Batch:
    """Return the batch of a TOML file.

    Parameters
    ----------
    path : Path
        The file.
    kept : sequence of Material, optional
        Materials of the laboratory; those that the file names become part of the batch.

    Raises
    ------
    BatchError
        If the file cannot be read, is no TOML, or holds an unknown key, a wrong value, a wrong
        name or an impossible cell; the message is one line with line and column.
    """
    read = document(path)
    try:
        batch = Batch(**{"name": path.stem[:200], **with_tuples(read.values)})
    except ValidationError as error:
        fault = first_fault(error, read, Batch, TABLES)
        raise BatchError(f"batch file {path}, {fault}") from error
    batch = with_materials(batch, kept)
    for place, said in unusable(batch):
        raise BatchError(f"batch file {path}, {located(place, said, read)}")
    return batch


def with_materials(batch: Batch, kept: Sequence[Material]) -> Batch:
    """Return a batch that holds all materials of one's own that it uses.

    Parameters
    ----------
    batch : Batch
        What a file says.
    kept : sequence of Material
        Materials of the laboratory; one of the same label in the file goes before it.

    Raises
    ------
    BatchError, CatalogueError
        If the CSV file that the batch names cannot be read, materials contradict each other, or one
        has the label of something else.
    """
    stated = usable(batch.materials)
    labels = {folded(one.label) for one in stated}
    others = OwnMaterials(tuple(one for one in kept if folded(one.label) not in labels))
    used = others.materials if batch.filter or batch.generate else others.named_by(_names_of(batch))
    return batch.model_copy(update={"materials": (*stated, *used)})


def _names_of(batch: Batch) -> list[str]:
    """Return all names that a batch calls materials by."""
    names = list(batch.sses or ())
    if batch.candidates is not None:
        names += [
            name for one in read_candidates(Path(batch.candidates)) for name in one.names if name
        ]
    elif not (batch.sses or batch.filter or batch.generate):
        names += catalogue.electrolytes()
    names += [one for one in (batch.separator,) if one]
    tables = [one for one in batch.cathodes or () if isinstance(one, CathodeTable)]
    names += [name for _, name in stated_coatings(batch.coatings, batch.cathodes)]
    names += [one for one in batch.cathodes or () if isinstance(one, str)]
    names += [one.name for one in tables]
    recipes = [one for many in (batch.recipes, *(t.recipes for t in tables)) for one in many or ()]
    return names + [one.carbon for one in recipes if isinstance(one, RecipeTable) and one.carbon]


def unusable(batch: Batch) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with a batch beyond the values of its keys, with its place.

    Parameters
    ----------
    batch : Batch
        What a file says, with the materials that it uses.

    Raises
    ------
    BatchError
        If the list of candidates cannot be read.

    Notes
    -----
    Names that no catalogue knows and formulas that are none; without those, what stands twice, and
    cells that cannot be made or cycled: cathodes at their places, or all of them.
    """
    misnamed = False
    for place, name, known in _checks(batch):
        try:
            known(name)
        except _REFUSALS as error:
            misnamed = True
            yield place, str(error)
    if not misnamed:
        yield from _impossible(batch)


def _impossible(batch: Batch) -> Iterator[tuple[Place, str]]:
    wrong = False
    for number, one in enumerate(batch.cathodes or ()):
        try:
            batch.model_copy(update={"cathodes": (one,)}).composites()
        except _REFUSALS as error:
            wrong = True
            place, said = told(str(error), Batch.model_fields)
            own = one.model_fields_set if isinstance(one, CathodeTable) else ()
            yield (("cathodes", number, *place) if set(place) & set(own) else place), said
    try:
        batch.named_sses()
        if not wrong:
            batch.composites(_listed_cathodes(batch))
    except _REFUSALS as error:
        yield told(str(error), Batch.model_fields)


def _listed_cathodes(batch: Batch) -> list[str] | None:
    """Return the cathodes that a list of candidates names; None where it names none."""
    if batch.candidates is None:
        return None
    names = dict.fromkeys(one.names[1] for one in read_candidates(Path(batch.candidates)))
    known = {folded(name): name for name in names if name}
    return list(dict.fromkeys(batch.own.cathode(name).name for name in known.values())) or None


def _checks(
    batch: Batch,
) -> Iterator[tuple[tuple[str | int, ...], str, Callable[[str], object]]]:
    """Yield each name of a batch with its place, and what knows it."""
    own = batch.own
    for number, name in enumerate(batch.sses or ()):
        yield ("sses", number), name, own.conductor_formula
    for number, one in enumerate(batch.cathodes or ()):
        name = one.name if isinstance(one, CathodeTable) else one
        yield ("cathodes", number), name, own.cathode
    for number, wanted in enumerate(batch.recipes or ()):
        if not isinstance(wanted, RecipeTable):
            yield ("recipes", number), wanted, catalogue.recipe
        elif wanted.carbon:
            yield ("recipes", number, "carbon"), wanted.carbon, own.carbon_name
    single: dict[str, Callable[[str], object]] = {
        "recipe": catalogue.recipe,
        "separator": own.conductor_formula,
        "anode": anode,
        "voltage_reference": anode,
    }
    for key, known in single.items():
        if (name := getattr(batch, key)) is not None:
            yield (key,), name, known
    for place, name in stated_coatings(batch.coatings, batch.cathodes):
        yield place, name, partial(stated_coating, own=own)
