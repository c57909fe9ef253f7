import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stability.errors import TableError
from stability.hull import reactant
from stability.phase_table import Phase, phase_table, reference_table
from stability.phases import Policy, competing_phases

# Li2S at -4.5 and LiS4 at -2.0 eV per formula unit; the latter only on paper.
TABLE = phase_table(
    [
        Phase("Li2S", -4.5 / 3, known=True),
        Phase("LiS4", -3.0 / 5, known=False, reason="computed only"),
    ],
    name="sulfides",
)


def test_known_phases_compete_by_default():
    """LiS4, on the hull of the table, is no product under the default policy."""
    assert TABLE.formulas[competing_phases(TABLE).rows[-1]] == "Li2S"
    assert competing_phases(TABLE).policy is Policy.KNOWN
    assert {p.formula for p in reactant("LiS4", competing_phases(TABLE)).decomposition} == {
        "Li2S",
        "S",
    }


def test_all_phases_compete_on_request():
    """Under the other policy LiS4 is its own product."""
    (product,) = reactant("LiS4", competing_phases(TABLE, Policy.ALL)).decomposition

    assert product == ("LiS4", pytest.approx(1.0))


def test_the_statement_names_table_policy_and_flags():
    """A result row says which phases competed and who decided."""
    known, everything = competing_phases(TABLE), competing_phases(TABLE, Policy.ALL)

    assert known.statement == (
        f"known phases of {TABLE.id}: 1 left out as computed-only (flags: table)"
    )
    assert everything.statement == f"all phases of {TABLE.id}, computed-only ones included"
    assert known.excluded == ("LiS4",)
    assert everything.excluded == ()


def test_a_policy_is_read_from_its_name():
    """The words of the command line are the values; others are refused."""
    assert Policy("known") is Policy.KNOWN
    assert Policy("all") is Policy.ALL
    with pytest.raises(ValueError, match="some"):
        Policy("some")


def test_unstable_phases_are_left_out():
    """LiO, LiO2 and LiO3 are each above 1/2 Li2O + oxygen, which is -3.1 eV."""
    rows = [("Li2O", -6.2 / 3), ("LiO", 0.0), ("LiO3", 0.4 / 4), ("LiO2", -3.0 / 3)]
    table = phase_table([Phase(f, e, known=True) for f, e in rows], name="t")

    phases = competing_phases(table)

    assert [table.formulas[row] for row in phases.rows] == ["Li", "O", "Li2O"]


def test_columns_are_rows_of_the_table():
    """Energies and fractions of the sorted columns are those of the table rows they name."""
    table = reference_table()
    phases = competing_phases(table)

    assert np.array_equal(phases.columns.energies, table.energies[phases.rows])
    assert np.array_equal(phases.columns.fractions, table.fractions[phases.rows])
    assert table.known[phases.rows].all()
    assert len(set(phases.rows.tolist())) == len(phases.rows)
    assert table.formulas[phases.rows[phases.columns.li]] == "Li"


@settings(max_examples=25)
@given(st.data())
def test_filtering_is_exact(competing, data):
    """Leaving out what is above the hull changes no hull energy, so filtering twice keeps all."""
    formulas = ["Li2S", "LiCl", "FeS", "FeS2", "FeCl2", "FeCl3", "Li2FeS2", "LiFeCl3", "SCl2"]
    energies = data.draw(st.tuples(*(st.floats(-6, 1) for _ in formulas)))
    everything = competing(dict(zip(formulas, energies, strict=True)))
    table = everything.table
    stable = [table.formulas[row] for row in everything.rows[len(table.elements) :]]
    assume(any("Li" in formula for formula in stable))
    energy = dict(zip(formulas, energies, strict=True))

    again = competing({formula: energy[formula] for formula in stable})

    assert {again.table.formulas[row] for row in again.rows} >= set(stable)
    for formula in ["Li3FeS2Cl", "LiFeSCl", *formulas]:
        try:
            alone = reactant(formula, again).energy
        except ValueError:  # The stable phases hold fewer elements.
            continue
        assert alone == pytest.approx(reactant(formula, everything).energy, abs=1e-7)


def test_a_table_without_lithium_is_refused():
    """There is no voltage against Li/Li+ without lithium."""
    with pytest.raises(TableError, match="no lithium"):
        competing_phases(phase_table([Phase("FeO", -1.0)], name="t"))
