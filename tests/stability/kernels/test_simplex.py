from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from stability.kernels.simplex import (
    OK,
    UNBOUNDED,
    lowest_energy,
    minimise,
    new_line,
    new_workspace,
    start_from_elements,
    trace,
)

ROUNDINGS = [15, 2, 1, 0]
"""Decimals of the energies: the coarser, the more ties; at 0 nearly every vertex is degenerate."""


@st.composite
def programs(draw):
    """Draw columns (elements first), their energies and two compositions."""
    m = draw(st.integers(2, 9))
    n = draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    amounts = rng.integers(0, 5, (m, n)).astype(float)
    amounts[:, amounts.sum(axis=0) == 0] = 1
    columns = np.hstack([np.eye(m), amounts / amounts.sum(axis=0)])
    cost = np.append(np.zeros(m), np.round(rng.normal(-1, 1, n), draw(st.sampled_from(ROUNDINGS))))
    ends = rng.integers(0, 4, (2, m)).astype(float)
    ends[ends.sum(axis=1) == 0] = 1
    ends /= ends.sum(axis=1)[:, None]
    if draw(st.booleans()) and n:
        ends[0] = columns[:, m]  # A compound: all other amounts are zero, a degenerate optimum.
    return columns, cost, ends[0], ends[1]


def solved(columns, cost, target):
    """Return the workspace after minimising from the elements, and the outcome."""
    m, n = columns.shape
    ws = new_workspace(n)
    start_from_elements(ws, m, m - 1)
    return ws, minimise(ws, columns, cost, m, n, target)


def traced(columns, cost, start, end, x_from=0.0, x_to=1.0):
    """Return the line between two places of start to end and its number of segments."""
    m, n = columns.shape
    ws, outcome = solved(columns, cost, (1 - x_from) * start + x_from * end)
    assert outcome == OK
    line = new_line()
    return line, trace(ws, columns, cost, m, n, start, end, x_from, x_to, line)


def independent(columns, cost, target):
    """Return the lowest energy by HiGHS."""
    return linprog(cost, A_eq=columns, b_eq=target, method="highs-ds").fun


@settings(max_examples=150)
@given(programs())
def test_the_lowest_energy_is_that_of_an_independent_solver(program):
    """Random programs, down to energies in whole eV, against HiGHS."""
    columns, cost, target, _ = program
    m = len(columns)

    ws, outcome = solved(columns, cost, target)

    assert outcome == OK
    energy = lowest_energy(ws, m, target)
    assert energy == pytest.approx(independent(columns, cost, target), abs=1e-9)


@settings(max_examples=100)
@given(programs())
def test_an_optimum_carries_its_own_proof(program):
    """Amounts are feasible, no reduced cost is negative, and both sides give the same energy."""
    columns, cost, target, _ = program
    m = len(columns)

    ws, _ = solved(columns, cost, target)

    basis, amounts, duals = ws.basis[:m], ws.amounts[:m], ws.duals[:m]
    assert (amounts >= 0).all()
    assert columns[:, basis] @ amounts == pytest.approx(target, abs=1e-9)
    assert (cost - duals @ columns >= -1e-9).all()
    assert cost[basis] @ amounts == pytest.approx(duals @ target, abs=1e-9)


@settings(max_examples=60)
@given(programs(), st.floats(0, 1))
def test_between_kinks_the_energy_is_linear_and_lowest(program, fraction):
    """At any place of a line the traced energy is what an independent solver finds there."""
    columns, cost, start, end = program

    line, segments = traced(columns, cost, start, end)

    assert segments >= 1
    x, energy = line.x[: segments + 1], line.energy[: segments + 1]
    place = (1 - fraction) * start + fraction * end
    assert np.interp(fraction, x, energy) == pytest.approx(
        independent(columns, cost, place), abs=1e-8
    )


@settings(max_examples=60)
@given(programs())
def test_kinks_rise_from_end_to_end_and_the_energy_is_convex(program):
    """A lower hull: kinks run from 0 to 1 and the slope never falls."""
    columns, cost, start, end = program

    line, segments = traced(columns, cost, start, end)

    x, energy = line.x[: segments + 1], line.energy[: segments + 1]
    slopes = np.diff(energy) / np.diff(x)
    assert x[0] == 0
    assert x[-1] == 1
    assert (np.diff(x) > 0).all()
    assert all(right >= left - 1e-6 for left, right in pairwise(slopes))


