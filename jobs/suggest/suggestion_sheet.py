"""What a laboratory weighs out for suggested cells: recipes with masses, and a sheet to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from jobs.errors import SheetError
from jobs.process.output_file import write_output
from jobs.ranking.stored_composites import stored_composites
from screening.batch.batch_tables import Composite
from screening.catalogue.anodes import Anode, anode
from screening.catalogue.materials import cathode, recipe, recipes
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Record = dict[str, Any]

_PARTS = ("cathode_parts", "sse_parts", "carbon_parts", "carbon", "mixing", "pressure_mpa")
_LAYERS = (
    "coating", "coating_thickness_nm", "coating_coverage_percent", "separator", "anode",
)  # fmt: skip
_NO_CODES: Mapping[str, str] = {}
_RESULTS = (
    ("date", "date"),
    ("first charge", "mAh/g of cathode"),
    ("first discharge", "mAh/g of cathode"),
    ("capacity retention", "% after ... cycles"),
    ("operator", ""),
    ("notes", ""),
)


class Cell(NamedTuple):
    """How large the composite of one cell is: by its mass, or by area and loading."""

    mass: float | None = None
    """Mass of the composite. [mg]"""
    area: float | None = None
    """Area of the electrode. [cm2]"""
    loading: float | None = None
    """Theoretical capacity of the cathode per area; with an area alone, the one at which the pair
    was ranked. [mAh/cm2]"""


class Setup(NamedTuple):
    """How the cells of a sheet are put together and cycled, beside what their recipes say."""

    anode: str = "Li-In"
    """Anode of the catalogue, where the pair states none."""
    separator: str = ""
    """SSE of the separator, where the pair states none; that of the composite without."""
    rate: float | None = None
    """Rate of the first cycle; the one at which the pair was ranked without. [C]"""
    temperature: float = 303.15
    """Temperature of cycling. [K]"""
    reference: str = ""
    """What cutoffs are given against; the anode without."""
    name: str = ""
    """Name of this batch of cells."""

    def against(self, held: str | None = None) -> Anode:
        """Return what cutoffs are given against.

        Parameters
        ----------
        held : str, optional
            Anode that the pair states, which goes before that of the sheet.

        Raises
        ------
        UnknownNameError
            If the catalogue does not hold it.
        """
        return anode(self.reference or held or self.anode)


USUAL_CELL = Cell(area=0.785)
"""A die of 10 mm, at the loading of the ranking: where nobody says."""
USUAL_SETUP = Setup()


def checked_cell(mass: float | None, area: float | None, loading: float | None) -> Cell | None:
    """Return the size of a cell, or None if none is given.

    Parameters
    ----------
    mass : float or None
        Mass of the composite. [mg]
    area : float or None
        Area of the electrode. [cm2]
    loading : float or None
        Theoretical capacity per area. [mAh/cm2]

    Raises
    ------
    SheetError
        If the size is given twice, by half, or makes no sense.
    """
    if mass is None and area is None and loading is None:
        return None
    if (area is None) != (loading is None) or (mass is None) == (area is None):
        raise SheetError("give --mass-mg, or both --area-cm2 and --loading")
    for name, value, most in (
        ("--mass-mg", mass, 1e6),
        ("--area-cm2", area, 1e4),
        ("--loading", loading, 100.0),
    ):
        if value is not None and not 0.0 < value <= most:
            raise SheetError(f"{name} {value:g} is outside 0 to {most:g}; give the size of a cell")
    return Cell(mass, area, loading)


def weighed(store: Path, found: Sequence[Record], cell: Cell | None) -> list[Record]:
    """Return suggestions with their recipes, and with masses where a cell is given.

    Parameters
    ----------
    store : Path
        The store, whose batches know their own recipes.
    found : sequence of Record
        Suggestions, from :func:`jobs.suggest.suggestions.suggest`.
    cell : Cell or None
        Size of a cell.

    Notes
    -----
    With area A and loading q, the cathode weighs A q / Q, where Q is its theoretical capacity, and
    the rest follows from the mass fractions.
    """
    known: dict[str, Mapping[tuple[str, str], Composite]] = {}
    rows = []
    for row in found:
        batch_id = row["batch_id"]
        if batch_id not in known:
            known[batch_id] = stored_composites(store, batch_id)
        settled = known[batch_id].get((row["cathode"], row["recipe"]))
        rows.append(row | _made(settled or _of_catalogue(row), cell))
    return rows


def form_texts(store: Path, row: Record) -> dict[str, str]:
    """Return what a suggestion says of its cell, by the fields of the form of a measured one.

    Parameters
    ----------
    store : Path
        The store, whose batches know their own recipes.
    row : Record
        A suggestion, or a pair of a batch.

    Notes
    -----
    What its recipe states of layers goes into their fields, and a recipe that is none of the
    catalogue into parts by mass.
    """
    texts = {name: str(row[name]) for name in ("sse", "cathode", "recipe")}
    found = stored_composites(store, row["batch_id"]).get((row["cathode"], row["recipe"]))
    settled = found or _of_catalogue(row)
    if settled is None:
        return texts
    title = settled.layers.title
    texts["recipe"] = row["recipe"].removesuffix(f" with {title}") if title else row["recipe"]
    made = _made(settled, None)
    told: tuple[str, ...] = _LAYERS
    if texts["recipe"] not in recipes():
        del texts["recipe"]
        told = (*_PARTS, *told)
        made["carbon"] = made["carbon"] or "none"
    return texts | {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name in told
        if (value := made[name]) is not None
    }


def write_sheet(
    found: Sequence[Record], path: Path, *, setup: Setup = USUAL_SETUP, store: Path | None = None
) -> None:
    """Write a page to print: one suggestion below the other, with room for results.

    Parameters
    ----------
    found : sequence of Record
        From :func:`weighed`.
    path : Path
        A file that ends in .html; it needs nothing else to be shown.
    setup : Setup, optional
        How the cells are put together.
    store : Path, optional
        The store, into which no page is written.

    Raises
    ------
    SheetError
        If the file is no .html.
    OutputError
        If it cannot be written.
    """
    if path.suffix.lower() != ".html":
        raise SheetError(f"sheet {path}: only .html pages are written; name one")
    page = _templates().get_template("sheet.html.jinja").render(
        count=len(found), cells=sheet_cells(found, setup)
    )  # fmt: skip
    write_output(path, page, store=store)


def sheet_cells(
    found: Sequence[Record], setup: Setup = USUAL_SETUP, codes: Mapping[str, str] = _NO_CODES
) -> Markup:
    """Return the part of a sheet that is about cells, as HTML.

    Parameters
    ----------
    found : sequence of Record
        From :func:`weighed`.
    setup : Setup, optional
        How the cells are put together.
    codes : mapping of str to str, optional
        For each id, the address of a picture that brings its form back.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold the anode, or what cutoffs are given against.
    """
    cells = [_cell(row, setup) for row in found]
    made = _templates().get_template("sheet_cells.html.jinja")
    return Markup(  # noqa: S704  # Made by a template that escapes.
        made.render(cells=cells, results=_RESULTS, setup=setup, codes=codes)
    )


def _cell(row: Record, setup: Setup) -> Record:
    """Return a row with how its cell is put together: as its pair states it, or as the sheet."""
    against = setup.against(row["anode"])
    return row | {
        "held": anode(row["anode"] or setup.anode).name,
        "apart": row["separator"] or setup.separator or row["sse"],
        "rate": row["planned_rate_c"] if setup.rate is None else setup.rate,
        "against": against,
        **{
            f"cutoff_{end}": None
            if row[f"voltage_{end}_v"] is None
            else round(row[f"voltage_{end}_v"] - against.potential, 3)
            for end in ("low", "high")
        },
    }


def _templates() -> Environment:
    pages = Environment(
        loader=PackageLoader("jobs.suggest", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True,
    )  # fmt: skip
    pages.filters["told"] = _told
    return pages


def _of_catalogue(row: Record) -> Composite | None:
    try:
        return Composite(cathode(row["cathode"]), recipe(row["recipe"]))
    except ScreeningError:
        return None


def _made(settled: Composite | None, cell: Cell | None) -> Record:
    """Return the recipe of a composite, and masses; all null for one that is not on record."""
    names = (
        *_PARTS, "voltage_low_v", "voltage_high_v", *_LAYERS, "cathode_mg", "sse_mg", "carbon_mg",
        "area_cm2", "loading_mah_per_cm2", "planned_rate_c",
    )  # fmt: skip
    if settled is None:
        return dict.fromkeys(names)
    one, made, layers, run = settled
    film = (layers.coating, layers.thickness, 100.0 * layers.coverage)
    fractions = (made.cathode_fraction, made.sse_fraction, made.carbon_fraction)
    masses: tuple[float | None, ...] = (None, None, None)
    loading = None
    if cell:
        total = cell.mass
        if cell.area is not None:
            loading = run.areal_capacity if cell.loading is None else cell.loading
            total = 1000.0 * cell.area * loading / one.theoretical_capacity / fractions[0]
        masses = tuple(None if total is None else round(total * part, 3) for part in fractions)
    parts = tuple(round(100.0 * part, 4) for part in fractions)
    values = (
        *parts, made.carbon, made.mixing.value, made.pressure, one.voltage_low, one.voltage_high,
        *(film if layers.coating else (None, None, None)), layers.separator, layers.anode, *masses,
        cell.area if cell else None, loading, run.rate,
    )  # fmt: skip
    return dict(zip(names, values, strict=True))


def _told(value: object) -> str:
    if value is None:
        return "not on record"
    return f"{value:.5g}" if isinstance(value, float) else str(value)
