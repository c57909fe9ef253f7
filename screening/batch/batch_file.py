"""The file of a batch: read, with what is wrong in it at its place, and what it calls by name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from descriptors.errors import DescriptorError
from screening.batch.batch_faults import first_fault
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

    from screening.catalogue.own_material import Material


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
        If the file cannot be read, is no TOML, or holds an unknown key, a wrong value or a
        wrong name; the message is one line with line and column.
    """
    read = document(path)
    try:
        batch = Batch(**{"name": path.stem[:200], **with_tuples(read.values)})
    except ValidationError as error:
        fault = first_fault(error, read, Batch, TABLES)
        raise BatchError(f"batch file {path}, {fault}") from error
    batch = with_materials(batch, kept)
    for place, unknown in misnamed(batch):
        line, column = read.places.place(place)
        key = ".".join(map(str, place))
        said = f"batch file {path}, line {line}, column {column}: {key}: {unknown}"
        raise BatchError(said) from unknown
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


def misnamed(batch: Batch) -> Iterator[tuple[tuple[str | int, ...], Exception]]:
    """Yield names that no catalogue knows and formulas that are none, with their place.

    Parameters
    ----------
    batch : Batch
        What a file says, with the materials that it uses.
    """
    for place, name, known in _checks(batch):
        try:
            known(name)
        except (ScreeningError, StabilityError, DescriptorError) as error:
            yield place, error


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
