"""How the page about one material looks on a terminal, and its plot."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from rich.table import Table

from jobs.errors import JobsError
from jobs.show.formats import console

if TYPE_CHECKING:
    from pathlib import Path

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
    for flag in record["flags"]:
        out.print(f"mind {flag}", highlight=False)
    out.print(_curve(record["density_curve"]) + "\n", highlight=False)


def write_plot(record: Record, path: Path) -> None:
    """Write the density curve with its interval as an SVG picture.

    Raises
    ------
    JobsError
        If the file is no .svg, or cannot be written.
    """
    if path.suffix.lower() != ".svg":
        raise JobsError(f"plot {path}: only .svg pictures are written; name one")
    try:
        path.write_text(_picture(record), encoding="utf-8")
    except OSError as error:
        raise JobsError(f"plot {path}: {error.strerror}; choose another place") from error


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


def _picture(record: Record) -> str:
    """Return the curve as SVG: 10 % steps up, 100 MPa steps to the right."""
    curve = record["density_curve"]
    pressures = curve["pressure_mpa"]

    def x(pressure: float) -> float:
        return 70 + 600 * float(pressure / pressures[-1])

    def y(density: float) -> float:
        return 360 - 300 * (density - 40) / 60

    def points(densities: list[float], order: int = 1) -> str:
        pairs = list(zip(pressures, densities, strict=True))[::order]
        return " ".join(f"{x(p):.1f},{y(max(40.0, d)):.1f}" for p, d in pairs)

    band = points(curve["relative_density_low_percent"]) + " "
    band += points(curve["relative_density_high_percent"], -1)
    ticks = "".join(
        f'<text x="60" y="{y(d) + 4:.0f}" text-anchor="end">{d}</text>'
        f'<line x1="66" x2="670" y1="{y(d):.0f}" y2="{y(d):.0f}" stroke="#ddd"/>'
        for d in range(40, 101, 10)
    ) + "".join(
        f'<text x="{x(p):.0f}" y="378" text-anchor="middle">{p}</text>'
        for p in range(0, int(pressures[-1]) + 1, 100)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 420" '
        'font-family="sans-serif" font-size="13">'
        '<rect width="700" height="420" fill="white"/>'
        f'<text x="70" y="36" font-size="16">{escape(record["formula"])}: relative density of a '
        "cold-pressed pellet, with the 90 % interval</text>"
        f'{ticks}<polygon points="{band}" fill="#9ecae1" opacity="0.5"/>'
        f'<polyline points="{points(curve["relative_density_percent"])}" fill="none" '
        'stroke="#08519c" stroke-width="2"/>'
        '<text x="370" y="404" text-anchor="middle">uniaxial pressure [MPa]</text>'
        '<text x="18" y="210" text-anchor="middle" transform="rotate(-90 18 210)">'
        "relative density [%]</text></svg>\n"
    )
