import pytest

from jobs.errors import ExperimentError
from jobs.lab.experiment_numbers import (
    LOADING,
    efficiency,
    experiment_number,
    retention_cycles,
    with_areal_capacity,
)
from jobs.schema.experiment_fields import NUMBERS
from screening.catalogue.materials import cathode
from stability.quantities import SCALES


@pytest.mark.parametrize("name", NUMBERS)
def test_the_ends_of_a_range_are_inside_and_what_is_beyond_is_not(name):
    """Both ends are taken; a tenth of the span further is refused, with the range."""
    limits = SCALES[NUMBERS[name]]
    beyond = round(0.1 * (limits.most - limits.least), 0 if limits.whole else 9)

    assert experiment_number(name, repr(float(limits.least))) == limits.least
    assert experiment_number(name, repr(limits.most)) == limits.most
    for value in (limits.least - beyond, limits.most + beyond):
        with pytest.raises(ExperimentError, match=f"{name} .* is outside"):
            experiment_number(name, repr(value))


@pytest.mark.parametrize("text", ["", "x", "nan", "-inf", "1e999", "1_0", "0x10", "--1"])
def test_what_is_no_number_is_refused(text):
    """Names the field and the text."""
    with pytest.raises(ExperimentError, match="efficiency_percent"):
        experiment_number("efficiency_percent", text)


@pytest.mark.parametrize(
    ("text", "rate"), [("C/20", 0.05), ("c / 2.5", 0.4), ("0.1", 0.1), (".5C", 0.5), ("2", 2.0)]
)
def test_rates_are_read_as_they_are_said(text, rate):
    """C/20 takes twenty hours."""
    assert experiment_number("rate_c", text) == pytest.approx(rate)


def test_a_loading_is_an_areal_capacity():
    """7 mg/cm2 of sulfur with 1672 mAh/g are 11.7 mAh/cm2; one that differs is refused."""
    sulfur = cathode("S")

    assert with_areal_capacity({LOADING: 7.0}, sulfur)["areal_capacity_mah_per_cm2"] == (
        pytest.approx(11.7, rel=1e-3)
    )
    assert with_areal_capacity({"rate_c": 1.0}, sulfur) == {"rate_c": 1.0}
    with pytest.raises(ExperimentError, match="give one of both"):
        with_areal_capacity({LOADING: 7.0, "areal_capacity_mah_per_cm2": 2.0}, sulfur)


def test_a_retention_has_its_cycles():
    """Both or none, and whole cycles."""
    assert retention_cycles({}) is None
    assert retention_cycles({"retention_percent": 90.0, "retention_cycles": 50.0}) == 50
    for numbers, fault in (
        ({"retention_percent": 90.0}, "go together"),
        ({"retention_cycles": 50.0}, "go together"),
        ({"retention_percent": 90.0, "retention_cycles": 50.5}, "round it"),
    ):
        with pytest.raises(ExperimentError, match=fault):
            retention_cycles(numbers)


def test_an_efficiency_is_the_second_half_cycle_over_the_first():
    """120 of 150 mAh/g are 80 %, by charge first in LiFePO4 and by discharge first in sulfur."""
    charged_first = {"first_charge_mah_per_g": 150.0, "first_discharge_mah_per_g": 120.0}
    discharged_first = {"first_charge_mah_per_g": 120.0, "first_discharge_mah_per_g": 150.0}

    assert efficiency(charged_first, cathode("LiFePO4")) == pytest.approx(80.0)
    assert efficiency(discharged_first, cathode("S")) == pytest.approx(80.0)
    assert efficiency({"efficiency_percent": 70.0}, cathode("S")) == 70.0
    assert efficiency({}, cathode("S")) is None
    with pytest.raises(ExperimentError, match=r"not that of the capacities, 80\.0"):
        efficiency({**discharged_first, "efficiency_percent": 83.0}, cathode("S"))
