import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stability.errors import TableError
from stability.hull import reactant
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import Phase, phase_table, reference_table

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


def test_tables_of_the_same_rows_in_another_order_compete_alike():
    """Equal content has an equal id, whatever the order: nothing kept under it may mix up rows."""
    rows = [Phase("Li2O", -2.0), Phase("LiO8", -0.1), Phase("Li2O2", -1.7), Phase("LiO2", -0.2)]

    one, other = (
        competing_phases(phase_table(order, name="order"), Policy.ALL)
        for order in (rows, rows[::-1])
    )

    assert one.table.id == other.table.id
    assert {one.table.formulas[row] for row in one.rows} == {"Li", "O", "Li2O", "Li2O2"}
    assert {other.table.formulas[row] for row in other.rows} == {"Li", "O", "Li2O", "Li2O2"}


def test_the_user_may_leave_phases_out():
    """Without LiS4, by the user's choice and reason, Li2S and sulfur are what is left."""
    phases = competing_phases(TABLE, Policy.ALL, exclude={"Li2S8": "never made"})

    assert "Li2S8 (never made)" in phases.statement
    assert {phases.table.formulas[row] for row in phases.rows} == {"Li", "S", "Li2S"}
    for absent in ("Li2S3", "S"):
        with pytest.raises(TableError, match=f"{absent} cannot be left out"):
            competing_phases(TABLE, exclude={absent: "no such compound"})


def test_a_margin_keeps_phases_a_little_above_the_hull(competing):
    """Li2O2 at -6.0 eV is 0.2 eV per 4 atoms above the hull: kept from 0.05 eV/atom, unused."""
    table = competing({"Li2O": -6.2, "Li2O2": -6.0}).table
    near, far = (competing_phases(table, Policy.ALL, margin=m) for m in (0.04, 0.06))

    assert "Li2O2" not in {table.formulas[row] for row in near.rows}
    assert "Li2O2" in {table.formulas[row] for row in far.rows}
    assert reactant("Li2O2", far).energy == pytest.approx(-6.2 / 4)


def test_a_table_without_lithium_is_refused():
    """There is no voltage against Li/Li+ without lithium."""
    with pytest.raises(TableError, match="no lithium"):
        competing_phases(phase_table([Phase("FeO", -1.0)], name="t"))
