"""The numbers of PHYSICS.md 1.2 and 1.4, from the reference table and from the full one."""

from math import inf

import pytest

from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.phases import Policy, competing_phases
from stability.staircase import redox_capacity, redox_staircase
from stability.tables.phase_table import reference_table

VOLT = 0.003
MEV = 1e-3


@pytest.fixture(scope="module", params=["reference", "full"])
def table(request):
    """Return each of the two tables; the second is skipped where it is absent."""
    if request.param == "reference":
        return reference_table()
    return request.getfixturevalue("full_table")


@pytest.fixture(scope="module")
def phases(table):
    """Return its known phases."""
    return competing_phases(table)


def window(formula, phases):
    return redox_staircase(reactant(formula, phases), phases).window


def at(sse, cathode, voltage, phases):
    (found,) = electrochemical_reactions(
        reactant(sse, phases), reactant(cathode, phases), phases, [voltage]
    )
    return found


def step_from(formula, voltage, phases):
    """Return the step whose lower end is at a voltage."""
    steps = redox_staircase(reactant(formula, phases), phases).steps
    (step,) = (s for s in steps if abs(s.voltage_low - voltage) < VOLT)
    return step


@pytest.mark.parametrize(
    ("formula", "reduction", "oxidation"),
    [
        ("Li6PS5Cl", 1.721, 2.341),
        ("Li3PS4", 1.721, 2.633),
        ("Li2S", 0.0, 2.341),
        ("Li2ZrCl6", 1.723, 4.255),
        ("Li3YCl6", 0.656, 4.255),
        ("LiFePO4", 2.140, 3.279),
        ("FePO4", 3.327, inf),
    ],
)
def test_windows(phases, formula, reduction, oxidation):
    """PHYSICS 1.2; FePO4 takes up lithium below the upper of LiFePO4's two breakpoints."""
    assert window(formula, phases) == pytest.approx((reduction, oxidation), abs=VOLT)


@pytest.mark.parametrize(
    ("voltage", "li_change", "products"),
    [
        (0.870, +6, None),
        (1.267, +5, {"Li2S": 5, "P": 1, "LiCl": 1}),
        (2.341, -2, {"Li3PS4": 1, "S": 1, "LiCl": 1}),
        (2.633, -5, {"P2S5": 0.5, "S": 2.5, "LiCl": 1}),
    ],
)
def test_steps_of_argyrodite(phases, voltage, li_change, products):
    """PHYSICS 1.2: lithium per Li6PS5Cl and products of the steps that begin at these voltages."""
    step = step_from("Li6PS5Cl", voltage, phases)

    assert step.li_change == pytest.approx(li_change)
    if products is not None:
        assert dict(step.products) == pytest.approx(products)


def test_argyrodite_falls_apart_inside_its_window(phases):
    """Li6PS5Cl is metastable: Li3PS4 + Li2S + LiCl by itself, without exchange of lithium."""
    step = redox_staircase(reactant("Li6PS5Cl", phases), phases).at(2.0)

    assert step.li_change == 0
    assert dict(step.products) == pytest.approx({"Li3PS4": 1, "Li2S": 1, "LiCl": 1})


def test_steps_of_the_zirconium_chloride(phases):
    """PHYSICS 1.2: Li2ZrCl6 -> ZrCl4 + Cl2 + 2 Li; then ZrCl3, ZrCl2, ZrCl, Zr, one Li each."""
    steps = redox_staircase(reactant("Li2ZrCl6", phases), phases).steps

    assert dict(step_from("Li2ZrCl6", 4.255, phases).products) == pytest.approx(
        {"ZrCl4": 1, "Cl": 2}
    )
    below = [step for step in steps if step.li_change > 0]
    assert [s.li_change for s in below] == pytest.approx([4, 3, 2, 1])
    for step, zirconium, chlorides in zip(
        below, ("Zr", "ZrCl", "ZrCl2", "ZrCl3"), (6, 5, 4, 3), strict=True
    ):
        assert dict(step.products) == pytest.approx({zirconium: 1, "LiCl": chlorides})


def test_iron_phosphate_is_what_delithiation_leaves(phases):
    """PHYSICS 1.2: LiFePO4 gives off its lithium between 3.279 and 3.327 V and is FePO4 then."""
    step = step_from("LiFePO4", 3.327, phases)

    assert step.li_change == pytest.approx(-1)
    assert dict(step.products) == pytest.approx({"FePO4": 1})
    assert step.voltage_high == inf


def test_computed_only_phases_spoil_sulfides(table):
    """PHYSICS 1.1: with LiS4 and its like Li6PS5Cl oxidises at 2.14 V, not at 2.34 V."""
    everything = competing_phases(table, Policy.ALL)

    assert window("Li6PS5Cl", everything).oxidation == pytest.approx(2.14, abs=0.005)


