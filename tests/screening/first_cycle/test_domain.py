from dataclasses import replace

import numpy as np
import pytest

from screening.catalogue.conditions import Conditions
from screening.catalogue.materials import cathode, recipe
from screening.first_cycle.calibration import default_calibration, reference_phases
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.domain import (
    CATHODE,
    CHEMISTRY,
    COMPOSITE,
    PATHS,
    REDOX,
    RUN,
    covered,
    outside_domain,
)
from screening.first_cycle.measured_cells import THESIS, cells_of, thesis_cells
from screening.first_cycle.predicted_cycle import observables, summary
from screening.pairs.features import Drawn, Pair

CELLS = cells_of(thesis_cells())


@pytest.fixture(scope="module")
def cells():
    """Return the cells of the thesis as features, with their names."""
    return cell_features(CELLS, reference_phases())


@pytest.fixture(scope="module")
def inside(cells):
    """Return what the cells of the thesis cover."""
    return covered(cells, np.array([one.cathode is not None for one in CELLS]))


def row(cells, name):
    return cells.take(np.array([[one.cell for one in CELLS].index(name)]))


def judged(features, inside):
    found = outside_domain(features, inside)
    return bool(found.outside[0]), float(found.widening[0]), found.reasons[0]


@pytest.mark.parametrize("name", ["lfp-lpscl", "lfp-lzc", "s-micron", "s-separate", "li2s"])
def test_the_calibrated_cells_are_inside(name, cells, inside):
    """What was fitted is covered, and nothing is widened."""
    assert judged(row(cells, name), inside) == (False, 1.0, "")


@pytest.mark.parametrize(
    ("sse", "chemistry", "said"),
    [
        ("Li7La3Zr2O12", "oxide", "an oxide SSE"),
        ("LiTi2(PO4)3", "phosphate", "a phosphate SSE"),
        ("LiC2H4O", "oxide", "polymer"),
        ("C2H4O", "oxide", "no lithium"),
        ("LiYCl6", "halide", "do not balance"),
    ],
)
def test_an_electrolyte_unlike_all_calibrated_ones_is_flagged_and_wide(
    sse, chemistry, said, cells, inside
):
    """An oxide, a phosphate, a polymer: outside, with the reason, and four times as wide."""
    one = replace(row(cells, "lfp-lzc"), sse=(sse,), chemistry=(chemistry,))

    outside, widening, reason = judged(one, inside)

    assert outside
    assert widening == CHEMISTRY
    assert said in reason


def test_outside_the_interval_is_wide(cells, inside):
    """Another class of SSE: at least twice as wide in the reversible capacity."""
    known = replace(row(cells, "lfp-lzc"), sse=("Li2HfCl6",))
    other = replace(known, sse=("Li3PO4",), chemistry=("oxide",))
    fitted = default_calibration().fitted

    def width(features):
        widening = outside_domain(features, inside).widening
        found = summary(
            observables(features, fitted, widening=widening, laboratory=THESIS).reversible_capacity
        )
        return float(found.high[0] - found.low[0])

    assert width(other) > 2 * width(known)


def test_a_cell_that_oxidises_nothing_covers_no_oxidation(cells):
    """Li2ZrCl6 below its limit: 0 mAh/g are no oxidation of a chloride that anybody has seen."""
    one = row(cells, "lfp-lzc")
    none, some = (replace(one, oxidation=Drawn(np.array([x]), np.array([[x]]))) for x in (0.0, 1.0))

    assert covered(none, np.array([True])).oxidised == frozenset()
    assert covered(some, np.array([True])).oxidised == {"halide"}


def test_a_class_that_oxidises_in_no_cell_is_flagged(cells, inside):
    """Without the cells in which a chloride can be oxidised, its oxidation is a transfer."""
    one = replace(row(cells, "lfp-lzc"), oxidation=Drawn(np.array([169.0]), np.array([[169.0]])))
    unseen = inside._replace(oxidised=inside.oxidised - {"halide"})

    assert judged(one, unseen) == (True, REDOX, "no cell shows a halide oxidise")


