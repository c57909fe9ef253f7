"""The same entries, computed another way: pymatgen's hulls against our linear programs."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from stability.elements import ATOMIC_WEIGHT
from stability.formula import composition
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.phases import Policy, competing_phases
from stability.staircase import redox_staircase

ABSENT = "pymatgen, the second implementation, comes with the extra `oracle`"
pytest.importorskip("pymatgen.core", reason=ABSENT)

from pymatgen.analysis.interface_reactions import (  # noqa: E402  # Only where pymatgen is installed.
    GrandPotentialInterfacialReactivity,
    InterfacialReactivity,
)
from pymatgen.analysis.phase_diagram import (  # noqa: E402  # Only where pymatgen is installed.
    GrandPotentialPhaseDiagram,
    PDEntry,
    PhaseDiagram,
)
from pymatgen.core import Composition, Element  # noqa: E402  # Only where pymatgen is installed.

LI = Element("Li")
ENERGY = 1e-6  # [eV]
FRACTION = 1e-6
STEP = 1e-6  # [V] Nearer to a breakpoint than this, products are not unique.
METALS = {"Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Nb", "Mo"}
ANIONS = {"O", "S", "F", "P", "Se"}
FAMILIAR = (
    ("Li6PS5Cl", "LiFePO4"),
    ("Li2ZrCl6", "FePO4"),
    ("Li10GeP2S12", "S"),
    ("Li3PO4", "LiNi0.8Mn0.1Co0.1O2"),
)
QUICK_SIZES = (3, 3, 4, 4, 4, 5, 5)
SIZES = [3] * 34 + [4] * 50 + [5] * 56 + [6] * 40 + [7] * 12 + [8] * 4
"""196 random pairs and 4 familiar ones; few large systems, whose diagrams take pymatgen seconds."""


@pytest.fixture(scope="module")
def phases(full_table):
    """Return all phases of the full table: the harder case, with more products."""
    return competing_phases(full_table, Policy.ALL)


@pytest.fixture(scope="module")
def diagram(full_table):
    """Return a function from elements to pymatgen's diagram of all their phases."""
    sets: dict[frozenset[str], list[int]] = {}
    for row, fractions in enumerate(full_table.fractions):
        present = frozenset(full_table.elements[e] for e in np.flatnonzero(fractions))
        sets.setdefault(present, []).append(row)

    @cache
    def build(elements):
        rows = [
            row
            for n in range(1, len(elements) + 1)
            for subset in combinations(sorted(elements), n)
            for row in sets.get(frozenset(subset), ())
        ]
        return PhaseDiagram(
            [
                PDEntry(
                    Composition(full_table.formulas[row]),
                    float(full_table.energies[row] * full_table.atoms[row]),
                )
                for row in rows
            ]
        )

    return build


@pytest.fixture(scope="module")
def pairs(full_table):
    """Return two hundred pairs, most of them random."""
    return [*random_pairs(full_table, SIZES, seed=4), *FAMILIAR]


def elements_of(*formulas):
    return frozenset({"Li"}.union(*(composition(formula).amounts for formula in formulas)))


def random_pairs(table, sizes, seed):
    """Draw a lithium compound and a cathode-like one for each number of elements, Li included."""
    rng = np.random.default_rng(seed)
    compounds = [(f, set(composition(f).amounts)) for f in table.formulas[len(table.elements) :]]
    electrolytes = [f for f, elements in compounds if "Li" in elements]
    cathodes = [f for f, elements in compounds if elements & METALS and elements & ANIONS]
    for size in sizes:
        while True:
            one = electrolytes[rng.integers(len(electrolytes))]
            other = cathodes[rng.integers(len(cathodes))]
            if len(elements_of(one, other)) == size and not same_but_for_lithium(one, other):
                yield one, other
                break


def same_but_for_lithium(one, other):
    """Tell whether a pair is no pair once lithium is free to move."""
    rests = []
    for formula in (one, other):
        amounts = {e: n for e, n in composition(formula).amounts.items() if e != "Li"}
        total = sum(amounts.values())
        rests.append({e: round(n / total, 6) for e, n in amounts.items()})
    return rests[0] == rests[1]


