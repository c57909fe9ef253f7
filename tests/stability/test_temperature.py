"""Shifts are checked by hand, with entropies in J/(mol K) and F = 96485.33212 C/mol."""

import re
from math import nan
from time import process_time

import numpy as np
import pytest

from stability.errors import FormulaError, StabilityError, TableError
from stability.formula import composition
from stability.hull import reactant
from stability.phases import competing_phases
from stability.staircase import redox_staircase
from stability.tables.phase_table import Phase, phase_table, reference_table
from stability.temperature import at_temperature, entropy, entropy_estimate

T = 298.15
F = 96_485.33212
LI, CL2, O2, S8 = 29.1, 223.1, 205.2, 32.1
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def cold():
    """Return the reference table, at 0 K."""
    return reference_table()


@pytest.fixture(scope="module")
def warm(cold):
    """Return the reference table at 298.15 K."""
    return at_temperature(cold, T)


@pytest.fixture(scope="module")
def limits(cold, warm):
    """Return a function from a formula to its windows at 0 K and at 298.15 K."""
    tables = competing_phases(cold), competing_phases(warm)

    def windows(formula):
        return tuple(redox_staircase(reactant(formula, p), p).window for p in tables)

    return windows


def energy(formula, table):
    """Return the energy [eV] of a formula unit."""
    material = composition(formula)
    return float(table.energies[table.row(table.atom_fractions(material))]) * material.n_atoms


# What the elements lose when they become the salt, and the electrons that this takes.
SALTS = {
    "LiCl": (LI + CL2 / 2 - 59.3, 1),
    "Li2O": (2 * LI + O2 / 2 - 37.6, 2),
    "Li2S": (2 * LI + S8 - 63.0, 2),
}


@pytest.mark.parametrize(
    ("formula", "enthalpy", "voltage", "tolerance"),
    [("LiCl", -408.6, 3.98, 0.05), ("Li2O", -597.9, 2.91, 0.06), ("Li2S", -441.4, 2.24, 0.06)],
)
def test_salts_by_hand(cold, warm, formula, enthalpy, voltage, tolerance):
    """PHYSICS 1.3: E = -(H - T dS) / nF; the table's shift is that of the tabulated entropies.

    LiCl: 29.1 + 111.55 - 59.3 = 81.35, times 298.15 K = 24.25 kJ/mol, or 0.251 V of 4.235 V.
    """
    lost, electrons = SALTS[formula]
    shift = T * lost / (electrons * F)

    assert -enthalpy * 1e3 / (electrons * F) - shift == pytest.approx(voltage, abs=tolerance)
    moved = (energy(formula, warm) - energy(formula, cold)) / electrons
    assert moved == pytest.approx(shift, abs=ROUNDING)
    assert -energy(formula, warm) / electrons == pytest.approx(voltage, abs=tolerance)


@pytest.mark.parametrize("formula", ["LiCl", "Li2S"])
def test_staircases_move_by_the_same_shift(limits, formula):
    """Both end at the element, so that the limit is the voltage of formation."""
    lost, electrons = SALTS[formula]
    before, after = limits(formula)

    assert before.oxidation - after.oxidation == pytest.approx(T * lost / (electrons * F))


def test_lithium_oxide_stops_at_the_peroxide(limits):
    """2 Li2O -> Li2O2 + 2 Li frees no gas: 56.5 + 2 * 29.1 - 2 * 37.6 = 39.5, that is 0.061 V."""
    before, after = limits("Li2O")

    assert before.oxidation - after.oxidation == pytest.approx(T * 39.5 / (2 * F))


@pytest.mark.parametrize("formula", ["Li2ZrCl6", "Li3YCl6", "LiTaOCl4"])
def test_chlorides_oxidise_where_chlorine_forms(limits, formula):
    """PHYSICS 1.3 and T16: from 4.0 V on, where LiCl does, and not from 4.25 V."""
    before, after = limits(formula)

    assert before.oxidation == pytest.approx(4.255, abs=0.003)
    assert after.oxidation == pytest.approx(4.0, abs=0.03)
    assert after.oxidation == pytest.approx(limits("LiCl")[1].oxidation, abs=ROUNDING)


def test_solids_hardly_move(limits):
    """Where no gas takes part, a limit moves by less than 0.06 V: T dS / nF with solids only."""
    for formula in ("Li6PS5Cl", "Li3PS4", "LiFePO4", "LiCoO2"):
        before, after = limits(formula)

        assert after.oxidation == pytest.approx(before.oxidation, abs=0.06)
        assert after.reduction == pytest.approx(before.reduction, abs=0.06)


def test_elements_stay_at_zero(cold, warm):
    """They are the zero of the scale at every temperature, as solid, liquid or gas."""
    assert warm.elements == cold.elements
    assert (warm.energies[: len(warm.elements)] == 0).all()


def test_zero_kelvin_is_the_table_itself(cold, warm):
    """So is the temperature that a table has already."""
    assert at_temperature(cold, 0) is cold
    assert at_temperature(warm, T) is warm


def test_a_warm_table_says_so(cold, warm):
    """Name, id, temperature and sources change; all that is no energy stays."""
    assert (cold.temperature, warm.temperature) == (0, T)
    assert warm.name == "reference-at-298.15K"
    assert re.fullmatch(r"reference-at-298\.15K-[0-9a-f]{12}", warm.id)
    assert warm.id.split("-")[-1] != cold.id.split("-")[-1]
    assert not warm.energies.flags.writeable
    assert warm.formulas == cold.formulas
    assert warm.known is cold.known
    place = warm.formulas.index("LiCl")
    assert warm.sources[place] == "MP2019, tabulated entropy"
    assert warm.sources[warm.formulas.index("Li6PS5Cl")] == "MP2019, estimated entropy"


