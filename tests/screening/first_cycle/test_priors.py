import numpy as np
import pytest

from screening.first_cycle.priors import COMMON, SPREADS, Parameters, Prior, priors


@pytest.mark.parametrize("name", Parameters._fields)
def test_every_parameter_has_a_prior_with_a_source(name):
    """No free parameter without a width, a unit and somebody who says so."""
    prior = priors()[name]

    assert 0 < prior.low < prior.value < prior.high
    assert prior.unit in {"nm", "V", "m2/g", "1"}
    assert prior.source
    assert prior.scale == "log" or prior.high < 1


@pytest.mark.parametrize("name", ["thickness", "activated"])
def test_the_scale_puts_the_median_at_zero_and_can_be_undone(name):
    """At 0 the value; there and back is the same."""
    prior = priors()[name]
    z = np.array([-2.0, 0.0, 1.0])

    assert prior.at(z)[1] == pytest.approx(prior.value)
    assert prior.z(prior.at(z)) == pytest.approx(z)


def test_a_symmetric_prior_has_its_ends_at_the_quantiles():
    """2 (0.5 to 8) is a factor of 4 both ways: 5 % and 95 % are 1.645 standard deviations away."""
    prior = Prior(2.0, 0.5, 8.0, "nm", "log", "example")

    assert prior.at(np.array([-1.6448536, 1.6448536])) == pytest.approx([0.5, 8.0])


def test_shares_stay_shares():
    """However far out, between 0 and 1."""
    drawn = priors()["milled_contact"].at(np.array([-20.0, 20.0]))

    assert (drawn >= 0.0).all()
    assert (drawn <= 1.0).all()


def test_spreads_and_the_others_are_all_there_are():
    """Each parameter is fitted in one of two ways."""
    assert set(COMMON) | set(SPREADS) == set(Parameters._fields)
    assert not set(COMMON) & set(SPREADS)
