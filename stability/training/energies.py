"""Train the correction of energies anew.

``python -m stability.training.energies --measured FILE... --table mp2019=FILE ...`` writes the
measured anchors and, for each table, the computed energies of these compounds with what the fit
makes of them. A table of several kinds of energies is named by its column: ``r2scan=FILE:COLUMN``.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.elements import ATOMIC_WEIGHT
from stability.energies.pair_posterior import design
from stability.energies.pairs import element_properties, pair_terms
from stability.energies.terms import Prior
from stability.training.correction_fit import (
    FAMILIES,
    Fit,
    Residuals,
    cross_validated,
    fit,
    fitted_prior,
    own_errors,
)
from stability.training.measurements import (
    DERIVED,
    Measured,
    Merged,
    hydrate,
    measured_compounds,
    merged,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Key = frozenset[tuple[str, float]]

START = Prior(
    own=0.175, shared=0.43, anion=0.32, bonded=0.37, alloy=0.05, states=1.95, kinship=0.88
)
"""Where the search for the prior starts."""
OWN = np.full(len(FAMILIES), 0.045)
"""Where the search for the own parts starts. [eV/atom]"""
FAR = 0.60
"""A value this far from what the others say is not that compound, as with a misread formula.
[eV/atom]"""
ROUNDS = 3
"""How often compounds are taken in and left out, until the choice stays."""


class Table(NamedTuple):
    """Computed energies under one name."""

    name: str
    """What the correction is called, such as ``mp2019``."""
    energies: Mapping[Key, tuple[str, float]]
    """Formula and formation energy of the lowest entry of each composition. [eV/atom]"""


class Chosen(NamedTuple):
    """Compounds with their measured value, and what the others say of each."""

    keys: list[Key]
    """Compositions."""
    values: list[Merged]
    """Measured."""
    fit: Fit
    """Of a table's residuals to them."""
    replaces: list[bool]
    """Whether each is sure enough to take the place of the computed energy."""


class Trained(NamedTuple):
    """The correction of one table."""

    prior: Prior
    """How alike terms are."""
    own: Floats
    """Standard error of a compound's own part, by class. [eV/atom]"""
    fit: Fit
    """Weights of the compounds."""
    scores: dict[str, dict[str, float]]
    """Errors where it was not fitted."""


def computed_energies(text: str) -> Table:
    """Return the table that an argument ``NAME=FILE[:COLUMN]`` names."""
    name, _, rest = text.partition("=")
    path, _, column = rest.partition(":")
    column = column or "formation_energy_ev_per_atom"
    energies: dict[Key, tuple[str, float]] = {}
    for row in rows_of(Path(path)):
        material = hydrate(row.get("reduced") or row["formula"])
        if material is None or row[column] in {None, ""}:
            continue
        energy = float(row[column])
        before = energies.get(material.shares)
        if before is None or energy < before[1]:
            energies[material.shares] = (material.formula, energy)
    return Table(name, energies)


def residuals_of(table: Table, keys: Sequence[Key], values: Sequence[Merged]) -> Residuals:
    """Return measured minus computed energies of compounds."""
    elements = list(ATOMIC_WEIGHT)
    fractions = np.zeros((len(keys), len(elements)))
    for row, key in enumerate(keys):
        for element, share in key:
            fractions[row, elements.index(element)] = share
    return Residuals(
        pair_terms(fractions, elements),
        np.array(
            [
                value.enthalpy - table.energies[key][1]
                for key, value in zip(keys, values, strict=True)
            ]
        ),
        np.array([value.spread for value in values]),
    )


def chosen_compounds(
    compounds: Mapping[Key, Measured], table: Table, prior: Prior, own: Floats
) -> Chosen:
    """Return the compounds that are believed: taken in and left out until the choice stays.

    Parameters
    ----------
    compounds : mapping
        What compilations say.
    table : Table
        Computed energies, with which a value far from all others is recognised.
    prior, own
        As for :func:`stability.training.correction_fit.fit`.
    """
    keys = sorted(
        (key for key in compounds if key in table.energies), key=lambda k: table.energies[k][0]
    )
    expected = {key: table.energies[key][1] for key in keys}
    taken = {key for key in keys if compounds[key].agreeing}
    for _ in range(ROUNDS):
        values = [merged(compounds[key], expected[key]) for key in keys]
        residuals = residuals_of(table, keys, values)
        layout = design(prior, residuals.terms)
        used = np.array([key in taken for key in keys])
        found = fit(layout._replace(shares=layout.shares[used]), residuals.some(used), own)
        correction = layout.shares @ found.means
        correction[used] = residuals.values[used] - found.left_out
        expected = {
            key: table.energies[key][1] + float(correction[row]) for row, key in enumerate(keys)
        }
        off = np.abs(residuals.values - correction)
        taken = {key for row, key in enumerate(keys) if compounds[key].agreeing or off[row] < FAR}
    kept = [row for row, key in enumerate(keys) if key in taken]
    keys, values = [keys[row] for row in kept], [values[row] for row in kept]
    residuals = residuals_of(table, keys, values)
    found = fit(design(prior, residuals.terms), residuals, own)
    replaces = [
        abs(left_out) < 3.0 * error
        or (compounds[key].agreeing and not value.sources[0].endswith(DERIVED))
        for key, value, left_out, error in zip(
            keys, values, found.left_out, found.left_out_errors, strict=True
        )
    ]
    return Chosen(keys, values, found, replaces)


