import numpy as np

from stability.kernels.chemical_system import frozen
from stability.kernels.order_statistics import fill_ends

RNG = np.random.default_rng(4)


def ends(values, n_low, n_high):
    lowest, highest = np.zeros((len(values), n_low)), np.zeros((len(values), n_high))
    fill_ends(frozen(values), lowest, highest)
    return lowest, highest


def test_the_ends_of_rows_are_those_of_sorted_rows():
    """Ties, infinities and rows in order or against it are sorted like all others."""
    values = RNG.normal(size=(50, 30)).round(1)
    values[0, :3], values[1, :4] = np.inf, -np.inf
    values[2], values[3] = np.arange(30.0), np.arange(30.0)[::-1]

    lowest, highest = ends(values, 4, 7)

    sorted_rows = np.sort(values, axis=1)
    assert np.array_equal(lowest, sorted_rows[:, :4])
    assert np.array_equal(highest, sorted_rows[:, ::-1][:, :7])


def test_a_row_with_nan_has_no_ends():
    """As with numpy, one number that is none spoils its row, and no other."""
    values = np.arange(12.0).reshape(2, 6)
    values[0, 5] = np.nan

    lowest, highest = ends(values, 2, 1)

    assert np.isnan(lowest[0]).all()
    assert np.isnan(highest[0]).all()
    assert lowest[1].tolist() == [6.0, 7.0]
    assert highest[1].tolist() == [11.0]
