import numpy as np
import pytest

from descriptors.electrolyte.composition import ELEMENTS
from descriptors.electrolyte.conductivity import predict
from descriptors.electrolyte.conductivity_model import shipped_model
from descriptors.training.conductivity_figures import conductivity_table
from descriptors.training.train_conductivity import (
    START,
    left_out,
    main,
    trained_model,
    untrained,
)

HEADER = "True Composition,Ionic conductivity (S cm-1),DOI\n"


@pytest.fixture
def path(tmp_path):
    random = np.random.default_rng(3)
    rows = [
        f"Li{li}Ge{ge}S{n},1e-{decades},p{n % 9}"
        for n, (li, ge, decades) in enumerate(random.integers([1, 1, 2], 9, (40, 3)), start=1)
    ]
    path = tmp_path / "random.csv"
    path.write_text(HEADER + "\n".join([*rows, "Li4SnS4,<1e-12,q"]) + "\n")
    return path


def test_the_process_solves_its_equations(path):
    """Covariance times pull is target minus start: eq. 2.25 of Rasmussen and Williams.

    A limit of 1e-12 is learned as a figure.
    """
    table = conductivity_table([path])
    model = trained_model(table, origin="noise")

    assert model.covariance @ model.arrays.pull == pytest.approx(table.target - START)
    assert model.figures == pytest.approx(table.target)
    assert model.figures.min() == pytest.approx(-12)


def test_left_out_in_closed_form_is_left_out_by_hand(path):
    """The blocks of the precision say what a process without these rows says."""
    table = conductivity_table([path])
    model = untrained(table, origin="")
    target = table.target
    groups = np.arange(len(target)) % 7
    found = left_out(model, target, groups)

    rest, gone = groups != 3, groups == 3
    covariance = model.covariance
    cross = covariance[np.ix_(gone, rest)]
    weights = np.linalg.solve(covariance[np.ix_(rest, rest)], cross.T).T
    mean = START + weights @ (target[rest] - START)
    variance = (covariance[np.ix_(gone, gone)] - weights @ cross.T).diagonal()
    assert found.mean[gone] == pytest.approx(mean)
    assert found.deviation[gone] == pytest.approx(np.sqrt(variance))


def test_a_subclass_without_figures_is_less_sure():
    """The shipped intervals of unknown sub-classes reach at least as far as normal ones."""
    arrays = shipped_model().arrays

    assert min(arrays.unknown) >= 1.645
    assert min(arrays.known) > 1


def test_the_command_writes_a_model_without_objects(tmp_path, path):
    """Read back without pickle; trained twice, the bytes are the same."""
    for name in ("one", "two"):
        main([str(path), "--output", str(tmp_path / f"{name}.npz"), "--origin", "noise"])

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with np.load(tmp_path / "one.npz", allow_pickle=False) as stored:
        assert str(stored["origin"]) == "noise"
        assert all(array.dtype.kind in "uifUb" for array in stored.values())


def test_the_shipped_model_is_what_the_figures_teach(reference):
    """Rebuilt from the tables it names, without OBELiX's test split, it predicts the same."""
    obelix, more = reference / "obelix", reference / "conductivity"
    tables = [obelix / "train.csv", more / "laskowski_liverpool.csv"]
    tables += [more / "scandium_verified.csv", reference / "literature" / "conductivity.csv"]
    table = conductivity_table(tables, without=[obelix / "test.csv"])
    rebuilt = trained_model(table, origin="")

    few = table.shares[::20]
    ours, theirs = (predict(few, ELEMENTS, model=each) for each in (rebuilt, shipped_model()))
    for one, other in zip(ours[:3], theirs[:3], strict=True):
        assert one == pytest.approx(other, abs=1e-5)
