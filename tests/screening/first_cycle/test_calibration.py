import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from screening.first_cycle.calibration import (
    CalibrationError,
    calibrate,
    default_calibration,
    loaded,
    reference_phases,
    saved,
)
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.fitting import spreads_of
from screening.first_cycle.literature import reference_cells
from screening.first_cycle.measured_cells import (
    FIT,
    OWN_LABORATORY,
    thesis_cells,
)
from screening.first_cycle.predicted_cycle import observables
from screening.first_cycle.priors import Parameters, priors


@pytest.fixture(scope="module")
def made():
    """Return the calibration on the thesis, made here and now."""
    return calibrate(thesis_cells())


def columns(parameters):
    return np.stack([np.ravel(row) for row in parameters])


def test_the_shipped_calibration_is_current():
    """It holds all cells that can be computed, and its spreads and phases give its parameters.

    The spreads are what takes a minute to find; they are taken as shipped.
    """
    shipped = default_calibration()
    cells = reference_cells(reference_phases()).measurements

    again = calibrate(cells, spreads=spreads_of(shipped.fitted))

    assert shipped.measurements == cells
    assert shipped.covered == again.covered
    assert shipped.phase_table == again.phase_table
    assert columns(shipped.fitted.central) == pytest.approx(columns(again.fitted.central), rel=0.01)
    middle, drawn = (np.median(columns(one.fitted.drawn), axis=1) for one in (shipped, again))
    assert middle == pytest.approx(drawn, rel=0.02)


def test_the_same_cells_give_the_same_calibration(made):
    """No chance: the same id, which any change of content changes."""
    again = calibrate(thesis_cells())
    fewer = calibrate(thesis_cells()[1:], spreads=spreads_of(made.fitted))

    assert again.id == made.id
    assert fewer.id != made.id
    assert len(made.id) == 16


def test_draws_are_inside_their_ranges(made):
    """Thicknesses above 0, shares between 0 and 1, one draw for each of the features."""
    for name, prior in priors().items():
        row = getattr(made.fitted.drawn, name)
        assert row.shape == (200,)
        assert (row > 0).all()
        assert prior.scale == "log" or (row < 1).all()


def test_parameters_are_quantities(made):
    """With a unit, an interval about most of the draws, and the calibration as the source."""
    found = made.quantities

    one = found["thickness"]
    assert tuple(found) == Parameters._fields
    assert one.unit == "nm"
    assert one.low < one.value < one.high
    assert made.id in one.source


def test_what_is_saved_can_be_loaded(made):
    """All of it, to the last digit, and with the same id."""
    again = loaded(saved(made))

    assert again.id == made.id
    assert again.measurements == made.measurements
    assert again.covered == made.covered
    assert columns(again.fitted.drawn).tolist() == columns(made.fitted.drawn).tolist()


def test_a_changed_calibration_is_refused(made):
    """Its id is the hash of its content."""
    plain = json.loads(saved(made))
    plain["central"]["interphase_blocking"] = 0.0

    with pytest.raises(CalibrationError, match="was changed since it was made; calibrate again"):
        loaded(json.dumps(plain))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no calibration"),
        ("[]", "no calibration"),
        ('{"id": "x", "model": "3"}', "no calibration"),
        ('{"id": "x", "model": "0"}', "calibration x is for model 0, this is model 3"),
    ],
)
def test_what_is_no_calibration_is_refused(text, said):
    """One line that says to calibrate again."""
    with pytest.raises(CalibrationError, match=said) as refused:
        loaded(text)

    assert "calibrate again" in str(refused.value)


def test_nothing_to_fit_is_refused():
    """Figures to compare with are no cells to fit; nor may two have one number."""
    first = thesis_cells()[0]

    with pytest.raises(CalibrationError, match="at least one measured cell"):
        calibrate([replace(first, used_for="check")])
    with pytest.raises(CalibrationError, match="give each its own"):
        calibrate([replace(first, used_for=FIT), replace(first, used_for=FIT)])


def test_cells_of_the_user_sharpen_what_is_predicted_for_the_user(made):
    """Three cells of LiFePO4 with Li3YCl6 at 120 mAh/g: most of the way, and surer, for the user.

    Nobody else's cells are known any better than other laboratories let them be.
    """
    like = next(row for row in thesis_cells() if row.id == "T23")
    new = [
        replace(
            like, id=f"N{k}", cell=f"new-{k}", sse="Li3YCl6", value=120.0,
            laboratory=OWN_LABORATORY,
        )
        for k in range(3)
    ]  # fmt: skip
    features = cell_features(new[:1], reference_phases())

    moved = made.with_cells(new)

    assert (made.laboratory, moved.laboratory) == (None, OWN_LABORATORY)
    before, after, others = (
        observables(features, one.fitted, laboratory=laboratory).charge
        for one, laboratory in ((made, None), (moved, OWN_LABORATORY), (moved, None))
    )
    assert after.draws.std() < 0.4 * before.draws.std()
    assert abs(after.value.item() - 120.0) < 0.5 * abs(before.value.item() - 120.0)
    assert others.draws.std() > 2 * after.draws.std()


def test_a_correction_takes_the_place_of_a_figure(made):
    """The same number: replaced, not added."""
    known = next(row for row in made.measurements if row.id == "T23")

    moved = made.with_cells([replace(known, value=140.0)])

    assert len(moved.measurements) == len(made.measurements)
    assert [row.value for row in moved.measurements if row.id == "T23"] == [140.0]


def test_the_page_says_what_the_shipped_calibration_does():
    """docs/calibration.md has every parameter, prior and posterior, to three digits."""
    page = (Path(__file__).parents[3] / "docs" / "calibration.md").read_text(encoding="utf-8")

    for name, found in default_calibration().quantities.items():
        prior = priors()[name]
        both = " | ".join(
            "{:g} ({:g}-{:g})".format(*(float(f"{number:.3g}") for number in numbers))
            for numbers in ((prior.value, prior.low, prior.high), found[:3])
        )
        assert f"| `{name}` | {prior.unit} | {both} |" in page, name


def test_cells_teach_more_than_the_prior_knows(made):
    """Thickness and blocking come from the cells of the thesis: two thirds of the width."""
    for name in ("thickness", "interphase_blocking"):
        z = priors()[name].z(getattr(made.fitted.drawn, name))
        assert z.std() < 0.67