def random_materials(table, number, seed):
    """Draw compounds of 2 to 6 elements, most of them with lithium."""
    rng = np.random.default_rng(seed)
    compounds = [f for f in table.formulas if 2 <= len(composition(f).amounts) <= 6]
    with_li = [f for f in compounds if "Li" in composition(f).amounts]
    drawn = [with_li if rng.random() < 0.8 else compounds for _ in range(number)]
    return [formulas[rng.integers(len(formulas))] for formulas in drawn]


def products_at(diagram, mixture):
    """Return the formulas of pymatgen's products, reduced, lithium aside."""
    entries = diagram.get_decomposition(mixture)
    return {Composition(getattr(e, "original_comp", e.composition)).reduced_formula
            for e in entries} - {"Li"}  # fmt: skip


def reduced(products):
    return {Composition(p.formula).reduced_formula for p in products} - {"Li"}


def check_closed(one, other, phases, diagram):
    """Compare the chemical reaction of a pair: energies, kinks, products.

    With norm=True pymatgen's x is the fraction of all atoms that belong to the first reactant, and
    so is ours.
    """
    pd = diagram(elements_of(one, other))
    a, b = Composition(one), Composition(other)
    theirs = InterfacialReactivity(a, b, pd, norm=True, use_hull_energy=True).get_kinks()
    ours = chemical_reaction(reactant(one, phases), reactant(other, phases), phases)

    assert ours.energy == pytest.approx(min(kink[2] for kink in theirs), abs=ENERGY)
    theirs = sorted((kink[1], kink[2]) for kink in theirs)
    assert [k.sse_fraction for k in ours.kinks] == pytest.approx(
        [x for x, _ in theirs], abs=FRACTION
    )
    assert [k.energy for k in ours.kinks] == pytest.approx([e for _, e in theirs], abs=ENERGY)
    for kink, (x, _) in zip(ours.kinks, theirs, strict=True):
        mixture = a.fractional_composition * x + b.fractional_composition * (1 - x)
        assert reduced(kink.products) == products_at(pd, mixture)


def check_open(one, other, voltage, phases, diagram):
    """Compare a pair at a voltage; return whether kinks could be compared.

    With norm=True pymatgen turns its x, the first's share of the non-Li atoms, into the share of
    all atoms, x r2 / (x r2 + (1 - x) r1) with r the non-Li atoms per atom, which is what we report.
    Energies are per non-Li atom in both.
    """
    pd = diagram(elements_of(one, other))
    grand = GrandPotentialPhaseDiagram(pd.all_entries, {LI: -voltage})
    a, b = Composition(one), Composition(other)
    total, mutual = (
        sorted(
            (kink[1], kink[2])
            for kink in GrandPotentialInterfacialReactivity(
                a, b, grand, pd, include_no_mixing_energy=own, norm=True, use_hull_energy=True
            ).get_kinks()
        )
        for own in (True, False)
    )
    below, ours, above = electrochemical_reactions(
        reactant(one, phases), reactant(other, phases), phases,
        [voltage - STEP, voltage, voltage + STEP],
    )  # fmt: skip

    assert ours.total == pytest.approx(min(e for _, e in total), abs=ENERGY)
    assert ours.mutual == pytest.approx(min(e for _, e in mutual), abs=ENERGY)
    assert ours.sse_alone == pytest.approx(total[-1][1], abs=ENERGY)
    assert ours.cathode_alone == pytest.approx(total[0][1], abs=ENERGY)
    if (
        not [reduced(k.products) for k in below.kinks]
        == [reduced(k.products) for k in ours.kinks]
        == [reduced(k.products) for k in above.kinks]
    ):
        return False
    assert [k.sse_fraction for k in ours.kinks] == pytest.approx(
        [x for x, _ in total], abs=FRACTION
    )
    assert [k.total for k in ours.kinks] == pytest.approx([e for _, e in total], abs=ENERGY)
    assert [k.mutual for k in ours.kinks] == pytest.approx([e for _, e in mutual], abs=ENERGY)
    for kink, (x, _) in zip(ours.kinks, total, strict=True):
        mixture = a.fractional_composition * x + b.fractional_composition * (1 - x)
        rest = Composition({element: n for element, n in mixture.items() if element != LI})
        assert reduced(kink.products) == products_at(grand, rest)
    return True


