from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability.errors import LithiumReactantError, VoltageError
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions

FORMULAS = ("Li2S", "LiCl", "FeS", "FeS2", "FeCl2", "FeCl3", "LiFeS2", "LiFeCl3")
SSES = ("LiCl", "Li2S", "Li3SCl", "Li2FeCl4", "Li5FeS4")
CATHODES = ("FeS2", "FeCl3", "LiFeS2", "S", "Fe3S4")
MAY_BE_TIED = st.floats(-8, 0.5) | st.integers(-8, 0).map(float)
energies = st.fixed_dictionaries(dict.fromkeys(FORMULAS, MAY_BE_TIED))
# Irrational shifts break all ties, at which products and the number of kinks are not unique.
distinct_energies = st.tuples(*(st.floats(-8, -0.5) for _ in FORMULAS)).map(
    lambda drawn: {
        f: e + 1e-3 * k**0.5 for k, (f, e) in enumerate(zip(FORMULAS, drawn, strict=True))
    }
)


def closed(sse, cathode, phases):
    return chemical_reaction(reactant(sse, phases), reactant(cathode, phases), phases)


def at(sse, cathode, phases, *voltages):
    return electrochemical_reactions(
        reactant(sse, phases), reactant(cathode, phases), phases, voltages
    )


def without_lithium(amounts):
    return {element: n for element, n in amounts.items() if element != "Li"}


def mixture(x, sse, cathode):
    """Return atoms of each element in x atoms of the SSE and 1 - x of the cathode."""
    amounts: dict[str, float] = {}
    for share, part in ((x, sse.material), (1 - x, cathode.material)):
        for element, n in part.amounts.items():
            amounts[element] = amounts.get(element, 0.0) + share * n / part.n_atoms
    return {element: n for element, n in amounts.items() if n > 0}


def test_lithium_oxide_with_oxygen_by_hand(li_o):
    """Li2O + O -> Li2O2 gains 6.6 - 6.2 = 0.4 eV over 4 atoms, 3 of them of the oxide."""
    found = closed("Li2O", "O", li_o)

    assert found.energy == pytest.approx(-0.4 / 4)
    assert found.sse_fraction == pytest.approx(3 / 4)
    assert dict(found.products) == pytest.approx({"Li2O2": 1 / 4})
    assert [k.sse_fraction for k in found.kinks] == pytest.approx([0, 3 / 4, 1])
    assert [k.energy for k in found.kinks] == pytest.approx([0, -0.1, 0])
    assert dict(found.kinks[0].products) == pytest.approx({"O": 1})
    assert dict(found.kinks[2].products) == pytest.approx({"Li2O": 1 / 3})


def test_exchange_of_ions_by_hand(exchange):
    """Li2S + FeCl2 -> 2 LiCl + FeS gains 0.9 eV over 6 atoms, half of them of Li2S."""
    found = closed("Li2S", "FeCl2", exchange)

    assert found.energy == pytest.approx(-0.9 / 6)
    assert found.sse_fraction == pytest.approx(1 / 2)
    assert dict(found.products) == pytest.approx({"LiCl": 2 / 6, "FeS": 1 / 6})


def test_what_does_not_react_says_so(exchange):
    """LiCl and FeS are the products already: no energy, no fraction, no products."""
    found = closed("LiCl", "FeS", exchange)

    assert found.energy == 0.0
    assert found.sse_fraction is None
    assert found.products == ()
    assert [k.sse_fraction for k in found.kinks] == [0, 1]


def test_a_material_does_not_react_with_itself(exchange):
    """The line from a composition to itself has two ends and no reaction."""
    found = closed("Li2S", "Li4S2", exchange)

    assert found.energy == 0.0
    assert len(found.kinks) == 2


def test_lithium_metal_may_react_chemically(exchange):
    """Closed, lithium is a reactant like any other: FeS + 2 Li -> Fe + Li2S gains 3.5 eV over 4."""
    found = closed("Li", "FeS", exchange)

    assert found.energy == pytest.approx(-3.5 / 4)
    assert found.sse_fraction == pytest.approx(2 / 4)


def test_exchange_at_a_voltage_that_both_withstand(exchange):
    """At 2.23 V neither Li2S (to 2.25 V) nor FeCl2 (from 2.2 V) moves: total is mutual.

    Li2S + FeCl2 -> 2 LiCl + FeS gains 0.9 eV over 4 atoms that are no lithium.
    """
    (found,) = at("Li2S", "FeCl2", exchange, 2.23)

    assert found.total == found.mutual == pytest.approx(-0.9 / 4)
    assert found.sse_alone == found.cathode_alone == 0.0
    assert found.sse_fraction == found.mutual_sse_fraction == pytest.approx(3 / 6)
    assert dict(found.products) == pytest.approx({"LiCl": 2 / 4, "FeS": 1 / 4})


