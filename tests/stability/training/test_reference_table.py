"""The built-in table, against the full one and against measured free energies."""

from dataclasses import replace

import pytest

from stability.energies.corrected_table import corrected_table, loaded_table
from stability.energies.correction import MP2019, correction
from stability.hull import reactant
from stability.interface import chemical_reaction
from stability.phases import CompetingPhases, competing_phases
from stability.staircase import redox_staircase
from stability.tables.gaps import gaps
from stability.tables.phase_table import PhaseTable
from stability.tables.reference_rows import covered_systems, reference_phases, reference_text
from stability.temperature import at_temperature
from stability.training.reference_table import (
    MATERIALS,
    extended_rows,
    wanted_systems,
    written,
)

CATHODES = (
    "LiCoO2", "CoO2", "LiNiO2", "NiO2", "LiNi0.8Mn0.1Co0.1O2", "LiFePO4", "FePO4", "S", "TiS2",
)  # fmt: skip
OTHERS = ("LiNi0.8Co0.15Al0.05O2", "Li1.2Mn0.54Ni0.13Co0.13O2", "Li3YBr3Cl3", "Li2.5Y0.5Zr0.5Cl6")
ELECTROLYTES = MATERIALS[: MATERIALS.index("LiGaCl4") + 1]


@pytest.fixture(scope="module")
def built_in() -> CompetingPhases:
    return competing_phases(at_temperature(loaded_table("reference"), 298.15))


@pytest.fixture(scope="module")
def complete(full_table: PhaseTable) -> CompetingPhases:
    table = corrected_table(full_table, correction(MP2019))
    return competing_phases(at_temperature(table, 298.15))


def test_the_table_is_written_as_the_command_writes_it():
    """So that a run with nothing to add changes nothing; and all that is wanted is covered."""
    assert written(reference_phases()) == reference_text()
    assert set(wanted_systems()) == set(covered_systems())


def test_a_phase_that_is_missing_is_added_as_known_or_not():
    """Of two made-up phases far below all others, the one unlike any crystal was not made."""
    energy = "formation_energy_ev_per_atom"
    rows = [
        {"formula": name, energy: value, "icsd_tagged": tag}
        for name, value, tag in (
            ("LiCl", -2.0, True), ("Li7Cl", -3.0, False), ("LiCl9", -3.0, True),
            ("RbCl", -2.0, True),
        )
    ]  # fmt: skip
    new = extended_rows(rows, {frozenset({("Li", 0.875), ("Cl", 0.125)}): 0.01})[-2:]

    assert {(one.formula, one.known) for one in new} == {("Li7Cl", False), ("LiCl9", True)}


@pytest.mark.parametrize("formula", [*MATERIALS, *OTHERS])
def test_windows_are_those_of_the_full_table(
    formula: str, built_in: CompetingPhases, complete: CompetingPhases
):
    """Within 0.1 V with the same correction, as is asked; what is left is rounding."""
    first, second = (
        redox_staircase(reactant(formula, one), one).window for one in (built_in, complete)
    )

    assert first == pytest.approx(second, abs=0.001)


@pytest.mark.parametrize("cathode", CATHODES)
def test_reactions_are_those_of_the_full_table(
    cathode: str, built_in: CompetingPhases, complete: CompetingPhases
):
    """With the usual cathodes, to 1 meV per atom, and none of the pairs outside."""
    for formula in ELECTROLYTES:
        pairs = [
            [reactant(name, one) for name in (formula, cathode)] for one in (built_in, complete)
        ]
        first, second = (
            chemical_reaction(*pair, phases).energy
            for pair, phases in zip(pairs, (built_in, complete), strict=True)
        )
        elements = {*pairs[0][0].material.amounts, *pairs[0][1].material.amounts}

        assert first == pytest.approx(second, abs=1e-3), formula
        assert not [gap for gap in gaps(built_in.table, elements) if "not complete" in gap], formula


@pytest.mark.parametrize(
    ("formula", "reduction", "oxidation"),
    [
        ("Li2MgCl4", (2 * 384.4 - 591.8) / (2 * 96.485), 384.4 / 96.485),
        ("Li3LaCl6", None, 384.4 / 96.485),
        ("Li3YBr6", None, 342.0 / 96.485),
        ("LiAlCl4", (4 * 384.4 - 384.4 - 628.8) / (3 * 96.485), None),
        ("Li6PS5I", None, 439.0 / (2 * 96.485)),
    ],
)
def test_limits_are_those_of_measured_free_energies(
    formula: str, reduction: float | None, oxidation: float | None, built_in: CompetingPhases
):
    """LiX + ... -> X2: that of LiX; MX_n + n Li -> M + n LiX: that of both, in kJ/mol of NBS.

    LiAlCl4 is written as LiCl + AlCl3, which it is above by what it gains on forming.
    """
    window = redox_staircase(reactant(formula, built_in), built_in).window

    if reduction is not None:
        assert window.reduction == pytest.approx(reduction, abs=0.1)
    if oxidation is not None:
        assert window.oxidation == pytest.approx(oxidation, abs=0.06)


def test_ytterbium_is_flagged(built_in: CompetingPhases):
    """The source has it divalent, so that Li3YbCl6 would give up chlorine for nothing."""
    (gap,) = gaps(replace(built_in.table, name="built-in"), ["Yb", "Cl"])

    assert gap == "built-in holds no sound binary compound of Yb(III) and Cl"
