"""Published conductivities to learn from, out of tables as their collectors publish them.

A table is known by its columns (`READERS`). Figures of OBELiX are taken as they are, for its
authors have checked them; those of other collections were read by machines, and pass gates first:
room temperature, a formula without blanks and notes, charges that balance, no figure that only a
metal has. A figure that stands in two collections counts once, in the first table given.
"""

from __future__ import annotations

import csv
from math import gcd
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.frameworks import NO_FRAMEWORK, charge_range, frameworks
from descriptors.errors import ImpossibleValueError
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Row = Mapping[str, str]

ROOM = (15.0, 35.0)
"""Temperatures that count as room temperature; 20 K are a third of a decade. [C]"""
BALANCE = 0.05
"""Charge per anion that a formula read by a machine may be off. [e]"""
METALLIC = 0.5
"""No solid conducts lithium ions better: the figure, or its unit, is wrong. [S/cm]"""
SAME_MATERIAL = 0.004
"""Share of atoms to exchange below which two compositions are one."""
SAME_FIGURE = 0.015
"""Decades within which two figures of one material are one figure, copied."""
_DIGITS = 3  # Of the atomic fractions by which compositions are compared.


class Figure(NamedTuple):
    """One published conductivity."""

    formula: str
    """The material, as published."""
    conductivity: float
    """At room temperature, or the limit of detection. [S/cm]"""
    censored: bool
    """Whether it is a limit of detection."""
    source: str
    """DOIs, separated by ``|``, or a citation; empty where the collection names none."""
    secondhand: bool
    """Whether it came by way of a collection that was read by a machine."""


class Table(NamedTuple):
    """Figures to learn from, n of them."""

    shares: Numbers
    """Atomic fractions in the order of `ELEMENTS`, shape (n, n_elements)."""
    target: Numbers
    """Conductivities, or limits of detection, shape (n,). [log10 S/cm]"""
    censored: NDArray[np.bool_]
    """Whether the figure is a limit of detection, shape (n,)."""
    secondhand: NDArray[np.bool_]
    """Whether it came by way of a collection, shape (n,)."""
    paper: NDArray[np.str_]
    """DOI, or what else names the paper, shape (n,)."""
    formula: NDArray[np.str_]
    """The materials as published, shape (n,)."""

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """Return some of the figures."""
        return self._replace(**{name: part[rows] for name, part in self._asdict().items()})


def conductivity_table(paths: Sequence[Path], *, without: Sequence[Path] = ()) -> Table:
    """Return the figures of some tables, each once, in their order.

    Parameters
    ----------
    paths : sequence of Path
        Tables, the most reliable first.
    without : sequence of Path
        Tables whose papers and compositions are left out: those that will judge.

    Raises
    ------
    ImpossibleValueError
        If a table has none of the known sets of columns, a conductivity of OBELiX is no number
        above 0, or nothing is left.
    """
    held = [figure for path in without for figure in _figures(path)]
    held_papers = {doi for figure in held for doi in _dois(figure.source)}
    held_shares = element_shares([figure.formula for figure in held])
    kept: list[Figure] = []
    shares: list[Numbers] = []
    seen: dict[bytes, list[int]] = {}
    for figure, share in _sound([figure for path in paths for figure in _figures(path)]):
        if _dois(figure.source) & held_papers or _among(share, held_shares):
            continue
        twins = seen.setdefault(share.round(_DIGITS).tobytes(), [])
        if figure.secondhand and any(_same(figure, kept[twin]) for twin in twins):
            continue
        twins.append(len(kept))
        kept.append(figure)
        shares.append(share)
    if not kept:
        raise ImpossibleValueError("the tables hold no usable figure; give others")
    return Table(
        shares=np.array(shares),
        target=np.log10([figure.conductivity for figure in kept]),
        censored=np.array([figure.censored for figure in kept]),
        secondhand=np.array([figure.secondhand for figure in kept]),
        paper=np.array([_paper(figure, row) for row, figure in enumerate(kept)]),
        formula=np.array([_label(figure.formula) for figure in kept]),
    )


