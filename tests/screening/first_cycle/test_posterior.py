import numpy as np
import pytest

from screening.first_cycle.posterior import fits

N = 4000


def normal(*shape):
    return np.random.default_rng(7).standard_normal(shape)


def test_draws_of_a_linear_model_are_its_posterior():
    """Data 3 +- 1/2 with a prior 0 +- 1 weigh as 4 to 1: mean 3 x 4/5, variance 1/5."""
    shaken = normal(2, N)

    found = fits(
        lambda z, _: (z - 3.0) / 0.5,
        np.zeros((0, 1), int),
        shaken[:1],
        np.zeros((0, 1, N)),
        shaken[1:],
    ).common[0]

    assert found.mean() == pytest.approx(2.4, abs=4 * np.sqrt(0.2 / N))
    assert found.std() == pytest.approx(np.sqrt(0.2), rel=0.05)


def test_the_evidence_is_the_probability_of_the_data():
    """The data 3 +- 1 with a prior 0 +- 1 are normal about 0 with variance 2: exp(-9/4)/root 2.

    Another datum of 0 has 1/root 2, so that their ratio is exp(-9/4).
    """
    one = np.zeros((1, 1))

    def evidence(value):
        found = fits(
            lambda z, _: z - value,
            np.zeros((0, 1), int),
            one,
            np.zeros((0, 1, 1)),
            np.zeros((1, 1)),
        )
        return found.log_evidence.item()

    assert evidence(3.0) - evidence(0.0) == pytest.approx(-9 / 4)
    assert evidence(0.0) == pytest.approx(-np.log(2) / 2)


def test_what_a_group_has_to_itself_moves_its_own_data_only():
    """Two groups at 2 and -2: the common part stays at 0, half of each goes to its own."""
    found = fits(
        lambda z, own: np.stack([z[0] + own[0, 0] - 2.0, z[0] + own[0, 1] + 2.0]),
        np.array([[0, 1]]),
        np.zeros((1, 1)),
        np.zeros((1, 2, 1)),
        np.zeros((2, 1)),
    )

    assert found.common.item() == pytest.approx(0.0, abs=1e-3)
    assert found.own[0, :, 0] == pytest.approx([1.0, -1.0], abs=1e-3)


def test_a_bent_model_is_fitted_where_it_is_best():
    """exp(z) = 20 +- 0.02 has its fit at ln 20, where a linear step would overshoot."""
    found = fits(
        lambda z, _: (np.exp(z) - 20.0) / 0.02,
        np.zeros((0, 1), int),
        np.zeros((1, 3)),
        np.zeros((0, 1, 3)),
        np.zeros((1, 3)),
    )

    assert found.common[0] == pytest.approx(np.log(20.0), abs=1e-4)


def test_columns_are_problems_of_their_own():
    """The same data with other priors beside them give the same fit."""
    centres = np.array([[0.0, 1.0, -2.0]])

    def fit(common):
        n = common.shape[1]
        return fits(
            lambda z, _: z**3 - 1.0,
            np.zeros((0, 1), int),
            common,
            np.zeros((0, 1, n)),
            np.zeros((1, n)),
        ).common[0]

    alone = [fit(centres[:, k : k + 1]).item() for k in range(3)]

    assert fit(centres) == pytest.approx(alone, abs=0.01)


def test_kinds_of_groups_share_what_they_have_in_common():
    """Cells 0 and 1 of one laboratory at 2, cell 2 of another at 0: prior 1 for every part.

    Both cells are alike. lab^2 + 2 cell^2 + 2 (2 - lab - cell)^2 is least where lab = 2 cell =
    2 (2 - lab - cell): a cell has 1/2 and its laboratory 1.
    """
    found = fits(
        lambda _, own: np.stack([
            own[0, 0] + own[1, 0] - 2.0, own[0, 1] + own[1, 0] - 2.0, own[0, 2] + own[1, 1],
        ]),
        np.array([[0, 1, 2], [0, 0, 1]]),
        np.zeros((1, 1)),
        np.zeros((2, 3, 1)),
        np.zeros((3, 1)),
    )  # fmt: skip

    assert found.own[0, :, 0] == pytest.approx([0.5, 0.5, 0.0], abs=1e-3)
    assert found.own[1, :2, 0] == pytest.approx([1.0, 0.0], abs=1e-3)
