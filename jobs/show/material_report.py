"""How the page about one material looks on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console

if TYPE_CHECKING:
    from screening.results.records import Record

_SOURCE = 90  # Characters of a source that a table shows; --json has all of it.
_BARS = "▁▂▃▄▅▆▇█"


def print_description(record: Record) -> None:
    """Print every property with its interval and origin, and the density curve as bars."""
    table = Table(
        "", "", "value", "90 %", "unit", "origin", "source",
        title=record["formula"], title_justify="left", box=None, header_style="bold",
        pad_edge=False,
    )  # fmt: skip
    group = ""
    for line in record["properties"]:
        table.add_row(
            "" if line["group"] == group else line["group"],
            line["name"],
            _number(line["value"]),
            f"{_number(line['low'])} to {_number(line['high'])}",
            line["unit"],
            line["origin"],
            line["source"] if len(line["source"]) <= _SOURCE else line["source"][:_SOURCE] + " ...",
        )
        group = line["group"]
    out = console()
    out.print(table)
    for gap in record["gaps"]:
        out.print(f"Mind: {gap}", highlight=False)
    for flag in record["flags"]:
        out.print(f"mind {flag}", highlight=False)
    out.print(_curve(record["density_curve"]) + "\n", highlight=False)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


def _curve(curve: dict[str, list[float]]) -> str:
    """Return the curve as a line of bars from 40 to 100 %."""
    pressures, densities = curve["pressure_mpa"], curve["relative_density_percent"]
    bars = "".join(
        _BARS[round(max(0.0, min(1.0, (density - 40) / 60)) * (len(_BARS) - 1))]
        for density in densities
    )
    return (
        f"density against pressure, {pressures[0]:g} to {pressures[-1]:g} MPa: {bars} "
        f"{densities[0]:.0f} to {densities[-1]:.0f} %"
    )