@pytest.mark.parametrize(
    ("sse", "cathode", "energy"),
    [
        ("Li6PS5Cl", "LiFePO4", -0.1067),
        ("Li6PS5Cl", "FePO4", -0.1962),
        ("Li2ZrCl6", "LiFePO4", -0.0405),
        ("Li2ZrCl6", "FePO4", -0.0371),
        ("Li6PS5Cl", "S", 0.0),
        ("Li6PS5Cl", "Li2S", 0.0),
        ("Li3PS4", "Li2S", 0.0),
        ("Li2ZrCl6", "Li2S", -0.1522),
    ],
)
def test_chemical_reactions(phases, sse, cathode, energy):
    """PHYSICS 1.4 and the relations of its page: per atom, the most negative mixture."""
    found = chemical_reaction(reactant(sse, phases), reactant(cathode, phases), phases)

    assert found.energy == pytest.approx(energy, abs=MEV)
    assert (found.sse_fraction is None) == (energy == 0)


@pytest.mark.parametrize(
    ("sse", "cathode", "voltage", "total"),
    [
        ("Li6PS5Cl", "LiFePO4", 2.5, -0.178),
        ("Li6PS5Cl", "LiFePO4", 3.5, -0.747),
        ("Li6PS5Cl", "LiFePO4", 4.0, -1.176),
        ("Li6PS5Cl", "FePO4", 2.5, -0.254),
        ("Li6PS5Cl", "FePO4", 3.5, -0.747),
        ("Li6PS5Cl", "FePO4", 4.0, -1.176),
        ("Li2ZrCl6", "LiFePO4", 2.5, -0.049),
        ("Li2ZrCl6", "LiFePO4", 3.5, -0.061),
        ("Li2ZrCl6", "LiFePO4", 4.0, -0.117),
        ("Li2ZrCl6", "FePO4", 2.5, -0.144),
        ("Li2ZrCl6", "FePO4", 3.5, -0.042),
        ("Li2ZrCl6", "FePO4", 4.0, -0.042),
        ("Li6PS5Cl", "S", 2.5, -0.045),
    ],
)
def test_electrochemical_reactions(phases, sse, cathode, voltage, total):
    """PHYSICS 1.4: total, per non-Li atom, at a voltage."""
    assert at(sse, cathode, voltage, phases).total == pytest.approx(total, abs=MEV)


def test_the_cathodes_own_work_is_told_apart(phases):
    """PHYSICS 1.4: FePO4 at 2.5 V takes up lithium, -133 meV; that is its job."""
    found = at("Li6PS5Cl", "FePO4", 2.5, phases)

    assert found.cathode_alone == pytest.approx(-0.133, abs=MEV)
    assert found.sse_alone == pytest.approx(-0.045, abs=MEV)


@pytest.mark.parametrize(("voltage", "alone"), [(3.24, -0.524), (3.5, -0.747), (4.0, -1.176)])
def test_argyrodite_by_itself(phases, voltage, alone):
    """PHYSICS 1.4: self, which Richards et al. (2016) give as -523 meV at 3.24 V."""
    assert at("Li6PS5Cl", "LiFePO4", voltage, phases).sse_alone == pytest.approx(alone, abs=MEV)


def test_against_iron_phosphate_argyrodite_drives_itself(phases):
    """At 3.5 V total = self; what LiFePO4 adds is -121 meV, a fifth of LiCoO2's -681 (0.178)."""
    iron, cobalt = (at("Li6PS5Cl", cathode, 3.5, phases) for cathode in ("LiFePO4", "LiCoO2"))

    assert iron.total == pytest.approx(iron.sse_alone, abs=1e-9)
    assert iron.sse_fraction == pytest.approx(1)
    assert iron.mutual == pytest.approx(-0.121, abs=MEV)
    assert cobalt.mutual == pytest.approx(-0.681, abs=MEV)
    assert iron.mutual / cobalt.mutual == pytest.approx(1 / 5, abs=0.03)


def test_argyrodite_oxidises_where_lithium_sulfide_does(phases):
    """It is its Li2S that goes first: the two limits agree to 0.01 V."""
    argyrodite, sulfide = window("Li6PS5Cl", phases), window("Li2S", phases)

    assert argyrodite.oxidation == pytest.approx(sulfide.oxidation, abs=0.01)


def test_capacity_of_five_lithium(phases):
    """At 3.0 V Li6PS5Cl has lost 5 Li: 5 * 96485.33212 / 3.6 / 268.364 = 499.35 mAh/g."""
    molar_mass = 6 * 6.94 + 30.974 + 5 * 32.06 + 35.45
    step = redox_staircase(reactant("Li6PS5Cl", phases), phases).at(3.0)

    assert step.capacity == pytest.approx(5 * 96485.33212 / 3.6 / molar_mass)
    assert step.capacity == pytest.approx(499, abs=1)


def test_charge_against_iron_phosphate_is_lost_for_good(phases):
    """PHYSICS 1.5: between 2.5 and 4.0 V sulfur is not reduced, and nothing comes back."""
    found = redox_capacity(redox_staircase(reactant("Li6PS5Cl", phases), phases), 2.5, 4.0)

    assert found.oxidation > 499
    assert found.reversible < 1e-4 * found.oxidation


def test_charge_against_sulfur_comes_back(phases):
    """PHYSICS 1.5: between 1 and 3 V the same material is an active one."""
    found = redox_capacity(redox_staircase(reactant("Li6PS5Cl", phases), phases), 1.0, 3.0)

    assert found.oxidation == pytest.approx(499, abs=1)
    assert found.reversible == pytest.approx(found.oxidation)
    assert found.reduction > 0
