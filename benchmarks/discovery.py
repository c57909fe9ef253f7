"""Whether known electrolytes are found again, blind, among all lithium compounds of a table.

Blind means that nothing is known of the listed materials themselves: their measured figures and
pellets are taken away, the conductivity model is trained without their compositions, and the
catalogue does not name them. They stand among the others as any new compound would.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.measure import Figure
from benchmarks.measured_conductivities import OBELIX, REFERENCE, TABLES
from descriptors.electrolyte.atomic_fractions import ELEMENTS as WITH_MODULI
from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.conductivity import predict
from descriptors.electrolyte.conductivity_model import shipped_model
from descriptors.electrolyte.densification import predicted_densities
from descriptors.electrolyte.frameworks import charges, frameworks_of
from descriptors.quantity import Kind, Quantity
from descriptors.training.conductivity_figures import SAME_MATERIAL, conductivity_table
from descriptors.training.train_conductivity import trained_model
from screening.catalogue.gates import refused, verdicts
from screening.catalogue.materials import cathode, recipe
from screening.catalogue.own_materials import NO_MATERIALS
from screening.catalogue.properties import as_pressed
from screening.errors import BatchError
from screening.order.ranking import Order, worth
from screening.pairs.features import Pair
from screening.results.evaluation import evaluate_all
from screening.results.prediction import Prediction
from stability.energies.corrected_table import loaded_table
from stability.formula import composition
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import load_phase_table
from stability.temperature import at_temperature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from descriptors.electrolyte.conductivity_model import Model
    from descriptors.training.conductivity_figures import Table
    from screening.catalogue.own_materials import OwnMaterials
    from screening.results.evaluation import Block
    from stability.phases import CompetingPhases

    Numbers = NDArray[np.float64]

KNOWN = REFERENCE / "ranking" / "rediscovery.csv"
GROUPS = {"oxide": ("LiFePO4", "LiNiO2", "LiNi0.5Mn1.5O4"), "sulfur": ("S", "Li2S")}
"""Cathodes of each group; figures are means over them."""
TOP = 100
MINORITY = 0.1
"""Share of lithium among all cations below which a specialist sees no lithium conductor."""
_CHUNK = 1000


class Known(NamedTuple):
    """Materials of which the field knows how good they are."""

    good: dict[str, tuple[str, ...]]
    """Good ones by group of cathodes."""
    bad: tuple[str, ...]
    """Bad ones for any cathode."""


class Found(NamedTuple):
    """Candidates of one cathode."""

    formulas: tuple[str, ...]
    """All that were scored."""
    block: Block
    """Their pairs, with what was computed of them."""


def figures(table: str, *, known: str | None = None) -> Iterator[Figure]:
    """Yield hits, enrichment and what a specialist refuses of the top, for both groups.

    Parameters
    ----------
    table : str
        Name or path of the phase table whose lithium compounds are the candidates.
    known : str, optional
        CSV file with columns formula, verdict, group; the one beside the repository by default.
    """
    start = process_time()
    path = Path(known) if known else KNOWN
    listed = known_materials(path)
    names = [*listed.bad, *(one for group in listed.good.values() for one in group)]
    candidates = _candidates(table, names)
    yield Figure("discovery_candidates", len(candidates), "compounds")
    learned = figures_without(names)
    model = trained_model(learned, origin="blind") if learned else shipped_model()
    left = set(candidates)
    for gate, out in refused(candidates, gaps={}):
        left -= out.keys()
        yield Figure(f"discovery_left_after_{gate}", len(left), "compounds")
    passing = tuple(one for one in candidates if one in left)
    phases = phases_without(table)
    for group, cathodes in GROUPS.items():
        good = listed.good.get(group, ())
        yield Figure(f"discovery_good_{group}", len(good), "compounds")
        lost = [one for one in good if one not in left]
        yield Figure(f"discovery_good_refused_{group}", len(lost), "compounds")
        found = [evaluated(phases, passing, name) for name in cathodes]
        tops = [ordered(one, model)[:TOP] for one in found]
        hits = float(np.mean([len(set(top) & set(good)) for top in tops]))
        yield Figure(f"hits_{TOP}_{group}", hits, "compounds")
        chance = TOP * len(good) / len(candidates)
        yield Figure(f"ef_{TOP}_{group}", hits / max(chance, 1e-9), "1")
        junk = [sum(bool(objection(one, listed)) for one in top) for top in tops]
        yield Figure(f"refused_{TOP}_{group}", float(np.mean(junk)), "compounds")
        if learned:
            apart = _family_out(found, good, learned)
            yield Figure(f"hits_{TOP}_{group}_family_out", apart, "compounds")
    yield Figure("discovery_seconds", process_time() - start, "s")


def known_materials(path: Path) -> Known:
    """Return the materials of a list of known ones."""
    good: dict[str, tuple[str, ...]] = {}
    bad: tuple[str, ...] = ()
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["verdict"] == "good":
                good[row["group"]] = (*good.get(row["group"], ()), row["formula"])
            else:
                bad = (*bad, row["formula"])
    return Known(good, bad)


def objection(formula: str, listed: Known) -> str:
    """Return why a specialist would refuse a candidate at a glance, or nothing.

    Parameters
    ----------
    formula : str
        The candidate.
    listed : Known
        What is good is never refused, what is bad always.

    Notes
    -----
    Beside the gates: known as bad, little lithium, much of other alkali metals, protons.
    """
    if any(formula in group for group in listed.good.values()):
        return ""
    if formula in listed.bad:
        return "known as bad"
    for verdict in verdicts(formula):
        if not verdict.passed:
            return f"{verdict.gate}: {verdict.reason}"
    shares = element_shares([formula])
    cations = dict(zip(ELEMENTS, (shares * (charges(shares) > 0))[0].tolist(), strict=True))
    few = MINORITY * sum(cations.values())
    said = {
        "little lithium": cations["Li"] < few,
        "a mixed salt": sum(cations[element] for element in ("Na", "K", "Rb", "Cs")) > few,
        "protons beside lithium": cations["H"] > few,
    }
    return next((why for why, holds in said.items() if holds), "")


def _candidates(table: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return all lithium compounds of a table and the listed ones, each composition once."""
    loaded = load_phase_table(table)
    compounds = loaded.formulas[len(loaded.elements) :]
    once = {composition(one).shares: one for one in names}
    for formula in compounds:
        read = composition(formula)
        if "Li" in read.amounts and len(read.amounts) > 1:
            once.setdefault(read.shares, formula)
    return tuple(sorted(once.values()))


