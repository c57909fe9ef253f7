from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.composite.carbon import carbons
from descriptors.composite.percolation import (
    Verdict,
    black_threshold,
    carbon_network,
    fibre_threshold,
    percolation_threshold,
)
from descriptors.errors import (
    DescriptorError,
    ImpossibleValueError,
    InvalidRecipeError,
    NoMeasurement,
    UnknownCarbonError,
)
from descriptors.quantity import Kind
from descriptors.recipe import Mixing, Recipe

LFP, LPSCL, LZC, S = 3.6, 1.865, 2.56, 2.07  # [g/cm3]


def composite(cathode, sse, carbon, kind="carbon black"):
    return Recipe("test", cathode, sse, carbon, kind, Mixing.MILLED, 375.0, "test")


def test_the_measured_threshold_is_four_per_cent_by_mass():
    """0.04 / 1.8547 = 0.02157 and 0.96 / 1.865 = 0.51475 cm3 per gram: 4.02 % of the volume."""
    threshold = percolation_threshold("carbon black")

    assert threshold.value == pytest.approx(0.02157 / (0.02157 + 0.51475), rel=1e-3)
    assert threshold.kind is Kind.MEASURED
    assert "Reisacher" in threshold.source


def test_overlapping_spheres_percolate_near_29_per_cent():
    """Without length, V / V_ex = 1/8: 1 - exp(-2.8 / 8) = 0.295; simulations give 0.2895."""
    sphere = 1 - 2.718281828 ** (-2.8 / 8)

    assert sphere == pytest.approx(0.2895, abs=0.006)
    assert fibre_threshold(1.0).high < sphere


@given(st.floats(200, 1e5))
def test_slender_fibres_percolate_at_a_share_inverse_to_their_length(aspect_ratio):
    """1.4 / (2 aspect ratio), and 0.5 to 1.4 over the aspect ratio as interval."""
    threshold = fibre_threshold(aspect_ratio)

    assert threshold.value == pytest.approx(0.7 / aspect_ratio, rel=0.03)
    assert threshold.low == pytest.approx(0.5 / aspect_ratio, rel=0.03)
    assert threshold.high == pytest.approx(1.4 / aspect_ratio, rel=0.03)


@given(st.floats(1, 1e4), st.floats(1.01, 10))
def test_a_longer_fibre_needs_less(aspect_ratio, longer):
    """The threshold falls with the aspect ratio, and so do both ends."""
    short, long = fibre_threshold(aspect_ratio), fibre_threshold(aspect_ratio * longer)

    assert all(one > other for one, other in zip(short[:3], long[:3], strict=True))


def test_structure_explains_the_measured_black():
    """C65 holds 2.9 cm3/g of oil: 1 / (1 + 4 * 1.855 * 2.9) = 4.4 %, measured 4.0 %."""
    by_structure = black_threshold(2.9, 1.855).value

    assert by_structure == pytest.approx(1 / 22.52, rel=1e-3)
    assert by_structure == pytest.approx(percolation_threshold("carbon black").value, rel=0.15)


def test_more_structure_needs_less_carbon():
    """Ketjenblack holds the most oil, so it percolates first; of a fibre even less is needed."""
    names = ("VGCF", "Ketjenblack EC-600JD", "carbon black", "acetylene black")
    found = {name: percolation_threshold(name).value for name in names}

    assert found["VGCF"] < found["Ketjenblack EC-600JD"] < found["carbon black"]
    assert found["carbon black"] < found["acetylene black"] < 0.1


def test_the_carbons_of_the_list_percolate_where_carbons_do():
    """Super P is made as C65 is; tubes need the least; of graphene nobody gives a shape."""
    found = {name: percolation_threshold(name).value for name in carbons() if name != "graphene"}

    assert found["Super P"] == found["C65"]
    assert min(found, key=found.get) == "CNT"
    assert all(0.001 < one < 0.1 for one in found.values())
    with pytest.raises(NoMeasurement, match="graphene"):
        percolation_threshold("graphene")


def test_the_fibre_of_the_thesis_is_above_its_threshold(lfp):
    """1.50 of 43.17 volumes are 3.47 %; 1 - exp(-1.4 * 0.00711) = 0.99 %: 3.5 times."""
    network = carbon_network(lfp, cathode_density=LFP, sse_density=LPSCL)

    assert network.share.value == pytest.approx(1.50 / 43.17, rel=1e-3)
    assert network.share.high == pytest.approx(1.50 / (1.50 + 30.56), rel=1e-3)
    assert network.ratio.value == pytest.approx(3.5, abs=0.05)
    assert network.verdict is Verdict.ABOVE


def test_broken_fibres_may_not_percolate():
    """Milled to an aspect ratio of 5, 3.5 % lie below 0.7 / 5 = 14 %, less the caps of the ends."""
    assert fibre_threshold(5.0).low > 1.50 / 43.17


def test_the_sulfur_composite_is_far_above():
    """20 wt% of acetylene black are 20 % of the volume, three times what it needs."""
    sulfur = composite(0.3, 0.5, 0.2, "acetylene black")

    network = carbon_network(sulfur, cathode_density=S, sse_density=LPSCL)

    assert network.ratio.value == pytest.approx(3.3, abs=0.1)
    assert network.verdict is Verdict.ABOVE


@pytest.mark.parametrize(("carbon", "verdict"), [(0.005, "below"), (0.04, "open"), (0.08, "above")])
def test_the_verdict_stays_open_near_the_threshold(carbon, verdict):
    """4 wt% is the measured threshold; it is known to a factor of 1.5."""
    recipe = composite(0.0, 1 - carbon, carbon)

    assert carbon_network(recipe, cathode_density=S, sse_density=LPSCL).verdict == verdict


def test_without_cathode_the_two_shares_agree():
    """There is nothing to leave out."""
    network = carbon_network(composite(0.0, 0.9, 0.1), cathode_density=S, sse_density=LPSCL)

    assert network.share.low == pytest.approx(network.share.high)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: fibre_threshold(0.5), ImpossibleValueError, "aspect_ratio 0.5 is below 1"),
        (lambda: fibre_threshold(nan), ImpossibleValueError, "aspect_ratio nan"),
        (lambda: fibre_threshold(inf), ImpossibleValueError, "aspect_ratio inf"),
        (lambda: black_threshold(0.0, 1.9), ImpossibleValueError, "oil_absorption 0 cm3/g"),
        (lambda: black_threshold(3.0, -1.0), ImpossibleValueError, "density -1 g/cm3"),
        (lambda: percolation_threshold("soot"), UnknownCarbonError, "'soot' on record; choose"),
    ],
)
def test_what_no_carbon_is_like_is_refused(call, error, says):
    """One line: the value, the limit, the remedy."""
    with pytest.raises(error, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, DescriptorError)


def test_a_recipe_without_carbon_is_refused(lfp):
    """There is no network."""
    bare = replace(lfp, carbon=None, carbon_fraction=0.0, sse_fraction=0.6)

    with pytest.raises(InvalidRecipeError, match="no carbon"):
        carbon_network(bare, cathode_density=LFP, sse_density=LPSCL)