def _figures(path: Path) -> Iterator[Figure]:
    """Yield the figures of one table.

    Raises
    ------
    ImpossibleValueError
        If its columns are not those of any known table, or it is empty.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for columns, reader in READERS:
        if rows and columns <= rows[0].keys():
            yield from reader(rows, path.name)
            return
    wanted = " or ".join(", ".join(sorted(columns)) for columns, _ in READERS)
    raise ImpossibleValueError(f"{path.name} is empty or lacks a column; needed: {wanted}")


def _obelix(rows: Iterable[Row], name: str) -> Iterator[Figure]:
    """Yield the figures of OBELiX.

    Raises
    ------
    ImpossibleValueError
        If a conductivity is no number above 0.
    """
    for row in rows:
        text = row["Ionic conductivity (S cm-1)"]
        value = _number(text.removeprefix("<"))
        if not value:
            raise ImpossibleValueError(
                f"{name}: {text!r} is no conductivity; write S/cm above 0, or < and a limit"
            )
        yield Figure(
            row["True Composition"], value, text.startswith("<"), row["DOI"], secondhand=False
        )


def _collections(rows: Iterable[Row], _: str) -> Iterator[Figure]:
    """Yield the figures of the collections of Laskowski and of Liverpool at room temperature."""
    for row in rows:
        kelvin = row["temperature_c"]
        if ROOM[0] <= float(kelvin or "nan") <= ROOM[1]:
            limit = row["below_detection_limit"] == "True"
            value = _number(row["ionic_conductivity_s_per_cm"])
            yield Figure(row["composition"], value, limit, row["doi"], secondhand=True)


def _mined(rows: Iterable[Row], _: str) -> Iterator[Figure]:
    """Yield the conductivities of the data set of Scandium Labs."""
    for row in rows:
        if row["property"] == "conductivity":
            yield _found(row["composition"], row["value"], row["doi"])


def _digest(rows: Iterable[Row], _: str) -> Iterator[Figure]:
    """Yield figures with a citation each, but those that come from OBELiX."""
    for row in rows:
        if "OBELiX" not in row["source"]:
            yield _found(row["formula"], row["sigma_ion_s_cm"], row["source"])


def _found(formula: str, conductivity: str, source: str) -> Figure:
    return Figure(formula, _number(conductivity), censored=False, source=source, secondhand=True)


READERS = (
    (frozenset({"True Composition", "Ionic conductivity (S cm-1)", "DOI"}), _obelix),
    (
        frozenset({"composition", "ionic_conductivity_s_per_cm", "temperature_c", "doi"}),
        _collections,
    ),
    (frozenset({"composition", "property", "value", "doi"}), _mined),
    (frozenset({"formula", "sigma_ion_s_cm", "source"}), _digest),
)
"""Columns by which a table is known, and what reads it."""


def _sound(figures: Sequence[Figure]) -> Iterator[tuple[Figure, Numbers]]:
    """Yield the figures that pass all gates, with the atomic fractions of their materials."""
    read = [figure for figure in figures if _readable(figure)]
    shares = element_shares([figure.formula for figure in read])
    ionic = frameworks(shares).family != NO_FRAMEWORK
    negative, least, most = charge_range(shares)
    neutral = (least <= negative + BALANCE) & (most >= negative - BALANCE)
    for figure, share, is_ionic, is_neutral in zip(read, shares, ionic, neutral, strict=True):
        if is_ionic and (is_neutral or not figure.secondhand):
            yield figure, share


def _readable(figure: Figure) -> bool:
    """Return whether a figure is one, of a lithium compound of known elements, without notes."""
    if not 0 < figure.conductivity <= METALLIC or " " in figure.formula.strip():
        return False
    try:
        elements = composition(figure.formula).amounts.keys()
    except FormulaError:
        return False
    return "Li" in elements and elements <= set(ELEMENTS)


def _among(share: Numbers, others: Numbers) -> bool:
    return bool((np.abs(others - share).sum(axis=1) / 2 < SAME_MATERIAL).any())


def _same(one: Figure, other: Figure) -> bool:
    apart = abs(np.log10(one.conductivity / other.conductivity))
    return bool(apart < SAME_FIGURE or _dois(one.source) & _dois(other.source))


def _dois(source: str) -> set[str]:
    parts = {part.strip().lower() for part in source.split("|")}
    return {part for part in parts if part.startswith("10.")}


def _paper(figure: Figure, row: int) -> str:
    return min(_dois(figure.source), default=figure.source.strip() or f"unnamed {row}")


def _label(formula: str) -> str:
    """Return a formula without common factors: Li24.0P4.0S20.0Cl4.0 is Li6PS5Cl."""
    amounts = composition(formula).amounts
    if not all(amount.is_integer() for amount in amounts.values()):
        return formula.strip()
    unit = gcd(*(int(amount) for amount in amounts.values()))
    counts = {element: int(amount) // unit for element, amount in amounts.items()}
    return "".join(e + (str(n) if n > 1 else "") for e, n in counts.items())


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