@settings(max_examples=60)
@given(programs())
def test_each_kink_conserves_atoms_and_is_certified(program):
    """Products add up to the mixture; the potentials of each segment leave no column cheaper."""
    columns, cost, start, end = program
    m = len(columns)

    line, segments = traced(columns, cost, start, end)

    for k in range(segments + 1):
        mixture = (1 - line.x[k]) * start + line.x[k] * end
        basis, amounts = line.basis[k, :m], line.amounts[k, :m]
        assert columns[:, basis] @ amounts == pytest.approx(mixture, abs=1e-7)
        assert cost[basis] @ amounts == pytest.approx(line.energy[k], abs=1e-7)
        assert (cost - line.duals[k, :m] @ columns >= -1e-8).all()


@settings(max_examples=40)
@given(programs())
def test_a_line_traced_backwards_has_the_same_kinks(program):
    """Swapping start and end mirrors the kinks, as long as energies are not rounded into ties."""
    columns, cost, start, end = program
    rng = np.random.default_rng(0)
    cost = cost + np.append(np.zeros(len(columns)), rng.normal(0, 1e-3, len(cost) - len(columns)))

    there, n_there = traced(columns, cost, start, end)
    back, n_back = traced(columns, cost, end, start)

    assert n_there == n_back
    x = there.x[: n_there + 1]
    assert x == pytest.approx(1 - back.x[: n_back + 1][::-1], abs=1e-7)
    assert there.energy[: n_there + 1] == pytest.approx(back.energy[: n_back + 1][::-1], abs=1e-9)


@settings(max_examples=60)
@given(programs(), st.floats(0, 0.5), st.floats(0.5, 1))
def test_a_part_of_a_line_is_the_line_there(program, x_from, x_to):
    """Traced between two places, the energy is what the whole line has there, ends included."""
    columns, cost, start, end = program
    assume(x_to - x_from > 1e-6)

    whole, n_whole = traced(columns, cost, start, end)
    part, n_part = traced(columns, cost, start, end, x_from, x_to)

    x, energy = part.x[: n_part + 1], part.energy[: n_part + 1]
    assert (x[0], x[-1]) == (x_from, x_to)
    assert energy == pytest.approx(
        np.interp(x, whole.x[: n_whole + 1], whole.energy[: n_whole + 1]), abs=1e-8
    )


@settings(max_examples=40)
@given(programs())
def test_a_line_keeps_the_inverse_of_each_basis(program):
    """From the inverse of a segment's basis the amounts anywhere on it follow."""
    columns, cost, start, end = program
    m = len(columns)

    line, segments = traced(columns, cost, start, end)

    for k in range(segments):
        basis = columns[:, line.basis[k, :m]]
        assert line.inverse[k, :m, :m] @ basis == pytest.approx(np.eye(m), abs=1e-7)


def test_two_elements_and_one_compound_by_hand():
    """AB at -1 eV/atom: from A to B the energy falls to -1 at x = 1/2 and rises again."""
    columns = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])

    line, segments = traced(columns, np.array([0.0, 0.0, -1.0]), columns[:, 0], columns[:, 1])

    assert segments == 2
    assert line.x[:3].tolist() == [0, 0.5, 1]
    assert line.energy[:3].tolist() == pytest.approx([0, -1, 0])
    # mu_A + mu_B = -2 on both segments; mu_A = 0 beside A, mu_B = 0 beside B.
    assert line.duals[0, :2].tolist() == pytest.approx([0, -2])
    assert line.duals[1, :2].tolist() == pytest.approx([-2, 0])


def test_a_line_of_one_point_has_no_interior_kink():
    """From a composition to itself the products never change."""
    columns = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])

    line, segments = traced(columns, np.array([0.0, 0.0, -1.0]), columns[:, 2], columns[:, 2])

    assert segments == 1
    assert line.x[:2].tolist() == [0, 1]
    assert line.energy[:2].tolist() == pytest.approx([-1, -1])


def test_a_warm_start_from_another_cost_finds_the_same_optimum():
    """A basis stays feasible when only costs change, as from one voltage to the next."""
    rng = np.random.default_rng(7)
    for _ in range(50):
        amounts = rng.integers(0, 5, (5, 30)).astype(float) + 1e-3
        columns = np.hstack([np.eye(5), amounts / amounts.sum(axis=0)])
        first, second = np.append(np.zeros((2, 5)), rng.normal(-1, 1, (2, 30)), axis=1)
        target = np.full(5, 0.2)
        ws, _ = solved(columns, first, target)

        assert minimise(ws, columns, second, 5, 35, target) == OK
        assert lowest_energy(ws, 5, target) == pytest.approx(
            independent(columns, second, target), abs=1e-9
        )


def test_a_program_without_a_lowest_energy_is_reported():
    """A column of nothing that gains energy would be made without end."""
    columns = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])

    _, outcome = solved(columns, np.array([0.0, 0.0, -1.0]), np.array([0.5, 0.5]))

    assert outcome == UNBOUNDED
