import pytest

from screening.catalogue.anodes import anode, anodes
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
