"""Transport can fail: without a path, with too little SSE, thick or fast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.composite.polarisation import (
    REFERENCE_RATE,
    REFERENCE_SHARE,
    cathode_conductivity,
    electronic_conductivity,
    reached_share,
)
from descriptors.errors import ImpossibleValueError

GOOD = {
    "rate": REFERENCE_RATE, "areal_capacity": 1.0, "capacity_per_volume": 500.0, "room": 1.0,
    "ionic": 1e-2, "electronic": 1.0, "sse_share": REFERENCE_SHARE,
}  # fmt: skip


def reached(**changes):
    return float(reached_share(**GOOD | changes))


def test_the_cells_behind_the_first_cycle_lose_nothing():
    """At the reference rate, with its share of SSE and good paths: all but a thousandth."""
    assert reached() == pytest.approx(1.0, abs=1e-3)


def test_without_a_path_of_electrons_next_to_nothing_is_reached():
    """1e-10 S/cm: 0.1 mA/cm2 through 20 um would take 1000 V."""
    assert reached(electronic=1e-10) < 0.01


def test_the_drop_is_that_of_half_the_layer():
    """With i L / 2 sigma = 1e-4 x 2e-3 / 2e-6 = 0.1 V of 1 V: 1 / 1.1 of what contacts leave."""
    share = reached(ionic=1e-6, contact_time=0.0)

    assert share == pytest.approx(1 / 1.1, rel=1e-3)


def test_rate_takes_what_contacts_cannot_follow():
    """An hour: 1.1 / 2 at 1C of what there is at C/10."""
    assert reached(rate=1.0, contact_time=1.0) == pytest.approx(1.1 / 2.0, abs=0.01)


def test_half_of_the_network_touches_half_of_the_cathode():
    """At the share that halves, against the reference's 0.45 / 0.55."""
    assert reached(sse_share=0.1, half_reached=0.1) == pytest.approx(0.5 * 0.55 / 0.45, abs=2e-3)


@given(
    name=st.sampled_from(["ionic", "electronic", "sse_share", "room", "capacity_per_volume"]),
    value=st.floats(1e-9, 1.0), more=st.floats(1.0, 1e4), rate=st.floats(0.01, 10.0),
)  # fmt: skip
def test_better_transport_never_takes_capacity_away(name, value, more, rate):
    """More of whatever conducts, or a thinner layer, reaches as much or more; a share at most 1."""
    low, high = (reached(**{name: x, "rate": rate}) for x in (value, value * more))

    assert 0.0 <= low <= high * (1 + 1e-12) <= 1.0 + 1e-9


def test_carbon_conducts_above_its_threshold_and_a_conducting_cathode_always():
    """Nothing at 3 of 4 %, 10 S/cm x ((0.28 - 0.04) / 0.96)^2 = 0.625 at 28 %."""
    found = electronic_conductivity([0.03, 0.28], 0.04, 10.0, 0.0, 1e-3)

    np.testing.assert_allclose(found, [0.0, 0.625])
    assert electronic_conductivity(0.0, 0.04, 10.0, 1.0, 1e-3) == pytest.approx(1e-3)


def test_cathodes_differ_by_what_they_conduct():
    """Sulfur insulates, olivines hardly conduct, layered oxides do, TiS2 is a semimetal."""
    order = ["S", "LiFePO4", "LiMn2O4", "LiNi0.6Mn0.2Co0.2O2", "TiS2"]

    values = [cathode_conductivity(name).value for name in order]

    assert values == sorted(values)
    assert cathode_conductivity("LiVPO4F").high > 1e3 * cathode_conductivity("LiVPO4F").value / 10


def test_what_is_no_rate_is_refused():
    """Rest is no rate, and a layer holds something."""
    with pytest.raises(ImpossibleValueError, match="rate 0"):
        reached(rate=0.0)
    with pytest.raises(ImpossibleValueError, match="areal capacity -1"):
        reached(areal_capacity=-1.0)