def figures_without(names: Sequence[str]) -> Table | None:
    """Return the figures to learn from, none of a listed material or of OBELiX's test split."""
    if not OBELIX.is_dir():
        return None
    learned = conductivity_table(TABLES, without=[OBELIX / "test.csv"])
    listed = element_shares(names)
    near = np.array(
        [(np.abs(listed - row).sum(axis=1) / 2 < SAME_MATERIAL).any() for row in learned.shares]
    )
    return learned.take(~near)


def phases_without(table: str, hidden: Sequence[str] = ()) -> CompetingPhases:
    """Return the known phases of a table at room temperature, some compounds left out."""
    cold = at_temperature(loaded_table(table), 298.15)
    away = {composition(one).shares for one in hidden}
    there = [one for one in cold.formulas if away and composition(one).shares in away]
    return competing_phases(cold, Policy("known"), exclude=dict.fromkeys(there, "hidden"))


def evaluated(
    phases: CompetingPhases,
    formulas: Sequence[str],
    name: str,
    own: OwnMaterials = NO_MATERIALS,
) -> Found:
    """Return all candidates with one cathode, from energies without redraws.

    Raises
    ------
    BatchError
        If none has an answer.
    """
    of = cathode(name)
    pairs = [Pair(formula, of, recipe(of.recipe)) for formula in formulas]
    block, _ = evaluate_all(pairs, phases, draws=0, own=own)
    if block is None:
        raise BatchError(f"no candidate has an answer with {name}; take another table")
    return Found(tuple(one.sse for one in block.pairs), block)


def ordered(found: Found, model: Model, order: Order = Order.CAUTIOUS) -> list[str]:
    """Return the candidates in an order, with conductivities of a blind model."""
    block = replace(found.block, figures=_blind(found, model))
    number = np.empty(len(block))
    for first in range(0, len(block), _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, len(block)))
        some = Prediction(
            block.pairs[first : first + _CHUNK], block.features.take(rows), block.calibration
        )
        number[rows] = worth(some.scores.value, order)
    return [found.formulas[row] for row in np.argsort(-number, kind="stable")]


def _blind(found: Found, model: Model) -> tuple:
    """Return the properties of the candidates as if nobody had measured or pressed them."""
    said = predict(element_shares(found.formulas), ELEMENTS, model=model)
    ends = 10 ** np.stack([said.value, said.low, said.high], axis=1)
    known = [one for one in found.formulas if composition(one).amounts.keys() <= set(WITH_MODULI)]
    pressure = found.block.pairs[0].recipe.pressure
    density = dict(
        zip(known, np.stack(predicted_densities(known, pressure), 1).tolist(), strict=True)
    )
    return tuple(
        replace(
            own,
            ionic_conductivity=as_pressed(
                Quantity(*conductivity, "S/cm", Kind.PREDICTED, "blind"), formula
            ),
            relative_density=Quantity(*density[formula], "%", Kind.PREDICTED, "blind")
            if formula in density
            else own.relative_density,
        )
        for formula, own, conductivity in zip(
            found.formulas, found.block.figures, ends.tolist(), strict=True
        )
    )


def _family_out(found: Sequence[Found], good: Sequence[str], learned: Table) -> float:
    """Return hits when the whole sub-class of each is left out of the training, one by one."""
    families = frameworks_of(good).subclass
    own = trained_model(learned, origin="").kinds.subclass
    hits = []
    for family in np.unique(families):
        model = trained_model(learned.take(own != family), origin="")
        members = {one for one, its in zip(good, families, strict=True) if its == family}
        hits.append([len(members & set(ordered(one, model)[:TOP])) for one in found])
    return float(np.mean(np.sum(hits, axis=0)))
