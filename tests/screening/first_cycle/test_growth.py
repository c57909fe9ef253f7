"""A layer: what it touches, what drives it, what of the SSE reacts."""

from math import exp

import numpy as np
import pytest

from screening.first_cycle.growth import (
    any_of,
    left_open,
    mean_root,
    on_rows,
    reacted,
    root,
    touched,
)

ALL = np.array([True])


def test_what_is_touched_is_less_than_either():
    """1 / (1/2 + 1/2) = 1; of a large surface no more than the most, of a small one all."""
    assert touched(np.array([2.0]), 2.0).item() == pytest.approx(1.0)
    assert touched(np.array([1e9]), 2.0).item() == pytest.approx(2.0)
    assert touched(np.array([0.0]), 2.0).item() == 0.0


def test_the_root_is_soft_at_zero_and_a_root_above():
    """Root of 1 V; something at 0; nothing far below."""
    assert root(np.array(1.0)) == pytest.approx(1.0)
    assert 0.0 < root(np.array(0.0)) < 0.2
    assert root(np.array(-1.0)) < 1e-6


def test_the_mean_is_over_the_voltages_that_are_visited():
    """(root(1) + root(4)) / 2 = 1.5 from an onset at 0 V; idle rows have nothing."""
    visited = np.array([[1.0, 4.0], [1.0, 4.0]])

    found = mean_root(np.array([True, False]), visited, np.array([[0.0], [0.0]]))

    assert found.ravel() == pytest.approx([1.5, 0.0], rel=1e-4)


def test_an_onset_that_never_comes_drives_nothing():
    """An SSE without an oxidation limit has it at infinity."""
    assert mean_root(ALL, np.array([[3.0, 4.0]]), np.array([[np.inf]])).item() == 0.0


def test_what_reacts_saturates():
    """1 - exp(-2 x 0.5), and none where there is no layer."""
    rows = np.array([True, False])
    both = np.array([[2.0], [2.0]])

    assert reacted(rows, both, both / 4).ravel() == pytest.approx([1 - exp(-1.0), 0.0])


def test_idle_rows_are_not_computed():
    """The function sees the rows that matter, and no others."""
    seen = []

    def function(first, second):
        seen.append(first.shape)
        return first + second

    found = on_rows(np.array([True, False, True]), function, *np.ones((2, 3, 1)), otherwise=7.0)

    assert found.ravel().tolist() == [2.0, 7.0, 2.0]
    assert seen == [(2, 1)]


def test_what_an_interphase_leaves_open_never_vanishes():
    """1 / (1 + 2 x 0.5) is a half; a thousand times as much leaves a thousandth, not nothing."""
    amount = np.array([[0.0], [0.5], [500.0]])

    found = left_open(any_of(amount), np.full((3, 1), 2.0), amount)

    assert found.ravel() == pytest.approx([1.0, 0.5, 1 / 1001])