def test_free_energies_fall_on_a_line(cold):
    """Entropies are constant, so G(350) is half-way between G(300) and G(400)."""
    at = {t: at_temperature(cold, t).energies for t in (300.0, 350.0, 400.0)}

    np.testing.assert_allclose(at[350.0], (at[300.0] + at[400.0]) / 2, atol=1e-12)


@pytest.mark.parametrize("temperature", [-1.0, 1.0, 273.0, 400.1, nan])
def test_other_temperatures_are_refused(cold, temperature):
    """The message names the value, the limits and the remedy."""
    with pytest.raises(TableError, match=r"at .* K.*273\.15 to 400 K; give .* or 0"):
        at_temperature(cold, temperature)
    assert issubclass(TableError, StabilityError)


@pytest.mark.parametrize("temperature", [0.0, 350.0])
def test_a_warm_table_is_brought_to_no_other_temperature(warm, temperature):
    """Entropies would count twice."""
    with pytest.raises(TableError):
        at_temperature(warm, temperature)


@pytest.mark.parametrize(
    ("formula", "value"),
    [("Cl2", 223.1), ("Cl", 223.1 / 2), ("Li2Cl2", 2 * 59.3), ("P2O5", 228.8 / 2), ("P", 22.8)],
)
def test_entropy_counts_the_formula_as_written(formula, value):
    """Also where the table writes it as Cl2 or P4O10; phosphorus is the red one."""
    assert entropy(formula).value == pytest.approx(value)
    assert entropy(formula).kind == "tabulated"


def test_every_entropy_tells_its_source():
    """Tabulated, estimated by row, additive, alloy, or by the mass rule."""
    assert entropy("SO2").source == "CRC 2014 (g)"
    assert entropy("PCl3").source == "CRC 2014 (l)"
    assert entropy("SOCl2").kind == "estimated"
    assert "from memory" in entropy("LiFePO4").source
    assert "contributions" in entropy("Li6PS5Cl").source
    assert "alloy" in entropy("LiIn").source
    assert "mass rule" in entropy("Li2PoO3").source
    with pytest.raises(FormulaError):
        entropy("LiQ")


def test_entropy_is_what_the_table_uses(cold, warm):
    """For each phase of the reference table, G - H = -T (S - S of the elements)."""
    fall = (cold.energies - warm.energies) * cold.atoms * F / T
    for place in range(0, len(cold.formulas), 7):
        formula = cold.formulas[place]
        parts = composition(formula).amounts.items()
        formed = entropy(formula).value - sum(n * entropy(e).value for e, n in parts)
        assert fall[place] == pytest.approx(formed, abs=1e-6), formula


def test_additive_estimate():
    """Li3PS4 is three Li, one P and four S; nitrogen beside oxygen is another one."""
    s = entropy_estimate().contributions

    assert entropy("Li3PS4").value == pytest.approx(3 * s["Li"] + s["P"] + 4 * s["S"])
    assert entropy("LiNO4").value == pytest.approx(s["Li"] + s["NO"] + 4 * s["O"])
    assert entropy("Li5N").value == pytest.approx(5 * s["Li"] + s["N"])


def test_alloys_keep_the_entropy_of_their_elements():
    """LiIn: 29.1 + 57.8; its formation shifts nothing."""
    assert entropy("LiIn").value == pytest.approx(29.1 + 57.8)


def test_error_of_the_estimate():
    """Leave-one-out, per atom: 3.4 J/(mol K), 10 meV at 298 K; half of the mass rule's."""
    fit = entropy_estimate()

    assert fit.error == pytest.approx(3.4, abs=0.2)
    assert fit.error * T / F == pytest.approx(0.010, abs=0.001)
    assert fit.error < fit.rule_error / 2
    assert entropy("Li3PS4").error == pytest.approx(8 * fit.error)


@pytest.mark.parametrize(("formula", "measured"), [("LiCoO2", 52.45), ("Cu2Te", 134.7)])
def test_estimate_against_measurements_that_are_not_in_the_fit(formula, measured):
    """Within two standard deviations (values from memory)."""
    estimate = entropy(formula)

    assert estimate.kind == "estimated"
    assert estimate.value == pytest.approx(measured, abs=2 * estimate.error)


def test_entropy_of_an_element_that_nobody_tabulated():
    """The phase is not lost: the mass rule serves, and a table with it can be warmed."""
    table = phase_table([Phase("LiPo", -1.0), Phase("LiCl", -2.1)], name="odd")

    assert np.isfinite(at_temperature(table, T).energies).all()


def test_large_table(full_table):
    """85,000 phases in less than 3 s; no entropy is absurd."""
    start = process_time()
    warm = at_temperature(full_table, T)

    assert process_time() - start < 3
    moved = warm.energies - full_table.energies
    # A solid from gases loses up to about 100 J/(mol K) per atom: 0.3 eV.
    assert np.abs(moved).max() < 0.35
    place = full_table.formulas.index("LiCl")
    assert moved[place] == pytest.approx(T * 81.35 / F / 2, abs=ROUNDING)
