import numpy as np
import pytest

from stability.kernels import pooled_programs as programs
from stability.kernels.chemical_system import new_system


@pytest.fixture
def work():
    """Return work space for two draws and few columns."""
    return programs.new_programs(3, 12)


def test_an_inverse_is_made_anew_from_its_columns(work):
    """That of a basis of three columns, as numpy has it; dependent columns are left alone."""
    rng = np.random.default_rng(1)
    matrix = np.zeros((16, 12))
    matrix[:3, :5] = rng.random((3, 5))
    work.basis[:3] = 4, 0, 2

    assert programs._inverted(matrix, 3, work)
    np.testing.assert_allclose(work.inverse[:3, :3], np.linalg.inv(matrix[:3, [4, 0, 2]]))

    work.basis[:3] = 1, 1, 2
    assert not programs._inverted(matrix, 3, work)


def test_a_program_by_hand(work):
    """Half Li, half S: Li2S at -1.5, -1.6 and -0.1 eV/atom is 3/4 of it; or nothing, at +1."""
    system = new_system()
    system.matrix[:2, :3] = [[1.0, 1 / 3, 0.0], [0.0, 2 / 3, 1.0]]  # S, Li2S, Li
    system.lithium[:3] = 0.0, 2 / 3, 1.0
    work.by_draw[:, :3] = [[0.0, -1.5, 0.0], [0.0, -1.6, 0.0], [0.0, 1.0, 0.0]]
    work.by_column[:3] = work.by_draw[:, :3].T
    work.exact[:2] = 0.5, 0.5
    programs.nudge(2, work)

    assert programs.solve(system, 0.0, 2, 3, 2, work) == 0

    assert work.value == pytest.approx([-1.125, -1.2, 0.0])
    assert work.mixed == pytest.approx([0.5, 0.5, 0.5])
    assert work.duals[0, :2] == pytest.approx([0.0, -2.25])  # Sulfur is left over: -1.5 / (2/3).


def test_the_lowest_price_is_zero_at_most():
    """Reduced costs of columns of one to five rows at 2 V, and the least of them."""
    rng = np.random.default_rng(2)
    for m in range(1, 6):
        matrix, cost, duals = rng.random((16, 9)), rng.random(9), rng.random(16)
        lithium, reduced = rng.random(9), np.empty(9)

        lowest = programs._priced(matrix, cost, lithium, 2.0, duals, m, 9, reduced)

        expected = cost + 2.0 * lithium - duals[:m] @ matrix[:m]
        np.testing.assert_allclose(reduced, expected)
        assert lowest == min(0.0, reduced.min())