def groups_of(keys: Sequence[Key]) -> dict[str, list[str]]:
    """Return what is left out together: the compound, all of its cation, all of its system."""
    known = element_properties()
    strength = {element: row.electronegativity for element, row in known.items()}
    return {
        "compound": [str(sorted(key)) for key in keys],
        "cation": [min((strength.get(e, 2.6), e) for e, _ in key)[1] for key in keys],
        "system": ["-".join(sorted(element for element, _ in key)) for key in keys],
    }


def trained(table: Table, keys: Sequence[Key], values: Sequence[Merged]) -> Trained:
    """Return the correction of one table, fitted and cross-validated."""
    residuals = residuals_of(table, keys, values)
    groups = groups_of(keys)
    prior, own = START, OWN
    for _ in range(2):
        prior = fitted_prior(prior, residuals, own)
        layout = design(prior, residuals.terms)
        own = np.round(own_errors(layout, residuals, own), 4)
    scores = {}
    for name, group in groups.items():
        found = cross_validated(layout, residuals, own, group)
        off = np.abs(residuals.values - found.values)
        scores[name] = {
            "mean_error_ev_per_atom": round(float(off.mean()), 4),
            "median_error_ev_per_atom": round(float(np.median(off)), 4),
            "coverage_of_90_percent_intervals": round(
                float((off < 1.6449 * found.errors).mean()), 3
            ),
        }
    scores["computed"] = {
        "mean_error_ev_per_atom": round(float(np.abs(residuals.values).mean()), 4),
        "median_error_ev_per_atom": round(float(np.median(np.abs(residuals.values))), 4),
    }
    return Trained(prior, own, fit(layout, residuals, own), scores)


def write_anchors(folder: Path, table: Table, chosen: Chosen) -> None:
    """Write the measured enthalpies."""
    with (folder / "anchors.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((
            "formula", "enthalpy_ev_per_atom", "spread_ev_per_atom", "gibbs_ev_per_atom", "use",
            "source",
        ))  # fmt: skip
        for key, value, replaces in zip(chosen.keys, chosen.values, chosen.replaces, strict=True):
            gibbs = "" if value.gibbs is None else f"{value.gibbs:.4f}"
            writer.writerow((
                table.energies[key][0], f"{value.enthalpy:.4f}", f"{value.spread:.4f}", gibbs,
                "anchor" if replaces else "training", ", ".join(value.sources),
            ))  # fmt: skip


def write_correction(folder: Path, table: Table, keys: Sequence[Key], found: Trained) -> None:
    """Write what the fit needs to know of each compound, and its parameters."""
    with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((
            "formula", "formation_energy_ev_per_atom", "standard_error_ev_per_atom",
            "weight_per_ev_per_atom",
        ))  # fmt: skip
        for key, error, weight in zip(keys, found.fit.errors, found.fit.weights, strict=True):
            formula, energy = table.energies[key]
            writer.writerow((formula, f"{energy:.4f}", f"{error:.4f}", f"{weight:.3f}"))
    content = {
        "prior": found.prior._asdict(),
        "own_errors_ev_per_atom": {
            " ".join(family): error
            for family, error in zip(FAMILIES, found.own.tolist(), strict=True)
        },
        "cross_validation": found.scores,
        "compounds": len(keys),
    }
    (folder / f"{table.name}.json").write_text(
        json.dumps(content, indent=1) + "\n", encoding="utf-8"
    )


def main() -> None:
    """Train from the files that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--measured",
        type=Path,
        nargs="+",
        required=True,
        help="measured enthalpies and Gibbs energies",
    )
    parser.add_argument(
        "--table",
        nargs="+",
        required=True,
        metavar="NAME=FILE[:COLUMN]",
        help="computed energies; the first one chooses the anchors",
    )
    parser.add_argument("--output", type=Path, default=Path("stability/energies/data"))
    arguments = parser.parse_args()
    compounds = measured_compounds(arguments.measured)
    tables = [computed_energies(text) for text in arguments.table]
    chosen = chosen_compounds(compounds, tables[0], START, OWN)
    write_anchors(arguments.output, tables[0], chosen)
    for table in tables:
        there = [row for row, key in enumerate(chosen.keys) if key in table.energies]
        keys, values = [chosen.keys[row] for row in there], [chosen.values[row] for row in there]
        found = trained(table, keys, values)
        write_correction(arguments.output, table, keys, found)
        print(
            json.dumps({"correction": table.name, "compounds": len(keys), **found.scores}),
            flush=True,
        )


if __name__ == "__main__":
    main()
