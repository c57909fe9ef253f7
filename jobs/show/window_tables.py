"""How windows and reactions look on a terminal; from the same records that ``--json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from jobs.show.formats import console
from stability.quantities import ROOM_TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.results.records import Record

_OPEN = ("total", "self", "mutual")


def print_window(record: Record) -> None:
    """Print a window and its staircase, from high voltage down."""
    table = _table(
        _window_title(record), "from V", "to V", "Li change", "mAh/g", "products per formula unit"
    )
    for step in reversed(record["steps"]):
        high = step["voltage_high_v"]
        table.add_row(
            f"{step['voltage_low_v']:.3f}",
            "" if high is None else f"{high:.3f}",
            (f"{step['li_change']:+.3f}" if step["li_change"] else "0")
            + (" rounding" if step["rounding"] else ""),
            f"{step['capacity_mah_per_g']:.1f}",
            _with_amounts(step["products"]),
        )
    out = console()
    out.print(table)
    if "draws" in record:
        out.print(_window_intervals(record), highlight=False)
    said = (record[f"{what}_statement"] for what in ("energy", "lithium", "rounding"))
    _print_origin(record, *(f"{record['formula']}: {one}" for one in said if one))


def print_failure(record: Record) -> None:
    """Print why a material or a pair has no answer."""
    names = " with ".join(record[key] for key in ("formula", "sse", "cathode") if key in record)
    console().print(f"{names}: no answer: {record['reason']}\n", highlight=False, markup=False)


def print_comparison(record: Record) -> None:
    """Print the window of a material under two policies, and what makes the difference."""
    out = console()
    for policy in record["policies"]:
        out.print(f"{policy['policy']:>5}: {_window_title(policy)}", highlight=False)
    if not record["only_with_all"]:
        out.print("       computed-only phases change nothing\n", highlight=False)
        return
    for formula in record["only_with_all"]:
        reason = record["reasons"].get(formula, "competes through another phase")
        out.print(f"       {formula}: {reason}", highlight=False)
    out.print()


def print_reactions(record: Record) -> None:
    """Print the reactions of a pair."""
    drawn = "intervals" in record
    table = _table(
        f"{record['sse']} with {record['cathode']}: reaction energies in meV per atom "
        "(at a voltage: per non-Li atom)" + ("; 90 % intervals below" if drawn else ""),
        "", "total", "self", "mutual", "SSE fraction", "products",
    )  # fmt: skip
    chemical = record["chemical"]
    table.add_row(
        "on contact", _milli(chemical["energy_ev_per_atom"]), "", "",
        _part(chemical["sse_fraction"]), _names(chemical["products"]),
    )  # fmt: skip
    if drawn:
        table.add_row("", _span(record["intervals"]["chemical"], "energy", "ev_per_atom"))
    for number, one in enumerate(record["electrochemical"]):
        table.add_row(
            f"at {one['voltage_v']:g} V",
            *(_milli(one[f"{name}_ev_per_non_li_atom"]) for name in _OPEN),
            _part(one["sse_fraction"]), _names(one["products"]),
        )  # fmt: skip
        if drawn:
            ends = record["intervals"]["electrochemical"][number]
            table.add_row("", *(_span(ends, name, "ev_per_non_li_atom") for name in _OPEN))
    if "worst_over_range" in record:
        _add_worst(table, record["worst_over_range"])
    console().print(table)
    _print_origin(
        record,
        *(f"{record[who]}: {record[f'{who}_energy_statement']}" for who in ("sse", "cathode")),
        *(f"{record['sse']} {said}" for said in (record["sse_lithium_statement"],) if said),
    )


def _add_worst(table: Table, worst: dict[str, Any]) -> None:
    span = f"{worst['voltage_low_v']:g} to {worst['voltage_high_v']:g} V"
    for place, name in ((0, "total"), (2, "mutual")):
        voltage = worst[f"{name}_voltage_v"]
        cells = ["", "", ""]
        cells[place] = _milli(worst[f"{name}_ev_per_non_li_atom"])
        table.add_row(
            f"worst {name} in {span}" + ("" if voltage is None else f" at {voltage:.3f} V"),
            *cells, _part(worst[f"{name}_sse_fraction"]), _names(worst[f"{name}_products"]),
        )  # fmt: skip


def _window_title(record: Record) -> str:
    reduction, oxidation = record["reduction_limit_v"], record["oxidation_limit_v"]
    lower = f"reduced below {reduction:.3f} V" if reduction else "never reduced"
    upper = "never oxidised" if oxidation is None else f"oxidised from {oxidation:.3f} V"
    return f"{record['formula']}: {lower}, {upper}"


def _window_intervals(record: Record) -> str:
    def ends(name: str) -> str:
        low, high = record[f"{name}_limit_low_v"], record[f"{name}_limit_high_v"]
        return " to ".join("none" if end is None else f"{end:.3f}" for end in (low, high))

    said = (
        f"90 % of {record['draws']} draws: reduction {ends('reduction')} V, "
        f"oxidation {ends('oxidation')} V"
    )
    if covers := record.get("covers"):
        said += (
            f"; covers {covers['voltage_low_v']:g} to {covers['voltage_high_v']:g} V with "
            f"probability {covers['probability']:.2f}"
        )
    return said


def _print_origin(record: Record, *materials: str) -> None:
    """Print with which energies the materials enter, and among which phases."""
    out = console()
    for material in materials:
        out.print(material, highlight=False)
    for gap in (*record["gaps"], *record["doubtful_products"]):
        out.print(f"Mind: {gap}", highlight=False)
    warm = f" at {record['temperature_k']:g} K"
    if not record["temperature_k"]:
        warm += f"; by default it is {ROOM_TEMPERATURE:g} K, where gases form earlier"
    out.print(f"{record['policy_statement']}{warm}\n", highlight=False)


def _table(title: str, *columns: str) -> Table:
    return Table(
        *columns, title=title, title_justify="left", box=None, header_style="bold", pad_edge=False
    )


def _milli(energy: float) -> str:
    return f"{1000 * energy:.1f}" if energy else "0"


def _span(ends: dict[str, Any], name: str, unit: str) -> str:
    low, high = ends[f"{name}_low_{unit}"], ends[f"{name}_high_{unit}"]
    return f"{1000 * low:.0f} to {1000 * high:.0f}"


def _part(fraction: float | None) -> str:
    return "" if fraction is None else f"{fraction:.3f}"


def _names(products: Iterable[dict[str, Any]]) -> str:
    return " + ".join(product["formula"] for product in products) or "no reaction"


def _with_amounts(products: Iterable[dict[str, Any]]) -> str:
    return " + ".join(f"{product['amount']:.4g} {product['formula']}" for product in products)
