import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability.errors import EnergyError, FormulaError, MissingElementError
from stability.formula import composition
from stability.hull import (
    EnergySource,
    Metastability,
    Product,
    mixing_entropy,
    named_products,
    reactant,
)
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table

FORMULAS = ("Li2S", "LiCl", "FeS", "FeS2", "FeCl2", "FeCl3", "LiFeS2", "LiFeCl3")
energies = st.fixed_dictionaries({f: st.floats(-8, -0.5) for f in FORMULAS})


def test_a_stable_phase_has_its_own_energy(li_o):
    """Li2O2 at -6.6 eV per 4 atoms is on the hull: -1.65 eV/atom, from its own entry."""
    found = reactant("Li2O2", li_o)

    assert found.energy == pytest.approx(-6.6 / 4)
    assert found.energy_source is EnergySource.ENTRY
    assert found.energy_above_hull == 0.0
    assert found.decomposition == (Product("Li2O2", pytest.approx(1.0)),)


def test_a_composition_without_an_entry_takes_the_hull(li_o):
    """Li4O3 is Li2O + Li2O2: -6.2 - 6.6 eV per 7 atoms, and no distance can be given."""
    found = reactant("Li4O3", li_o)

    assert found.energy == pytest.approx((-6.2 - 6.6) / 7)
    assert found.energy_source is EnergySource.HULL
    assert found.energy_above_hull is None
    assert dict(found.decomposition) == pytest.approx({"Li2O": 1, "Li2O2": 1})


def test_an_entry_above_the_hull_takes_the_hull_and_says_how_far_it_was(competing):
    """Li2O2 at -6.0 eV against Li2O + O at -6.2: 0.2 eV per 4 atoms above."""
    found = reactant("Li2O2", competing({"Li2O": -6.2, "Li2O2": -6.0}))

    assert found.energy == pytest.approx(-6.2 / 4)
    assert found.energy_source is EnergySource.HULL
    assert found.energy_above_hull == pytest.approx(0.2 / 4)
    assert dict(found.decomposition) == pytest.approx({"Li2O": 1, "O": 1})


def test_a_phase_left_out_by_policy_takes_the_hull_above_it():
    """LiS4 at -3.0 eV is on paper only: without it, 1/2 Li2S + 7/2 S at -2.25 eV, 0.75 above it."""
    table = phase_table(
        [Phase("Li2S", -4.5 / 3, known=True), Phase("LiS4", -3.0 / 5, known=False)], name="t"
    )

    found = reactant("LiS4", competing_phases(table))

    assert found.energy == pytest.approx(-2.25 / 5)
    assert found.energy_source is EnergySource.HULL
    assert found.energy_above_hull == pytest.approx(-0.75 / 5)


def test_elements_are_zero(li_o):
    """Lithium metal is its own entry at 0 eV/atom."""
    found = reactant("Li", li_o)

    assert found.energy == 0.0
    assert found.energy_source is EnergySource.ENTRY
    assert found.decomposition == (Product("Li", 1.0),)


@pytest.mark.parametrize(
    ("formula", "error"), [("Li2Q", FormulaError), ("NaCl", MissingElementError)]
)
def test_what_cannot_be_judged_is_refused(li_o, formula, error):
    """A bad formula, and an element that the table does not hold."""
    with pytest.raises(error, match=formula):
        reactant(formula, li_o)


@settings(max_examples=40)
@given(energies, st.sampled_from(FORMULAS))
def test_the_hull_is_never_above_an_entry(competing, table, formula):
    """A phase is its own decomposition at worst; on the hull its energy is its own."""
    found = reactant(formula, competing(table))
    own = table[formula] / composition(formula).n_atoms

    assert found.energy <= own + 1e-9
    assert found.energy_above_hull == pytest.approx(max(own - found.energy, 0), abs=1e-6)
    if found.energy_source is EnergySource.ENTRY:
        assert found.energy == pytest.approx(own, abs=1e-6)


@settings(max_examples=40)
@given(energies, st.sampled_from([*FORMULAS, "Li3Fe2S4Cl", "LiFeSCl", "Li6FeS5Cl"]))
def test_a_decomposition_conserves_atoms_and_energy(competing, element_amounts, table, formula):
    """Products hold the atoms of one formula unit, and their energies add up to its energy."""
    found = reactant(formula, competing(table))

    assert element_amounts(found.decomposition) == pytest.approx(found.material.amounts)
    assert sum(p.amount * table.get(p.formula, 0.0) for p in found.decomposition) == pytest.approx(
        found.energy * found.material.n_atoms, abs=1e-8
    )