def test_a_cathode_or_a_way_of_mixing_without_a_cell_is_flagged(cells, inside):
    """LiCoO2 was never calibrated, LiFePO4 only mixed by hand."""
    lfp = row(cells, "lfp-lzc")

    other = judged(
        replace(lfp, cathode=("LiCoO2",), low=np.array([3.0]), high=np.array([4.2])), inside
    )
    milled = judged(replace(lfp, milled=np.array([True])), inside)

    assert other == (True, CATHODE, "no cell with LiCoO2")
    assert milled == (True, CATHODE, "no cell with LiFePO4 milled")


def test_a_surface_far_from_all_cells_is_flagged(cells, inside):
    """Ketjenblack has some 500 m2 per gram of SSE, the cells 10 to 26."""
    one = row(cells, "s-micron")
    ketjen = replace(one, area=Drawn(np.array([500.0]), np.array([[500.0]])))
    less = replace(one, area=Drawn(one.area.value / 1.5, one.area.draws))

    assert judged(ketjen, inside)[:2] == (True, COMPOSITE)
    assert judged(less, inside)[:2] == (False, 1.0)


def test_doubts_multiply_and_are_all_named(cells, inside):
    """An oxide with LiCoO2: both factors, both reasons."""
    one = replace(
        row(cells, "lfp-lzc"),
        chemistry=("oxide",),
        cathode=("LiCoO2",),
        low=np.array([3.0]),
        high=np.array([4.2]),
    )

    outside, widening, reason = judged(one, inside)

    assert outside
    assert widening == CHEMISTRY * CATHODE
    assert reason == "no cell with an oxide SSE was calibrated; no cell with LiCoO2"


def test_a_cell_widens_what_is_covered(cells):
    """A chloride among the cells that oxidises covers chlorides that do."""
    one = replace(row(cells, "lfp-lzc"), oxidation=Drawn(np.array([169.0]), np.array([[169.0]])))

    found = covered(one, np.array([True]))

    assert judged(one, found) == (False, 1.0, "")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (2.5, 4.0, ""),
        (2.48, 4.04, ""),
        (2.5, 4.6, "cycled from 2.5 to 4.6 V, while the capacity of LiFePO4 is that from 2.5 to 4"),
        (3.0, 4.0, "cycled from 3 to 4 V"),
    ],
)
def test_another_window_than_that_of_the_known_capacity_is_said(low, high, said, cells, inside):
    """The capacity of a cathode does not follow its window, so the pair is outside, and wider."""
    cycled = replace(row(cells, "lfp-lpscl"), low=np.array([low]), high=np.array([high]))

    outside, widening, reason = judged(cycled, inside)

    assert (outside, widening) == ((True, CATHODE) if said else (False, 1.0))
    assert reason.startswith(said)
    assert bool(reason) == bool(said)


@pytest.mark.parametrize(
    ("run", "carbon", "factor", "said"),
    [
        (Conditions(0.5, 10.0), "VGCF", 1.0, ""),
        (Conditions(0.02, 0.4), "VGCF", 1.0, ""),
        (Conditions(2.0), "VGCF", RUN, "rate 2C far from that of all cells (0.1C)"),
        (Conditions(0.1, 11.0), "VGCF", RUN, "loading 11 mAh/cm2 far from that of all cells"),
        (Conditions(), "graphene", PATHS, "the share at which graphene percolates is not known"),
        (Conditions(), "my black", PATHS, "the share at which my black percolates is not known"),
        (Conditions(2.0, limited=False), "graphene", 1.0, ""),
    ],
)
def test_rates_loadings_and_paths_that_no_cell_has_are_said(
    run, carbon, factor, said, cells, inside
):
    """Beyond five times C/10 and 2 mAh/cm2; a carbon of which nobody knows where it percolates."""
    iron = cathode("LiFePO4")
    made = replace(recipe(iron.recipe), carbon=carbon)
    pair = Pair("Li2ZrCl6", iron, made)

    found = outside_domain(row(cells, "lfp-lzc"), inside, [pair], [run])

    assert found.widening[0] == factor
    assert found.reasons[0].startswith(said)
    assert bool(found.reasons[0]) == bool(said)
