"""How coatings for a pair look on a terminal; from the record that ``--json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console

if TYPE_CHECKING:
    from screening.results.records import Record

_ESTIMATES = {"predicted", "assumed", "estimated"}


def print_coatings(record: Record, *, most: int) -> None:
    """Print the funnel, the best coatings with reasons, and why others are refused.

    Parameters
    ----------
    record : Record
        From :func:`jobs.work.coating_records.coated`.
    most : int
        How many coatings to print of those that pass, and of those that are refused.
    """
    out = console()
    out.print(
        f"{record['sse']} | coating of {record['thickness_nm']:g} nm | {record['cathode']}, "
        f"{record['voltage_low_v']:g} to {record['voltage_high_v']:g} V; "
        f"bare they react by {1000 * record['bare_reaction_ev_per_atom']:.0f} meV/atom on contact, "
        f"{1000 * record['bare_over_window_ev_per_non_li_atom']:.0f} meV/non-Li atom in the window",
        highlight=False,
    )
    for step in record["funnel"]:
        out.print(f"{step['left']:>7}  {step['step']}", highlight=False)
    passed = [row for row in record["coatings"] if row["refused_by"] is None]
    if passed:
        out.print(_table(passed[:most]))
        for row in passed[:most]:
            out.print(f"{row['rank']} {row['coating']}: {row['reason']}", highlight=False)
    for row in record["coatings"][len(passed) :][:most]:
        out.print(f"- {row['coating']} {row['reason']}", highlight=False)
    flagged = [row for row in passed[:most] if row["gaps"]]
    for gap in dict.fromkeys([*record["gaps"], *(gap for row in flagged for gap in row["gaps"])]):
        rows = ", ".join(row["coating"] for row in flagged if gap in row["gaps"])
        out.print(f"Mind: {gap}" + (f" ({rows})" if rows else ""), highlight=False)
    for row in record["not_computed"]:
        out.print(f"? {row['reason']}", highlight=False)
    out.print(
        f"phase table {record['phase_table']}, {record['policy']} phases, "
        f"{record['temperature_k']:g} K; * no measurement of the film",
        highlight=False,
    )


def _table(rows: list[Record]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("", "coating"):
        table.add_column(name)
    for name in (
        "score", "90 %", "cathode meV/atom", "in its window meV/non-Li", "catholyte meV/atom",
        "window V", "ohm cm2",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for row in rows:
        cathode = min(row["discharged_cathode_ev_per_atom"], row["charged_cathode_ev_per_atom"])
        high = row["oxidation_limit_v"]
        star = "*" if row["area_resistance_kind"] in _ESTIMATES else ""
        table.add_row(
            str(row["rank"]),
            row["coating"],
            f"{row['score']:.2f}",
            f"{row['score_low']:.2f}-{row['score_high']:.2f}",
            f"{1000 * cathode:.0f}",
            f"{1000 * row['cathode_over_window_ev_per_non_li_atom']:.0f}",
            f"{1000 * row['sse_ev_per_atom']:.0f}",
            f"{row['reduction_limit_v']:.2f}-{'' if high is None else f'{high:.2f}'}",
            f"{row['area_resistance_ohm_cm2']:.2g}{star}",
        )
    return table
