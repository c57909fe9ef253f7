import pytest

from screening.catalogue.materials import cathode, recipe
from screening.results.description import description, description_record, supply_flags
from stability.hull import reactant
from stability.phases import competing_phases
from stability.staircase import redox_staircase
from stability.tables.phase_table import reference_table
from stability.uncertainty import MARGIN


@pytest.fixture(scope="module")
def phases():
    return competing_phases(reference_table(), margin=MARGIN)


def lines_of(sse, phases, **options):
    staircase = redox_staircase(reactant(sse, phases), phases)
    return description(sse, staircase, phases, pressure=375.0, **options)


@pytest.fixture(scope="module")
def lzc(phases):
    chosen = cathode("LiFePO4")
    return lines_of("Li2ZrCl6", phases, composite=(recipe(chosen.recipe), chosen))


def test_every_value_lies_in_its_interval_with_unit_origin_and_source(lzc):
    """No number without its doubt, and none without somebody who says so."""
    for line in lzc:
        value, low, high, unit, _, source = line.quantity
        assert low <= value <= high, line.name
        assert unit
        assert source
        assert line.origin in {
            "measured", "computed", "fitted", "predicted", "estimated", "assumed",
        }  # fmt: skip


def test_the_thesis_pellet_is_measured_and_its_law_fitted(lzc):
    """T08: 94.7 % at 375 MPa; the fitted law is within 2 points of it (issue's bar)."""
    densities = [line for line in lzc if line.name.startswith("relative density")]

    assert [line.origin for line in densities] == ["measured", "fitted"]
    assert densities[0].quantity.value == 94.7
    assert densities[1].quantity.value == pytest.approx(94.7, abs=2.0)


def test_composite_lines_come_with_a_composite_only(phases, lzc):
    """Porosity and effective conductivity are of a recipe, not of a material."""
    alone = {line.name for line in lines_of("Li2ZrCl6", phases)}
    with_cathode = {line.name for line in lzc}

    assert with_cathode - alone >= {"porosity", "effective ionic conductivity"}


def test_in_a_composite_lithium_moves_worse_than_in_the_pure_sse(lzc):
    """Bruggeman: the share to the power 1.5, below 1."""
    value = {line.name: line.quantity.value for line in lzc}

    assert 0 < value["effective ionic conductivity"] < value["ionic conductivity"]


def test_what_nobody_has_measured_is_predicted_and_says_so(phases):
    """Li2.9Tm0.9Hf0.1Br6 is in no table of ours; its conductivity is a prediction."""
    lines = {line.name: line for line in lines_of("Li2.9Tm0.9Hf0.1Br6", phases)}

    assert "ionic conductivity" not in lines
    assert lines["ionic conductivity, as if unmeasured"].origin == "predicted"


def test_the_record_is_plain_and_holds_the_curve(lzc):
    """As many densities as pressures, rising with pressure, and inside their interval."""
    record = description_record("Li2ZrCl6", lzc, [])
    curve = record["density_curve"]
    density = curve["relative_density_percent"]

    assert len(record["properties"]) == len(lzc)
    assert density == sorted(density)
    ends = zip(
        curve["relative_density_low_percent"],
        density,
        curve["relative_density_high_percent"],
        strict=True,
    )
    assert all(low <= value <= high for low, value, high in ends)


def test_scarce_elements_are_flagged():
    """The issue flags In, Y, Sc, Ge and Ta; zirconium chloride has none of them."""
    assert supply_flags("Li3InCl6")[0].startswith("In: ")
    assert supply_flags("LiTaOCl4")[0].startswith("Ta: ")
    assert supply_flags("Li6PS5Cl") == []


def test_each_origin_is_what_the_number_says_of_itself(lzc):
    """The kind of the quantity, not words of its source; laws are fitted, models predict."""
    origin = {line.name: line.origin for line in lzc}

    assert all(line.origin == line.quantity.kind.value for line in lzc)
    assert origin["relative density at 375 MPa, law"] == "fitted"
    assert origin["ionic conductivity, as if unmeasured"] == "predicted"
    assert origin["porosity"] == "predicted"
    assert origin["reduction limit"] == "computed"


def test_electrons_are_told_of_measured_and_of_new_materials(phases, lzc):
    """T04, 8e-9 S/cm, is measured; for Li3ScCl6 there is an estimate, and a predicted gap."""
    known = {line.name: line for line in lzc}
    new = {line.name: line for line in lines_of("Li3ScCl6", phases)}

    assert known["electronic conductivity"].origin == "measured"
    assert known["electronic conductivity"].quantity.value == 8e-9
    assert new["electronic conductivity"].origin == "estimated"
    assert new["band gap, as GGA finds it"].origin == "predicted"
