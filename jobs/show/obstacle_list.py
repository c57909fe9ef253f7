"""How it looks on a terminal, and in JSON, why a compound is not among the best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screening.results.obstacles import Obstacles


def obstacle_record(found: Obstacles) -> dict[str, Any]:
    """Return it as a plain record, units in the names.

    Parameters
    ----------
    found : Obstacles
        From :func:`screening.results.obstacles.obstacles`.
    """
    sigma = found.conductivity
    value, low, high = found.score
    return {
        "formula": found.formula,
        "cathode": found.cathode,
        "refused_by": found.refused_by and found.refused_by.value,
        "gates": [one._asdict() | {"gate": one.gate.value} for one in found.gates],
        "ionic_conductivity_s_per_cm": sigma.value,
        "ionic_conductivity_low_s_per_cm": sigma.low,
        "ionic_conductivity_high_s_per_cm": sigma.high,
        "ionic_conductivity_kind": sigma.kind.value,
        "ionic_conductivity_source": sigma.source,
        "score": value,
        "score_low": low,
        "score_high": high,
        "factors": found.factors,
        "limited_by": found.limited_by,
        "reason": found.reason,
        "place": found.place,
        "rivals": found.rivals,
        "own_rivals": found.own_rivals,
        "break_even": [
            {"ionic_conductivity_s_per_cm": one.conductivity, "place": one.place}
            for one in found.break_even
        ],
    }


def print_obstacles(found: Obstacles) -> None:
    """Print gates, factors, place, and the places that a measured conductivity would give.

    Parameters
    ----------
    found : Obstacles
        From :func:`screening.results.obstacles.obstacles`.
    """
    print(f"{found.formula} with {found.cathode}")
    for one in found.gates:
        word = "passes" if one.passed else "REFUSED"
        why = "" if one.passed else f": {one.value:.3g} against {one.threshold:.3g}; {one.reason}"
        print(f"  gate {one.gate.value:10} {word}{why}")
    sigma = found.conductivity
    print(
        f"  conducts {sigma.value:.1e} S/cm ({sigma.low:.0e} to {sigma.high:.0e}), "
        f"{sigma.kind.value}: {sigma.source}"
    )
    value, low, high = found.score
    factors = ", ".join(f"{name} {factor:.2g}" for name, factor in found.factors.items())
    print(f"  score {value:.2g} ({low:.2g} to {high:.2g}): {factors}; least: {found.limited_by}")
    print(f"  {found.reason}")
    mine = f" and {found.own_rivals} of your own" if found.own_rivals else ""
    print(f"  place {found.place} of {found.rivals} by the lower end, beside the catalogue{mine}")
    places = ", ".join(f"{one.place} at {one.conductivity:.0e}" for one in found.break_even)
    print(f"  place if its conductivity were measured: {places} S/cm")
