import pytest

from descriptors.cell.stack import default_stack
from descriptors.cell.volume_change import Anode
from screening.catalogue.anodes import anodes
from screening.catalogue.materials import cathode
from screening.errors import UnknownNameError
from screening.results.cell_anode import anode_lithium, cell_anode, host_figures


def test_anodes_are_named_as_everywhere_or_refused_in_one_line():
    """All of the catalogue, by any of their names."""
    assert cell_anode("li") is cell_anode("Li metal") is cell_anode("lithium") is Anode.LITHIUM
    assert cell_anode("silicon") is cell_anode("Si") is Anode.SILICON
    assert cell_anode("anode_free") is cell_anode("none") is cell_anode("AgC") is Anode.ANODE_FREE
    with pytest.raises(UnknownNameError, match="known: Li, Li-In"):
        cell_anode("gold")
    assert {cell_anode(name) for name in anodes()} == set(Anode)
    assert cell_anode("LTO") is Anode.TITANATE


@pytest.mark.parametrize(
    ("anode", "name", "lithium", "said"),
    [
        (Anode.LITHIUM, "Li2S", 0.1 * 5, "excess"),
        (Anode.LITHIUM, "S", 1.1 * 5, "all that is cycled, and the excess"),
        (Anode.SILICON, "S", 5.0, "prelithiated"),
        (Anode.SILICON, "Li2S", 0.0, "the cathode brings all"),
        (Anode.ANODE_FREE, "Li2S", 0.0, "the cathode brings all"),
        (Anode.GRAPHITE, "S", 5.0, "prelithiated"),
        (Anode.INDIUM, "Li2S", 0.1 * 5, "excess"),
        (Anode.HALF_INDIUM, "Li2S", 1.1 * 5, "half"),
    ],
)
def test_the_lithium_of_a_cell_is_said(anode, name, lithium, said):
    """5 mAh/cm2 are cycled and the anode holds a tenth more: what the cathode lacks it brings."""
    found = anode_lithium(anode, cathode(name), default_stack(), 5.0)

    assert found.value == pytest.approx(lithium)
    assert said in found.source


def test_a_host_says_what_it_is_and_what_is_left_out():
    """175 mAh/g of Li4Ti5O12 by itself; what has no host says nothing, silicon is in the stack."""
    found = host_figures(Anode.TITANATE, default_stack())

    assert found["host capacity"].value == pytest.approx(3 * 26801.48 / 459.1, rel=1e-3)
    assert "left out" in found["host capacity"].source
    assert host_figures(Anode.LITHIUM, default_stack()) == {}
    assert host_figures(Anode.SILICON, default_stack()) == {}