def test_exchange_at_a_voltage_that_the_sse_does_not_withstand(exchange):
    """At 2.5 V: Li2S -> S + 2 Li gains 2 * 2.5 - 4.5 = 0.5 eV for its one atom of sulfur.

    S + FeCl2 + 2 Li -> 2 LiCl + FeS then gains 9.0 - 3.6 - 2 * 2.5 = 0.4 eV over 4 atoms.
    """
    (found,) = at("Li2S", "FeCl2", exchange, 2.5)

    assert found.sse_alone == pytest.approx(-0.5)
    assert found.cathode_alone == 0.0
    assert found.total == pytest.approx(-0.5)
    assert found.sse_fraction == pytest.approx(1)
    assert dict(found.products) == pytest.approx({"S": 1})
    assert found.mutual == pytest.approx(-0.4 / 4)
    assert found.mutual_sse_fraction == pytest.approx(3 / 6)
    assert dict(found.mutual_products) == pytest.approx({"LiCl": 2 / 4, "FeS": 1 / 4})
    # Half-way, against the reactants as they are, it is still the 0.9 eV of the exchange.
    assert [k.total for k in found.kinks] == pytest.approx([0, -0.9 / 4, -0.5])
    assert [k.mutual for k in found.kinks] == pytest.approx([0, -0.4 / 4, 0])


def test_a_cathode_that_is_reduced_by_itself(exchange):
    """At 1.9 V: FeCl2 + 2 Li -> Fe + 2 LiCl gains 8 - 3.6 - 3.8 = 0.6 eV over 3 atoms."""
    (found,) = at("LiCl", "FeCl2", exchange, 1.9)

    assert found.cathode_alone == pytest.approx(-0.6 / 3)
    assert found.sse_alone == 0.0
    assert found.total == pytest.approx(-0.6 / 3)
    assert found.mutual == 0.0
    assert found.mutual_sse_fraction is None
    assert found.mutual_products == ()
    assert found.sse_fraction == pytest.approx(0)


def test_two_materials_of_one_element_but_lithium(li_o):
    """At 3 V, Li2O per O is -6.2 + 6 and Li2O2 (-6.6 + 6) / 2: O gains 0.3, Li2O 0.1 eV."""
    (found,) = at("Li2O", "O", li_o, 3.0)

    assert found.sse_alone == pytest.approx(-0.1)
    assert found.cathode_alone == pytest.approx(-0.3)
    assert found.total == pytest.approx(-0.3)
    assert found.mutual == 0.0


def test_each_voltage_has_its_own_answer(exchange):
    """Voltages may come in any order and twice; each is answered as if it were alone."""
    voltages = [2.5, 1.0, 2.5, 2.23, 0.0, 10.0]

    together = at("Li2S", "FeCl2", exchange, *voltages)

    assert [found.voltage for found in together] == voltages
    for found, voltage in zip(together, voltages, strict=True):
        (alone,) = at("Li2S", "FeCl2", exchange, voltage)
        assert found.total == pytest.approx(alone.total)
        assert found.mutual == pytest.approx(alone.mutual)
        assert len(found.kinks) == len(alone.kinks)


def test_no_voltage_no_answer(exchange):
    """An empty list of voltages gives an empty list."""
    assert at("Li2S", "FeCl2", exchange) == []


@pytest.mark.parametrize("voltage", [-0.5, 11.0, nan, inf, -inf])
def test_impossible_voltages_are_refused(exchange, voltage):
    """Below 0 V lithium plates; above 10 V and NaN are slips, even among good ones."""
    with pytest.raises(VoltageError, match="outside 0 to 10 V"):
        at("Li2S", "FeCl2", exchange, 2.0, voltage)