def check_staircase(formula, phases, diagram):
    """Compare the staircase of a material with pymatgen's element profile.

    pymatgen gives each step the lithium potential of its lithium-rich end, so its lower voltage is
    minus that; its evolution is the lithium taken up per formula, as ours is.
    """
    pd = diagram(elements_of(formula))
    profile = pd.get_element_profile(LI, Composition(formula))
    found = redox_staircase(reactant(formula, phases), phases)

    assert len(found.steps) == len(profile)
    for ours, theirs in zip(found.steps, profile, strict=True):
        assert ours.voltage_low == pytest.approx(-theirs["chempot"], abs=ENERGY)
        assert ours.li_change == pytest.approx(theirs["evolution"], abs=1e-5)
        assert reduced(ours.products) == {e.reduced_formula for e in theirs["entries"]} - {"Li"}


def compare_pairs(pairs, voltages_each, phases, diagram, seed):
    """Compare every pair closed and at random voltages; almost none may sit on a breakpoint."""
    rng = np.random.default_rng(seed)
    compared: list[bool] = []
    for one, other in pairs:
        check_closed(one, other, phases, diagram)
        compared += [
            check_open(one, other, float(voltage), phases, diagram)
            for voltage in rng.uniform(0.1, 5.0, voltages_each)
        ]
    assert np.mean(compared) > 0.98


def test_a_sample_of_pairs(full_table, phases, diagram):
    """Eleven pairs of 3 to 6 elements, closed and at one voltage each."""
    pairs = [*random_pairs(full_table, QUICK_SIZES, seed=1), *FAMILIAR]

    compare_pairs(pairs, 1, phases, diagram, seed=2)


def test_a_sample_of_staircases(full_table, phases, diagram):
    """Fifteen compounds, stable or not."""
    for formula in random_materials(full_table, 15, seed=3):
        check_staircase(formula, phases, diagram)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_pairs(pairs, phases, diagram, part):
    """Two hundred pairs of 3 to 8 elements, closed and at five voltages each, in twenty parts."""
    assert len(pairs) == 200
    compare_pairs(pairs[part::20], 5, phases, diagram, seed=5 + part)


@pytest.mark.slow
def test_staircases(full_table, phases, diagram):
    """Two hundred compounds, stable or not."""
    for formula in random_materials(full_table, 200, seed=6):
        check_staircase(formula, phases, diagram)


def test_hull_energies(full_table, phases, diagram):
    """Distances to the hull of random compounds of up to 5 elements, above it or not."""
    for formula in random_materials(full_table, 25, seed=7):
        if len(composition(formula).amounts) > 5:
            continue
        pd = diagram(frozenset(composition(formula).amounts))
        found = reactant(formula, phases)
        target = Composition(formula).fractional_composition
        row = full_table.row(found.fractions)

        assert found.energy == pytest.approx(pd.get_hull_energy_per_atom(target), abs=ENERGY)
        assert found.energy_above_hull == pytest.approx(
            full_table.energies[row] - pd.get_hull_energy_per_atom(target), abs=2e-6
        )


def test_formulas_are_read_alike(full_table):
    """Amounts of a thousand formulas of the table, and of doped and bracketed ones."""
    rng = np.random.default_rng(8)
    written = ["LiTi2(PO4)3", "Li9.54Si1.74P1.44S11.7Cl0.3", "Ca[Li(OH)3]2"]

    for formula in [*written, *map(str, rng.choice(full_table.formulas, 1000))]:
        theirs = Composition(formula).get_el_amt_dict()
        assert composition(formula).amounts == pytest.approx(theirs)


def test_atomic_weights_are_alike():
    """IUPAC's abridged weights against pymatgen's; those of unstable elements aside, to 0.05 %."""
    for number, (symbol, weight) in enumerate(ATOMIC_WEIGHT.items(), start=1):
        element = Element(symbol)
        assert number == element.Z
        if number <= 83 and symbol not in {"Tc", "Pm"}:
            assert weight == pytest.approx(float(element.atomic_mass), rel=5e-4)
