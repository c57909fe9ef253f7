"""Rows of the store's tables, from evaluated pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs import schema
from screening.record import PAIR_COLUMNS, Record, finite, window_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.evaluate import Contact, Evaluation
    from stability.hull import Product
    from stability.phases import CompetingPhases

CHEMICAL = -1.0
"""Stands for the voltage of a chemical reaction: part of a key, so it cannot be null."""


def failure_row(
    sse: str, cathode: str, recipe: str, error: Exception, phases: CompetingPhases
) -> Record:
    """Return the row of a pair without an answer: who, and why."""
    return dict.fromkeys((column.name for column in PAIR_COLUMNS), None) | {
        "status": "failed",
        "best_in_cathode_probability": None,
        "sse": sse,
        "cathode": cathode,
        "recipe": recipe,
        "reason": str(error),
        "phase_table": phases.table.id,
        "policy": phases.policy.value,
        "policy_statement": phases.statement,
        "temperature_k": phases.table.temperature,
    }


def detail_rows(batch_id: str, pairs: Sequence[Evaluation]) -> dict[schema.Table, list[Record]]:
    """Return the rows of windows, steps and kinks; what several pairs share stands once."""
    windows: dict[str, Record] = {}
    steps: dict[str, list[Record]] = {}
    kinks: dict[tuple[object, ...], Record] = {}
    for pair in pairs:
        sse = pair.sse.material.formula
        if sse not in windows:
            origin = {"batch_id": batch_id, "sse": sse}
            windows[sse] = _window_row(pair) | origin
            steps[sse] = [origin | row for row in _step_rows(pair)]
        for contact in pair.contacts:
            for row in _kink_rows(contact):
                row |= {"batch_id": batch_id, "sse": sse}
                kinks[tuple(row[name] for name in schema.KINKS.key)] = row
    return {
        schema.WINDOWS: list(windows.values()),
        schema.STEPS: [row for rows in steps.values() for row in rows],
        schema.KINKS: list(kinks.values()),
    }


def _window_row(pair: Evaluation) -> Record:
    record = window_record(pair.staircase, pair.phases)
    names = [field.name for field in schema.WINDOWS.fields if field.name in record]
    return {name: record[name] for name in names}


def _step_rows(pair: Evaluation) -> Iterator[Record]:
    for number, step in enumerate(pair.staircase.steps):
        yield {
            "step": number,
            "voltage_low_v": step.voltage_low,
            "voltage_high_v": finite(step.voltage_high),
            "li_change": step.li_change,
            "capacity_mah_per_g": step.capacity,
            "products": _with_amounts(step.products),
        }


def _kink_rows(contact: Contact) -> Iterator[Record]:
    state = {"cathode_state": contact.cathode.material.formula}
    for number, kink in enumerate(contact.chemical.kinks):
        yield state | {
            "voltage_v": CHEMICAL,
            "kink": number,
            "sse_fraction": kink.sse_fraction,
            "energy_ev_per_atom": kink.energy,
            "total_ev_per_non_li_atom": None,
            "mutual_ev_per_non_li_atom": None,
            "products": _with_amounts(kink.products),
        }
    for number, open_kink in enumerate(contact.electrochemical.kinks):
        yield state | {
            "voltage_v": contact.electrochemical.voltage,
            "kink": number,
            "sse_fraction": open_kink.sse_fraction,
            "energy_ev_per_atom": None,
            "total_ev_per_non_li_atom": open_kink.total,
            "mutual_ev_per_non_li_atom": open_kink.mutual,
            "products": _with_amounts(open_kink.products),
        }


def _with_amounts(products: Sequence[Product]) -> str:
    """Return products as ``0.5 P2S5 + 2.5 S``."""
    return " + ".join(f"{product.amount:.6g} {product.formula}" for product in products)
