import numpy as np
import pytest

from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.conductivity_model import Model, shipped_model
from descriptors.electrolyte.frameworks import NO_FRAMEWORK, frameworks


def likeness(model, one, other):
    arrays = model.arrays._replace(materials=element_shares([other]).astype(np.float32))
    shares = element_shares([one])
    return Model(arrays).likeness(shares, frameworks(shares)).item()


def test_the_shipped_model_is_whole():
    """Every figure has a material that adds up to 1, a paper, and a framework."""
    model = shipped_model()
    arrays = model.arrays

    assert arrays.materials.shape == (len(arrays.pull), len(ELEMENTS))
    assert arrays.materials.sum(axis=1) == pytest.approx(np.ones(len(arrays.pull)), abs=1e-6)
    assert len(arrays.formulas) == len(arrays.pull)
    assert set(arrays.paper) == set(range(len(arrays.papers)))
    assert not (model.kinds.family == NO_FRAMEWORK).any()


def test_what_is_identical_is_like_itself_by_all_variances():
    """Distance 0 in every term, exp(0) = 1 of each variance; all else is less alike."""
    model = shipped_model()
    variances = model.arrays.variances
    most = (
        variances.common + variances.family + variances.subclass + model.arrays.kernel[:, 1].sum()
    )

    assert likeness(model, "Li6PS5Cl", "Li12P2S10Cl2") == pytest.approx(most)
    assert likeness(model, "Li6PS5Cl", "Li6PS5Br") < most
    assert likeness(model, "Li6PS5Cl", "LiF") < likeness(model, "Li6PS5Cl", "Li6PS5Br")


def test_likeness_is_by_hand():
    """LiCl and LiBr: common, family and sub-class, and one term: Cl is next to Br on the scale.

    Half an atom moves by one place, 0.5: 4 + 0.36 + 2.5 + 2 exp(-0.5 / 3).
    """
    model = shipped_model()
    model = Model(model.arrays._replace(kernel=np.array([[2.0, 2.0, 3.0]])))
    variances = model.arrays.variances

    shared = variances.common + variances.family + variances.subclass
    assert likeness(model, "LiCl", "LiBr") == pytest.approx(shared + 2 * np.exp(-0.5 / 3))


def test_figures_come_back_from_the_pull():
    """Li6PS5Cl was measured by many: its median is that of an argyrodite, 1e-4 to 1e-2 S/cm."""
    model = shipped_model()
    own = model.arrays.formulas == "Li6PS5Cl"

    assert own.sum() > 2
    assert model.typical[own] == pytest.approx(np.median(model.figures[own]))
    assert -4 < np.median(model.figures[own]) < -2


def test_relatives_are_different_materials():
    """A material that ten papers have measured is one relative, not three."""
    model = shipped_model()
    shares = element_shares(["Li6PS5Cl", "Li3YBr6"])
    said = model.posterior(shares, frameworks(shares))

    for row in said.relatives:
        assert len({model.arrays.materials[place].tobytes() for place in row}) == len(row)
    assert model.arrays.formulas[said.relatives[0, 0]] == "Li6PS5Cl"


def test_fewer_figures_never_make_a_process_surer():
    """Half of the materials taken away at random: no deviation becomes smaller."""
    model = shipped_model()
    shares = element_shares(["Li6PS5Cl", "Li3YBr6", "Li2RhCl6", "LiTi2O4", "Li3Bi", "Li4B7O12Cl"])
    kinds = frameworks(shares)
    all_of_them = model.posterior(shares, kinds).deviation
    rows = np.random.default_rng(5).permutation(len(model.arrays.pull))[::2]
    arrays = model.arrays
    fewer = Model(
        arrays._replace(
            materials=arrays.materials[rows],
            paper=arrays.paper[rows],
            secondhand=arrays.secondhand[rows],
            pull=arrays.pull[rows],
        )
    )

    assert (fewer.posterior(shares, kinds).deviation >= all_of_them - 1e-9).all()


def test_it_says_what_it_was_trained_on():
    """The source of each prediction names the data."""
    assert "OBELiX" in shipped_model().arrays.origin
