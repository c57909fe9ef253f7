"""How a calibration looks on a terminal, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.table import Table

from jobs.show.formats import console
from screening.first_cycle.measured_cells import CHECK
from screening.first_cycle.validation import learnt, orders, share_inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobs.ranking.moved_places import Moved
    from screening.first_cycle.calibration import Calibration
    from screening.first_cycle.validation import Comparison, LeftOut, Order

    Record = dict[str, Any]


def as_record(
    calibration: Calibration,
    compared: Sequence[Comparison],
    left_out: Sequence[LeftOut] = (),
    *,
    not_fitted: Mapping[str, str] | None = None,
    moved: Sequence[Moved] | None = None,
) -> Record:
    """Return a calibration and how it does as plain values.

    Parameters
    ----------
    calibration : Calibration
        The calibration.
    compared : sequence of Comparison
        Measured figures beside predicted ones.
    left_out : sequence of LeftOut, optional
        The same with each cell left out.
    not_fitted : mapping of str to str, optional
        Why each cell of the store that is not among them was left out, by its id.
    moved : sequence of Moved, optional
        Places that it moves; None without a ranking.
    """
    from screening.first_cycle.priors import priors  # noqa: PLC0415  # Only a calibration needs it.

    quantities = calibration.quantities
    return {
        "calibration": calibration.id,
        "phase_table": calibration.phase_table,
        "cells": len({one.cell for one in calibration.fits}),
        "figures": len(calibration.fits),
        "inside_90_percent_fraction": share_inside(compared),
        "parameters": [
            {
                "name": one.name,
                "unit": priors()[one.name].unit,
                **{f"prior_{end}": getattr(priors()[one.name], end) for end in _ENDS},
                **{f"posterior_{end}": getattr(quantities[one.name], end) for end in _ENDS},
                "width_ratio": one.width,
                "identified": one.identified,
                "prior_source": priors()[one.name].source,
            }
            for one in learnt(calibration)
        ],
        "predictions": [_compared(one) for one in compared],
        "orders": [_order(one) for one in orders(calibration)],
        "leave_one_out": [
            {
                "cell": one.cell,
                "predictions": [_compared(row) for row in one.comparisons],
                "orders": [_order(row) for row in one.orders],
            }
            for one in left_out
        ],
        "experiments_left_out": [
            {"experiment": name, "reason": reason} for name, reason in (not_fitted or {}).items()
        ],
        "moved_places": None if moved is None else [one._asdict() for one in moved],
    }


_ENDS = ("value", "low", "high")


def print_calibration(record: Record, *, as_json: bool) -> None:
    """Print a calibration with all that is known of it.

    Parameters
    ----------
    record : dict
        From :func:`as_record`.
    as_json : bool
        Whether as JSON.
    """
    if as_json:
        print(json.dumps(record, indent=2, ensure_ascii=False))
        return
    out = console()
    out.print(
        f"calibration {record['calibration']}: {record['figures']} figures of "
        f"{record['cells']} cells, phases of {record['phase_table']}\n",
        highlight=False,
    )
    out.print(_parameters(record["parameters"]))
    out.print(_comparison("\nmeasured and predicted", record["predictions"]))
    share = 100 * record["inside_90_percent_fraction"]
    out.print(f"inside the 90 % interval: {share:.0f} % of the fitted figures\n", highlight=False)
    for row in record["orders"]:
        out.print(_said(row), highlight=False)
    if record["leave_one_out"]:
        rows = [row for one in record["leave_one_out"] for row in one["predictions"]]
        out.print(_comparison("\neach cell predicted without it", rows))
        every = [(one["cell"], row) for one in record["leave_one_out"] for row in one["orders"]]
        wrong = [f"without {cell}: {_said(row)}" for cell, row in every if not row["right"]]
        out.print("\n".join(wrong) or "the order of all pairs is right each time", highlight=False)
    unknown = [row["name"] for row in record["parameters"] if not row["identified"]]
    out.print(
        f"\nnot identified by these cells: {', '.join(unknown) or 'nothing'}", highlight=False
    )


def print_moved(moved: Sequence[Moved], batch: str) -> None:
    """Print which places a calibration has moved.

    Parameters
    ----------
    moved : sequence of Moved
        From :func:`jobs.ranking.moved_places.moved_places`.
    batch : str
        Title of the batch.
    """
    out = console()
    out.print(f"\n{len(moved)} places of {batch} moved", highlight=False)
    for cathode in dict.fromkeys(one.cathode for one in moved):
        those = [one for one in moved if one.cathode == cathode]
        several = len({one.recipe for one in those}) > 1
        places = (
            f"{one.sse}{f' in {one.recipe}' * several} {one.before} to {one.after}" for one in those
        )
        out.print(f"{cathode}: {'; '.join(places)}", highlight=False, markup=False)


def print_kept(rows: Sequence[Any], *, as_json: bool) -> None:
    """Print the calibrations of a store.

    Parameters
    ----------
    rows : sequence of Kept
        From :func:`jobs.lab.calibrations.kept`.
    as_json : bool
        Whether as JSON.
    """
    if as_json:
        print(json.dumps([row._asdict() for row in rows], indent=2))
        return
    table = Table("calibration", "made", "cells", "figures", "", box=None, header_style="bold")
    for row in rows:
        table.add_row(*map(str, row[:-1]), "current" if row.current else "")
    console().print(table)


def _compared(one: Comparison) -> Record:
    measured = one.measurement
    return {
        "id": measured.id,
        "cell": measured.cell,
        "sse": measured.sse,
        "cathode": measured.cathode,
        "quantity": measured.quantity,
        "unit": measured.unit,
        "measured": measured.value,
        "predicted": one.value,
        "predicted_low": one.low,
        "predicted_high": one.high,
        "width": one.high - one.low,
        "inside": one.inside,
        "used_for": measured.used_for,
    }


def _order(one: Order) -> Record:
    return {
        "cathode": one.cathode,
        "better": one.better,
        "worse": one.worse,
        "reversible_capacity_better_mah_per_g": one.capacities[0],
        "reversible_capacity_worse_mah_per_g": one.capacities[1],
        "probability": one.probability,
        "right": one.right,
    }


def _said(row: Record) -> str:
    sign = "above" if row["right"] else "WRONGLY below"
    return (
        f"{row['cathode']}: {row['better']} {sign} {row['worse']}, "
        f"{row['reversible_capacity_better_mah_per_g']:.0f} and "
        f"{row['reversible_capacity_worse_mah_per_g']:.0f} mAh/g "
        f"(in {100 * row['probability']:.0f} % of the draws)"
    )


def _parameters(rows: Sequence[Record]) -> Table:
    table = Table(
        "parameter", "prior (90 %)", "posterior (90 %)", "unit", "width left", "",
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in rows:
        table.add_row(
            row["name"],
            _interval(row, "prior"),
            _interval(row, "posterior"),
            row["unit"],
            f"{row['width_ratio']:.2f}",
            "" if row["identified"] else "not identified",
        )
    return table


def _interval(row: Record, name: str) -> str:
    value, low, high = (f"{row[f'{name}_{end}']:.3g}" for end in _ENDS)
    return f"{value} ({low}-{high})"


def _comparison(title: str, rows: Sequence[Record]) -> Table:
    table = Table(
        "", "cell", "figure", "measured", "predicted (90 %)", "unit", "",
        title=title, title_justify="left", box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in rows:
        said = "" if row["inside"] else "outside"
        if row["used_for"] == CHECK:
            said = f"{said}, not fitted".removeprefix(", ")
        table.add_row(
            row["id"],
            row["cell"],
            row["quantity"].replace("_", " "),
            f"{row['measured']:g}",
            f"{row['predicted']:.4g} ({row['predicted_low']:.4g} to {row['predicted_high']:.4g})",
            row["unit"],
            said,
        )
    return table
