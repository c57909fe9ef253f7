"""What stands behind the numbers of pairs: windows, steps and kinks, as plain rows.

What several pairs share stands once: a window with its steps for each SSE, kinks for each SSE with
each state of a cathode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screening.results.records import finite
from stability.interface import chemical_reaction, electrochemical_reactions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.pairs.contacts import Contacts
    from stability.hull import Product, Reactant
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase

Record = dict[str, Any]

CHEMICAL = -1.0
"""Stands for the voltage of a chemical reaction: part of a key, so it cannot be null."""


def window_rows(contacts: Contacts) -> list[Record]:
    """Return one row for the stability window of each SSE.

    Parameters
    ----------
    contacts : Contacts
        From :func:`screening.pairs.contacts.contacts`.
    """
    return [
        {
            "sse": stairs.reactant.material.formula,
            "energy_source": stairs.reactant.energy_source.value,
            "energy_above_hull_ev_per_atom": stairs.reactant.energy_above_hull,
            "reduction_limit_v": stairs.window.reduction,
            "oxidation_limit_v": finite(stairs.window.oxidation),
        }
        for stairs in _staircases(contacts)
    ]


def step_rows(contacts: Contacts) -> list[Record]:
    """Return one row for each step of the redox staircase of each SSE.

    Parameters
    ----------
    contacts : Contacts
        From :func:`screening.pairs.contacts.contacts`.
    """
    return [
        {
            "sse": stairs.reactant.material.formula,
            "step": number,
            "voltage_low_v": step.voltage_low,
            "voltage_high_v": finite(step.voltage_high),
            "li_change": step.li_change,
            "capacity_mah_per_g": step.capacity,
            "products": _with_amounts(step.products),
        }
        for stairs in _staircases(contacts)
        for number, step in enumerate(stairs.steps)
    ]


def kink_rows(contacts: Contacts) -> list[Record]:
    """Return one row for each kink of each SSE with each state of its cathodes.

    Parameters
    ----------
    contacts : Contacts
        From :func:`screening.pairs.contacts.contacts`.

    Notes
    -----
    On contact, and open to lithium at the end of the window at which the cathode is in that state.
    """
    rows: dict[tuple[str, str, float], list[Record]] = {}
    for stairs, cathode, states in zip(
        contacts.staircases, contacts.cathodes, contacts.states, strict=True
    ):
        sse = stairs.reactant
        for state, voltage in zip(states, (cathode.voltage_low, cathode.voltage_high), strict=True):
            names = sse.material.formula, state.material.formula
            if (*names, CHEMICAL) not in rows:
                rows[*names, CHEMICAL] = list(_chemical(sse, state, contacts.phases))
            if (*names, voltage) not in rows:
                rows[*names, voltage] = list(_electrochemical(sse, state, voltage, contacts.phases))
    return [
        {"sse": sse, "cathode_state": state, "voltage_v": voltage, "kink": number, **kink}
        for (sse, state, voltage), kinks in rows.items()
        for number, kink in enumerate(kinks)
    ]


def _staircases(contacts: Contacts) -> Sequence[Staircase]:
    """Return each SSE's staircase once."""
    return list({one.reactant.material.formula: one for one in contacts.staircases}.values())


def _chemical(sse: Reactant, cathode: Reactant, phases: CompetingPhases) -> Iterator[Record]:
    for kink in chemical_reaction(sse, cathode, phases).kinks:
        yield {
            "sse_fraction": kink.sse_fraction,
            "energy_ev_per_atom": kink.energy,
            "total_ev_per_non_li_atom": None,
            "mutual_ev_per_non_li_atom": None,
            "products": _with_amounts(kink.products),
        }


def _electrochemical(
    sse: Reactant, cathode: Reactant, voltage: float, phases: CompetingPhases
) -> Iterator[Record]:
    (reaction,) = electrochemical_reactions(sse, cathode, phases, [voltage])
    for kink in reaction.kinks:
        yield {
            "sse_fraction": kink.sse_fraction,
            "energy_ev_per_atom": None,
            "total_ev_per_non_li_atom": kink.total,
            "mutual_ev_per_non_li_atom": kink.mutual,
            "products": _with_amounts(kink.products),
        }


def _with_amounts(products: Sequence[Product]) -> str:
    """Return products as ``0.5 P2S5 + 2.5 S``."""
    return " + ".join(f"{product.amount:.6g} {product.formula}" for product in products)
