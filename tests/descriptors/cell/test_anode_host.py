import pytest

from descriptors.cell.anode_host import (
    POROSITY,
    anode_host,
    host_share,
    host_voltage,
    lithium_share,
)
from descriptors.cell.stack import default_stack
from descriptors.cell.volume_change import Anode

STACK = default_stack()


@pytest.mark.parametrize(
    ("anode", "capacity", "density", "volts"),
    [
        (Anode.GRAPHITE, 26801.48 / 72.066, 2.26, 0.145),
        (Anode.TITANATE, 3 * 26801.48 / 459.1, 3.48, 1.57),
        (Anode.INDIUM, 26801.48 / 114.82, 7.31, 0.62),
        (Anode.SILICON, 3579.0, 2.329, 0.4),
    ],
)
def test_hosts_hold_what_their_formulas_say(anode, capacity, density, volts):
    """Charge of the lithium between both states over the mass of the empty one."""
    host = anode_host(anode, STACK)

    assert host.capacity == pytest.approx(capacity, rel=1e-3)
    assert host.density == pytest.approx(density, rel=2e-3)
    assert host.voltage == volts


def test_growth_of_hosts_by_hand():
    """C6 31.89 to LiC6 35.82 cm3/mol is 12 %; indium 15.71 to 23.67 a half; titanate nothing."""
    grows = {one: anode_host(one, STACK).growth / 1e4 * 26801.48 for one in POROSITY}

    assert grows[Anode.GRAPHITE] == pytest.approx(3.93)
    assert grows[Anode.INDIUM] == pytest.approx(7.96)
    assert grows[Anode.TITANATE] == pytest.approx(-0.23 / 3, abs=1e-3)


@pytest.mark.parametrize("brings", [True, False])
def test_no_anode_holds_more_than_its_host_or_gives_what_it_lacks(brings):
    """Charged, what it had and what the cathode brought fit in; discharged, nothing is missing."""
    for anode in Anode:
        if anode is Anode.ANODE_FREE:
            continue
        had = lithium_share(anode, 1.1, brings_lithium=brings)
        charged = had + brings
        assert charged >= 1.0
        if anode_host(anode, STACK):
            assert charged <= host_share(anode, 1.1) + 1e-9


def test_both_indiums_have_one_voltage():
    """The plateau of In beside LiIn."""
    assert host_voltage(Anode.INDIUM) == host_voltage(Anode.HALF_INDIUM)