@pytest.mark.parametrize(("sse", "cathode"), [("Li", "FeCl2"), ("Li2S", "Li4")])
def test_lithium_metal_is_no_reactant_at_a_voltage(exchange, sse, cathode):
    """The reservoir is lithium already; per non-Li atom it has no energy."""
    with pytest.raises(LithiumReactantError, match="lithium metal"):
        at(sse, cathode, exchange, 2.0)


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES))
def test_a_chemical_reaction_never_costs_energy(competing, table, sse, cathode):
    """All kinks are at or below zero, zero at both ends; the deepest is the answer."""
    found = closed(sse, cathode, competing(table))
    deepest = min(k.energy for k in found.kinks)

    assert found.energy <= 0
    assert found.energy == pytest.approx(deepest, abs=2e-9)
    assert all(k.energy <= 1e-9 for k in found.kinks)
    assert (found.kinks[0].sse_fraction, found.kinks[-1].sse_fraction) == (0, 1)
    assert found.kinks[0].energy == pytest.approx(0, abs=1e-9)
    assert found.kinks[-1].energy == pytest.approx(0, abs=1e-9)
    assert (found.sse_fraction is None) == (found.products == ()) == (found.energy == 0)


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES), st.floats(0, 6))
def test_how_total_self_and_mutual_are_related(competing, table, sse, cathode, voltage):
    """Each is at or below zero; total is the deepest, and by no more than the reactants' own.

    With D(x) = x self + (1 - x) cathode_alone <= 0: total(x) = mutual(x) + D(x), hence
    total <= mutual, total <= self, and total >= mutual + min(self, cathode_alone).
    """
    (found,) = at(sse, cathode, competing(table), voltage)
    own = min(found.sse_alone, found.cathode_alone)

    assert max(found.total, found.mutual, found.sse_alone, found.cathode_alone) <= 0
    assert found.total <= found.mutual + 1e-8
    assert found.total <= own + 1e-8
    assert found.total >= found.mutual + own - 1e-8


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES), st.floats(0, 6))
def test_open_kinks_agree_with_the_summary(competing, table, sse, cathode, voltage):
    """The ends of the line are self and cathode alone; total and mutual are the deepest kinks."""
    (found,) = at(sse, cathode, competing(table), voltage)
    first, last = found.kinks[0], found.kinks[-1]

    assert (first.sse_fraction, last.sse_fraction) == pytest.approx((0, 1))
    assert first.total == pytest.approx(found.cathode_alone, abs=1e-8)
    assert last.total == pytest.approx(found.sse_alone, abs=1e-8)
    assert first.mutual == pytest.approx(0, abs=1e-9)
    assert last.mutual == pytest.approx(0, abs=1e-9)
    assert found.total == pytest.approx(min(k.total for k in found.kinks), abs=2e-9)
    assert found.mutual == pytest.approx(min(k.mutual for k in found.kinks), abs=2e-9)


@settings(max_examples=40)
@given(distinct_energies, st.sampled_from(SSES), st.sampled_from(CATHODES))
def test_swapping_the_reactants_mirrors_the_kinks(competing, table, sse, cathode):
    """Which of the two is called SSE changes x to 1 - x and nothing else."""
    phases = competing(table)

    there, back = closed(sse, cathode, phases), closed(cathode, sse, phases)

    assert there.energy == pytest.approx(back.energy, abs=1e-9)
    assert [k.sse_fraction for k in there.kinks] == pytest.approx(
        [1 - k.sse_fraction for k in reversed(back.kinks)], abs=1e-7
    )
    assert [k.energy for k in there.kinks] == pytest.approx(
        [k.energy for k in reversed(back.kinks)], abs=1e-8
    )
    for one, other in zip(there.kinks, reversed(back.kinks), strict=True):
        assert dict(one.products) == pytest.approx(dict(other.products), abs=1e-7)


@settings(max_examples=40)
@given(distinct_energies, st.sampled_from(SSES), st.sampled_from(CATHODES), st.floats(0, 6))
def test_swapping_the_reactants_mirrors_open_kinks(competing, table, sse, cathode, voltage):
    """At a voltage as well: self and cathode alone change places."""
    phases = competing(table)

    (there,), (back,) = at(sse, cathode, phases, voltage), at(cathode, sse, phases, voltage)

    assert there.total == pytest.approx(back.total, abs=1e-8)
    assert there.mutual == pytest.approx(back.mutual, abs=1e-8)
    assert there.sse_alone == pytest.approx(back.cathode_alone, abs=1e-8)
    assert [k.sse_fraction for k in there.kinks] == pytest.approx(
        [1 - k.sse_fraction for k in reversed(back.kinks)], abs=1e-7
    )


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES))
def test_every_kink_conserves_atoms_and_energy(competing, element_amounts, table, sse, cathode):
    """Closed: products hold all atoms of x SSE + (1 - x) cathode, and the energy is theirs."""
    phases = competing(table)
    a, b = reactant(sse, phases), reactant(cathode, phases)

    for kink in chemical_reaction(a, b, phases).kinks:
        x = kink.sse_fraction
        energy = sum(p.amount * table.get(p.formula, 0.0) for p in kink.products)
        assert element_amounts(kink.products) == pytest.approx(mixture(x, a, b), abs=1e-7)
        assert kink.energy == pytest.approx(energy - x * a.energy - (1 - x) * b.energy, abs=1e-7)


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES), st.floats(0.01, 6))
def test_every_open_kink_conserves_all_atoms_but_lithium(
    competing, element_amounts, table, sse, cathode, voltage
):
    """Open: per non-Li atom; lithium that is exchanged costs V each, and closes the balance."""
    phases = competing(table)
    a, b = reactant(sse, phases), reactant(cathode, phases)
    (found,) = electrochemical_reactions(a, b, phases, [voltage])

    for kink in found.kinks:
        x = kink.sse_fraction
        before = mixture(x, a, b)
        per_atom = sum(without_lithium(before).values())
        after = element_amounts(kink.products)
        assert without_lithium(after) == pytest.approx(
            {e: n / per_atom for e, n in without_lithium(before).items()}, abs=1e-7
        )
        taken_up = after.get("Li", 0.0) - before.get("Li", 0.0) / per_atom
        energy = sum(p.amount * table.get(p.formula, 0.0) for p in kink.products)
        reactants = (x * a.energy + (1 - x) * b.energy) / per_atom
        assert kink.total == pytest.approx(energy - reactants + voltage * taken_up, abs=1e-6)


