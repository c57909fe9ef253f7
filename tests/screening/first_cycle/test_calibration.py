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
from screening.first_cycle.equations import Parameters
from screening.first_cycle.measured_cells import FIT, cell_features, cells_of, thesis_cells
from screening.first_cycle.predicted_cycle import observables
from screening.first_cycle.priors import priors


@pytest.fixture(scope="module")
def made():
    """Return the calibration on the thesis, made here and now."""
    return calibrate(thesis_cells())


def columns(parameters):
    return np.stack([np.ravel(row) for row in parameters])


def test_the_shipped_calibration_is_current(made):
    """The module as a program would write the same; libraries may round differently."""
    shipped = default_calibration()

    assert shipped.measurements == made.measurements
    assert shipped.covered == made.covered
    assert shipped.phase_table == made.phase_table
    assert columns(shipped.fitted.central) == pytest.approx(columns(made.fitted.central), rel=1e-3)
    middle, again = (np.median(columns(one.fitted.drawn), axis=1) for one in (shipped, made))
    assert middle == pytest.approx(again, rel=0.01)


def test_the_same_cells_give_the_same_calibration(made):
    """No chance: the same id, which any change of content changes."""
    again = calibrate(thesis_cells())
    fewer = calibrate(thesis_cells()[1:])

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

    one = found["oxidised_hand"]
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
        ('{"id": "x", "model": "1"}', "no calibration"),
        ('{"id": "x", "model": "0"}', "calibration x is for model 0, this is model 1"),
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


def test_cells_of_a_composite_move_what_is_predicted_of_it(made):
    """Ten more cells of LiFePO4 with Li2ZrCl6 at 100, not 148 mAh/g: most of the way is gone.

    The model itself hardly follows, but learns that composites can differ that much.
    """
    known = next(row for row in thesis_cells() if row.id == "T23")
    new = [replace(known, id=f"N{k}", cell=f"new-{k}", value=100.0) for k in range(10)]
    features = cell_features(cells_of([known]), reference_phases())

    moved = made.with_cells(new)

    assert moved.id != made.id
    assert len(moved.measurements) == len(made.measurements) + 10
    before, after = (observables(features, one.fitted).charge.draws for one in (made, moved))
    assert before.mean() == pytest.approx(148.0, abs=4.0)
    assert after.mean() == pytest.approx((10 * 100 + 148) / 11, abs=6.0)
    assert moved.fitted.central.cell_spread > 1.3 * made.fitted.central.cell_spread


def test_a_cell_of_a_new_composite_makes_its_prediction_sure(made):
    """LiFePO4 with Li3YCl6, measured once at 120 +- 4 mAh/g: a guess becomes a known composite."""
    like = next(row for row in thesis_cells() if row.id == "T23")
    new = replace(like, id="N1", cell="new", sse="Li3YCl6", value=120.0)
    features = cell_features([new], reference_phases())

    moved = made.with_cells([new])

    before, after = (observables(features, one.fitted).charge.draws for one in (made, moved))
    assert after.std() < 0.6 * before.std()
    assert abs(after.mean() - 120.0) < 0.5 * abs(before.mean() - 120.0)


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
    """Thickness by hand and blocking come from the LiFePO4 cell: half the width, or less."""
    for name in ("oxidised_hand", "interphase_blocking"):
        z = priors()[name].z(getattr(made.fitted.drawn, name))
        assert z.std() < 0.5
