import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.catalogue.anodes import (
    Inventory,
    against_lithium,
    anode,
    anodes,
    assumed_inventory,
    assumed_reference,
    cutoff_fault,
    inventory_fault,
    range_against_lithium,
)
from screening.catalogue.materials import State, cathode, known_cathodes
from screening.errors import UnknownNameError


@pytest.mark.parametrize(
    ("name", "potential"),
    [("Li", 0.0), ("Li-In", 0.62), ("InLi", 0.62), ("Li0.5In", 0.62), ("anode-free", 0.0)],
)
def test_an_anode_has_a_potential(name, potential):
    """Against lithium, with what people call it."""
    assert anode(name).potential == potential


def test_every_anode_says_who_says_so_and_lies_below_cathodes():
    """From lithium to the titanate."""
    for one in anodes().values():
        assert one.source
        assert 0.0 <= one.potential < 2.0
        assert one.doubt >= 0.0


def test_an_unknown_anode_is_refused():
    """With those there are."""
    with pytest.raises(UnknownNameError, match="known: Li, Li-In"):
        anode("unobtainium")


@given(st.floats(0.5, 4.0), st.sampled_from(sorted(anodes())))
def test_a_cutoff_means_one_voltage_whatever_it_is_given_against(volts, name):
    """Against lithium it is the anode's potential more; lithium is the default."""
    assert against_lithium(volts - anode(name).potential, name) == pytest.approx(volts, abs=1e-6)
    assert against_lithium(volts, None) == pytest.approx(volts, abs=1e-6)
    assert range_against_lithium((volts, volts), name) == (against_lithium(volts, name),) * 2
    assert range_against_lithium(None, name) is None


def test_the_remedy_names_the_anode_that_the_cutoffs_fit():
    """2.4 to 3.6 V miss the 3.9 V of LiCoO2; against Li-In they are 3.02 to 4.22 V."""
    one = cathode("LiCoO2")

    assert not cutoff_fault(3.0, 4.3, one, reference=None, held="Li-In")
    fits = cutoff_fault(2.4, 3.6, one, reference=None, held="Li-In")
    assert fits.endswith("if they are against Li-In, say so in voltage_reference")
    twice = cutoff_fault(4.02, 5.22, one, reference="Li-In", held="Li-In")
    assert twice.endswith("if they are against Li, say so in voltage_reference")
    for held in (None, "Li", "Li-In"):
        assert cutoff_fault(1.0, 2.0, one, reference=None, held=held).endswith("widen them")


@pytest.mark.parametrize("name", sorted(anodes()))
def test_what_cutoffs_are_taken_against_is_said_unless_it_is_plain(name):
    """An anode that stands elsewhere than lithium, and nobody who says against what."""
    elsewhere = anode(name).potential != 0

    assert bool(assumed_reference(name, None)) == elsewhere
    assert not assumed_reference(name, "Li")
    assert not assumed_reference(None, None)


@pytest.mark.parametrize("name", sorted(anodes()))
@pytest.mark.parametrize("row", known_cathodes().values(), ids=lambda row: row.name)
def test_every_cell_has_lithium_or_says_what_is_taken(name, row):
    """From the cathode, or from the anode; one of the two, and nothing is said where all is."""
    fault, taken = inventory_fault(name, row), assumed_inventory(name, row)
    has = row.assembled is State.DISCHARGED or anode(name).inventory is Inventory.LITHIUM

    assert has == (not fault and not taken)
    assert not (fault and taken)
    assert bool(fault) == (not has and name in {"Ag-C", "anode-free"})
    assert not inventory_fault(None, row)


@pytest.mark.parametrize("asked", [against_lithium, range_against_lithium])
def test_an_unknown_reference_is_refused_without_voltages(asked):
    """What is stated is read, whether anything is given against it or not."""
    assert asked(None, "LiIn") is None
    with pytest.raises(UnknownNameError, match="no anode is named 'Xx'"):
        asked(None, "Xx")
