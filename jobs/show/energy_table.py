"""How enthalpies of formation look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.results.records import Record


def print_energies(records: Sequence[Record]) -> None:
    """Print enthalpies with their intervals, and below them what has none."""
    table = Table("formula", "eV/atom", "90 %", "", "DFT", "source", box=None, pad_edge=False)
    for record in records:
        if "reason" in record:
            continue
        low, high = record["low_ev_per_atom"], record["high_ev_per_atom"]
        computed = record["dft_ev_per_atom"]
        table.add_row(
            record["formula"],
            f"{record['enthalpy_ev_per_atom']:.3f}",
            "" if low is None else f"{low:.3f} to {high:.3f}",
            record["kind"],
            "" if computed is None else f"{computed:.3f}",
            record["source"],
        )
    out = console()
    if table.row_count:
        out.print(table)
    for record in records:
        if "reason" in record:
            out.print(record["reason"], highlight=False)