@settings(max_examples=40)
@given(energies, st.sampled_from(FORMULAS), st.sampled_from(["LiFeSCl", "Li2S", "FeCl3"]))
def test_more_competing_phases_never_raise_the_hull(competing, table, left_out, formula):
    """Leaving a phase out can only make a composition less stable."""
    with_all = reactant(formula, competing(table))
    without = reactant(formula, competing({f: e for f, e in table.items() if f != left_out}))

    assert with_all.energy <= without.energy + 1e-9


@settings(max_examples=25)
@given(energies, st.floats(0.1, 2))
def test_the_hull_scales_with_the_energies(competing, table, factor):
    """Energies in another unit give the same hull in that unit, with the same phases."""
    one, other = (
        reactant("Li3Fe2S4Cl", competing({f: scale * e for f, e in table.items()}))
        for scale in (1.0, factor)
    )

    assert other.energy == pytest.approx(factor * one.energy)


def test_scaling_a_formula_scales_the_amounts_only(exchange):
    """Li4Fe2S3Cl2 is twice Li2FeS1.5Cl: the energy per atom stays, the amounts double."""
    one, two = reactant("Li2FeS1.5Cl", exchange), reactant("Li4Fe2S3Cl2", exchange)

    assert two.energy == pytest.approx(one.energy)
    assert dict(two.decomposition) == pytest.approx(
        {formula: 2 * amount for formula, amount in one.decomposition}
    )


def test_the_user_may_know_better(li_o):
    """Li2O2 0.1 eV/atom above its hull, or at an energy of its own: said, and used."""
    raised = reactant("Li2O2", li_o, Metastability(above_hull=0.1))
    given_energy = reactant("Li2O2", li_o, Metastability(energy=-1.5))

    assert raised.energy == pytest.approx(-6.6 / 4 + 0.1)
    assert given_energy.energy == -1.5
    for found in (raised, given_energy):
        assert found.energy_source is EnergySource.USER
        assert "user" in found.statement
        assert found.energy_above_hull == 0.0


def test_disorder_lowers_the_energy_by_its_entropy(li_o):
    """Two kinds on two sites: T * 2 k ln 2 per formula of 4 atoms; 1 : 3 on four, 4 k H(1/4)."""
    k = 8.617333262e-5
    found = reactant("Li2O2", li_o, Metastability(mixing=((1, 1),), temperature=300.0))
    quarter = 0.25 * math.log(4) + 0.75 * math.log(4 / 3)

    assert found.energy == pytest.approx(-6.6 / 4 - 300 * 2 * k * math.log(2) / 4)
    assert mixing_entropy([(1, 3)]) == pytest.approx(4 * k * quarter)
    assert mixing_entropy([(1, 1), (1, 3)]) == pytest.approx(k * (2 * math.log(2) + 4 * quarter))
    assert mixing_entropy([(5,)]) == mixing_entropy([]) == mixing_entropy([(2, 0)]) == 0


@pytest.mark.parametrize(
    "known",
    [
        Metastability(energy=math.nan),
        Metastability(energy=-6.6),
        Metastability(above_hull=math.inf),
        Metastability(mixing=((-1, 2),)),
        Metastability(mixing=((math.nan, 2),)),
        Metastability(mixing=((1, 1),), temperature=math.inf),
    ],
)
def test_impossible_energies_of_users_are_refused(li_o, known):
    """NaN, a total instead of an energy per atom, negative occupancies."""
    with pytest.raises(EnergyError):
        reactant("Li2O2", li_o, known)


def test_products_are_named_with_most_atoms_first(li_o):
    """4 atoms of Li2O2 are one formula unit, 1.5 of Li2O half a one; negative rows are skipped."""
    rows = [li_o.table.formulas.index(f) for f in ("Li2O", "Li2O2")]

    named = named_products(li_o.table, np.array([rows[0], -1, rows[1]]), np.array([1.5, 9.0, 4.0]))

    assert named == (Product("Li2O2", 1.0), Product("Li2O", 0.5))
