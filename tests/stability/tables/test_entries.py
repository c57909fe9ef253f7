import pytest

from stability.errors import TableError
from stability.tables.entries import (
    KEY,
    Total,
    entries_of,
    formation_phases,
    lowest,
    total,
    total_of,
)
from stability.tables.phase_rows import Phase


class Amounts:
    """What is used of pymatgen's Composition."""

    def __init__(self, amounts):
        self.amounts = amounts

    def get_el_amt_dict(self):
        """Return atoms by element."""
        return self.amounts

    @property
    def reduced_formula(self):
        """Return the formula."""
        return "".join(f"{element}{n:g}" for element, n in self.amounts.items())


class Entry:
    """What is used of pymatgen's ComputedEntry."""

    def __init__(self, amounts, energy, data=None):
        self.composition = Amounts(amounts)
        self.energy = energy
        self.data = data or {}
        self.entry_id = "mp-1"


def totals(*rows):
    return [Total(Phase("".join(amounts), energy), amounts) for amounts, energy in rows]


def test_an_entry_is_read_per_atom():
    """-14.3 eV of Li4O2 are -14.3 / 6 of an atom."""
    read = total(Entry({"Li": 4.0, "O": 2.0}, -14.3))

    assert read.phase == Phase("Li4O2", -14.3 / 6, source="mp-1")._replace(
        band_gap=read.phase.band_gap, density=read.phase.density, volume=read.phase.volume
    )
    assert read.amounts == {"Li": 4.0, "O": 2.0}


def test_the_lowest_entry_of_each_element_is_the_zero():
    """(-14.3 + 2 * 1.9 + 4.9) / 3; the other lithium is 0.1 above it."""
    formed = formation_phases(
        totals(
            ({"Li": 1}, -1.8), ({"Li": 1}, -1.9), ({"O": 1}, -4.9), ({"Li": 2, "O": 1}, -14.3 / 3)
        ),
        name="t",
    )

    assert [one.energy for one in formed] == pytest.approx([0.1, 0.0, 0.0, -5.6 / 3])


def test_elements_at_zero_say_that_these_are_formation_energies():
    """Then an element may be left out, and nothing changes."""
    rows = totals(({"Li": 1}, 0.0), ({"Li": 2, "O": 1}, -2.0))

    assert [one.energy for one in formation_phases(rows, name="t")] == [0.0, -2.0]


def test_a_total_without_its_element_is_refused():
    """Fe stands in row 3, and no entry is iron."""
    rows = totals(({"Li": 1}, -1.9), ({"O": 1}, -4.9), ({"Fe": 2, "O": 3}, -6.7))

    with pytest.raises(
        TableError, match=r"t: row 3 \(FeO\): a total energy, and no entry of pure Fe"
    ):
        formation_phases(rows, name="t")


def test_without_any_element_nobody_knows_what_the_energies_are():
    """They could be totals or formation energies."""
    with pytest.raises(TableError, match="no entry of a pure element"):
        formation_phases(totals(({"Li": 2, "O": 1}, -2.0)), name="t")


def test_an_entry_brings_back_the_row_that_it_was_made_of():
    """Energy times seven atoms, divided by seven, is not always the same number: the row is."""
    columns = {
        "formula": ["FeLiPO4"], "formation_energy_ev_per_atom": [-2.5013], "known": [False],
        "reason": ["because"], "source": ["ours"],
    }  # fmt: skip

    (entry,) = entries_of(columns, Entry)

    assert entry.energy == pytest.approx(-2.5013 * 7)
    assert total(entry).phase[:5] == ("FeLiPO4", -2.5013, False, "because", "ours")


def test_an_entry_whose_energy_was_changed_keeps_the_new_one():
    """The row of the table is only believed where the energy still agrees."""
    row = {"formula": "Li2O", "formation_energy_ev_per_atom": -2.0, "known": False}

    changed = total_of("Li2O", {"Li": 2, "O": 1}, -2.1, {KEY: row}, source="")

    assert changed.phase.energy == -2.1
    assert changed.phase.known is False


def test_the_lowest_polymorph_counts_and_is_known_if_any_is():
    """Two forms of Li2S, written in two ways; the lower one is computed-only, the other known."""
    phases = [
        Phase("Li2S", -1.4, known=True),
        Phase("Li2O", -2.0, known=False, reason="never made"),
        Phase("Li4S2", -1.5, known=False, reason="never made"),
    ]

    found = lowest(phases, name="t")

    assert found.higher == 1
    assert [one[:4] for one in found.phases] == [
        ("Li4S2", -1.5, True, ""), ("Li2O", -2.0, False, "never made"),
    ]  # fmt: skip


def test_faulty_formulas_are_named_by_row():
    """The second row is at fault."""
    with pytest.raises(TableError, match="phase table t: row 2: Lx2O: Lx is no element"):
        lowest([Phase("Li2O", -2.0), Phase("Lx2O", -2.0)], name="t")


def test_elements_are_no_compounds():
    """S8 is sulfur."""
    found = lowest([Phase("S8", 0.0), Phase("Li2S", -1.5)], name="t")

    assert [one.formula for one in found.compounds] == ["Li2S"]
