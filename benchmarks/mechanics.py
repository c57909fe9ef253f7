"""Errors of predicted moduli and densities on what they were not learned from, and their speed."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.measure import Figure, median_seconds
from descriptors.electrolyte.densification import left_out, left_out_error, predicted_densities
from descriptors.electrolyte.moduli import MODULI, networks, predicted_moduli
from descriptors.training.train_moduli import judgement, moduli_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from descriptors.electrolyte.densification import LeftOut

MODULI_TABLE = Path(__file__).parents[2] / "shared/reference/elastic_moduli.parquet"
_FORMULAS = ("Li3YCl6", "Li7P3S11", "LiTaCl6", "Li6.75La3Zr1.75Ta0.25O12", "Li2Sc2/3Cl4") * 1_000
_PRESSURE = 375.0  # [MPa]


def figures() -> Iterator[Figure]:
    """Yield the figures; those of the moduli only where their table is beside the checkout."""
    yield from _moduli()
    yield from _densities()
    predicted_densities(_FORMULAS[:5], _PRESSURE)
    for name, work in (
        ("moduli_per_s", lambda: predicted_moduli(_FORMULAS)),
        ("densities_per_s", lambda: predicted_densities(_FORMULAS, _PRESSURE)),
    ):
        yield Figure(name, len(_FORMULAS) / median_seconds(work), "materials/s")


def _moduli() -> Iterator[Figure]:
    if not MODULI_TABLE.is_file():
        print(f"no {MODULI_TABLE.name}: the moduli are not judged", file=sys.stderr)
        return
    result = judgement(networks(), moduli_table(MODULI_TABLE))
    print(f"moduli: {result.rows} held-out rows", file=sys.stderr)
    yield Figure("moduli_mae_log10", float(result.error.mean()), "log10(GPa)")
    yield Figure("moduli_mean_baseline_log10", float(result.baseline.mean()), "log10(GPa)")
    for column, name in enumerate(MODULI):
        yield Figure(f"moduli_{name}_mae_log10", float(result.error[column]), "log10(GPa)")
        yield Figure(f"moduli_{name}_mean_mae_log10", float(result.baseline[column]), "log10(GPa)")
        yield Figure(f"moduli_{name}_coverage_90", 100 * float(result.coverage[column]), "%")


def _densities() -> Iterator[Figure]:
    found = left_out()
    for formula, pressure, measured, predicted in found:
        print(
            f"{formula} at {pressure:g} MPa: {measured:g} %, predicted {predicted.value:.1f} "
            f"({predicted.low:.1f} to {predicted.high:.1f})",
            file=sys.stderr,
        )
    inside = sum(
        pellet.predicted.low <= pellet.measured <= pellet.predicted.high for pellet in found
    )
    yield Figure("densification_loo_mae_percent", left_out_error(found), "%")
    yield Figure("densification_loo_mean_baseline_percent", _mean_error(found), "%")
    yield Figure("densification_loo_coverage_90", 100 * inside / len(found), "%")


def _mean_error(found: list[LeftOut]) -> float:
    """Return the error if every pellet were as dense as the mean of the other materials' [%]."""
    of: dict[str, list[float]] = {}
    for pellet in found:
        of.setdefault(pellet.formula, []).append(pellet.measured)
    others = {name: mean(mean(own) for other, own in of.items() if other != name) for name in of}
    return mean(mean(abs(one - others[name]) for one in own) for name, own in of.items())