@settings(max_examples=25)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES))
def test_answers_between_kinks_are_convex(competing, table, sse, cathode):
    """Over the fraction of atoms the closed energy is convex: no kink lies above its chord."""
    kinks = closed(sse, cathode, competing(table)).kinks

    for left, middle, right in zip(kinks, kinks[1:], kinks[2:], strict=False):
        share = (middle.sse_fraction - left.sse_fraction) / (right.sse_fraction - left.sse_fraction)
        assert middle.energy <= (1 - share) * left.energy + share * right.energy + 1e-9


@settings(max_examples=25)
@given(energies, st.floats(0.25, 1.5), st.floats(0, 6))
def test_reaction_energies_scale_with_the_energies(competing, table, factor, voltage):
    """Energies and voltage times a constant give all reaction energies times the constant."""
    phases = competing(table)
    scaled = competing({f: factor * e for f, e in table.items()})

    assert closed("Li3SCl", "FeCl3", scaled).energy == pytest.approx(
        factor * closed("Li3SCl", "FeCl3", phases).energy, abs=1e-8
    )
    (one,) = at("Li3SCl", "FeCl3", phases, voltage)
    (other,) = at("Li3SCl", "FeCl3", scaled, factor * voltage)
    for name in ("total", "mutual", "sse_alone", "cathode_alone"):
        assert getattr(other, name) == pytest.approx(factor * getattr(one, name), abs=1e-7)


@settings(max_examples=25)
@given(energies, st.floats(0, 6))
def test_scaling_a_formula_changes_nothing(competing, table, voltage):
    """Li2S or Li4S2, FeS2 or Fe3S6: energies and fractions are per atom."""
    phases = competing(table)

    one, other = (closed(a, b, phases) for a, b in (("Li2S", "FeS2"), ("Li4S2", "Fe3S6")))
    (one_open,), (other_open,) = (
        at(a, b, phases, voltage) for a, b in (("Li2S", "FeS2"), ("Li4S2", "Fe3S6"))
    )

    assert other.energy == pytest.approx(one.energy, abs=1e-9)
    assert other.sse_fraction == pytest.approx(one.sse_fraction)
    assert dict(other.products) == pytest.approx(dict(one.products), abs=1e-9)
    assert other_open.total == pytest.approx(one_open.total, abs=1e-9)
    assert other_open.mutual == pytest.approx(one_open.mutual, abs=1e-9)


@settings(max_examples=25)
@given(distinct_energies, st.permutations(FORMULAS))
def test_the_order_of_phases_changes_nothing(competing, table, order):
    """A phase table is a set; so is a formula: S2Fe is FeS2."""
    one = closed("Li5FeS4", "FeCl3", competing(table))
    other = closed("S4FeLi5", "Cl3Fe", competing({f: table[f] for f in order}))

    assert other.energy == pytest.approx(one.energy, abs=1e-9)
    assert len(other.kinks) == len(one.kinks)


def test_a_reactant_above_the_hull_reacts_with_its_hull_energy(competing):
    """Li3OCl, 0.2 eV above Li2O + LiCl, gives nothing with either: its excess is not counted."""
    phases = competing({"Li2O": -6.2, "LiCl": -4.0, "Li3OCl": -10.0})

    assert closed("Li3OCl", "LiCl", phases).energy == 0.0
    assert at("Li3OCl", "LiCl", phases, 2.0)[0].total == 0.0
