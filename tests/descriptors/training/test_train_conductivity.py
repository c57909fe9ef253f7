import numpy as np
import pytest

from descriptors.electrolyte.composition import ELEMENTS
from descriptors.electrolyte.conductivity import expectation, likeness, predict, tree_sum
from descriptors.electrolyte.conductivity_model import shipped_model
from descriptors.errors import ImpossibleValueError
from descriptors.training import train_conductivity
from descriptors.training.train_conductivity import (
    NOISE,
    SEEDS,
    conductivity_table,
    exported,
    learned,
    main,
    regressor,
    trained_model,
    untrained,
)

HEADER = "True Composition,Ionic conductivity (S cm-1),DOI\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(
        HEADER + "Li3N,1e-3,a\nLi2S,<1E-10,b\nLi6N2,1e-4,c\nLiCl,1e-9,b\nLiI,1e-7,\nLiBr,1e-8,\n"
    )
    return path


def test_materials_of_one_paper_or_composition_are_held_out_together(table):
    """Li3N and Li6N2 are one composition; Li2S and LiCl, one paper; no paper is no link."""
    group = conductivity_table(table).group

    assert group[0] == group[2]
    assert group[1] == group[3]
    assert len(set(group)) == 4


def test_a_limit_of_detection_is_known_as_one(table):
    """<1E-10 is -10, and marked."""
    read = conductivity_table(table)

    assert read.target[:2].tolist() == pytest.approx([-3.0, -10.0])
    assert read.censored.tolist() == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    "text", [HEADER, "formula\nLi\n", HEADER + "Li3N,fast,a\n", HEADER + "Li3N,0,a\n"]
)
def test_a_table_that_cannot_be_learned_from_is_refused(tmp_path, text):
    """Empty, without its columns, without a number, not above 0."""
    path = tmp_path / "bad.csv"
    path.write_text(text)

    with pytest.raises(ImpossibleValueError, match=r"bad\.csv"):
        conductivity_table(path)


def test_plain_arrays_predict_what_the_trained_trees_do():
    """On random features, also exactly at thresholds, to single precision of the leaves."""
    random = np.random.default_rng(7)
    features = random.random((300, 5)).round(2).astype(np.float32)
    target = features @ [1.0, -2.0, 3.0, 0.0, 1.0] + features[:, 0] ** 2
    ensembles = [regressor(seed).fit(features, target) for seed in SEEDS]

    bare = untrained(np.full((1, len(ELEMENTS)), 1 / len(ELEMENTS)))
    ours = tree_sum(exported(ensembles, bare), features.astype(float))

    theirs = np.mean([each.predict(features) for each in ensembles], axis=0)
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_the_process_solves_its_equations(random_table):
    """Covariance times pull is target minus start: eq. 2.25 of Rasmussen and Williams.

    All of one weight, as every row has a paper of its own, so the diagonal is the noise.
    """
    read = conductivity_table(random_table)
    rows = np.unique(read.shares.round(9), axis=0, return_index=True)[1]
    model = learned(read, rows, seeds=SEEDS[:1])
    shares = model.materials.astype(float)

    covariance = likeness(model, shares, shares) + NOISE * np.eye(len(rows))

    assert model.start == pytest.approx(read.target[rows].mean())
    assert covariance @ model.pull + model.start == pytest.approx(read.target[rows], abs=1e-6)


def test_the_command_writes_a_model_without_objects(tmp_path, random_table, monkeypatch):
    """Read back without pickle; trained twice, the bytes are the same."""
    monkeypatch.setattr(train_conductivity, "N_TREES", 20)  # Enough to see, and quick.
    for name in ("one", "two"):
        main([str(random_table), "--output", str(tmp_path / f"{name}.npz"), "--origin", "noise"])

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with np.load(tmp_path / "one.npz", allow_pickle=False) as stored:
        assert str(stored["origin"]) == "noise"
        assert all(array.dtype.kind in "uifU" for array in stored.values())


@pytest.fixture
def random_table(tmp_path):
    random = np.random.default_rng(3)
    rows = [
        f"Li{random.integers(1, 9)}Ge{random.integers(1, 9)}S{n},1e-{random.integers(2, 9)},{n}\n"
        for n in range(1, 41)
    ]
    path = tmp_path / "random.csv"
    path.write_text(HEADER + "".join(rows))
    return path


@pytest.mark.slow
def test_the_shipped_model_is_what_the_train_split_teaches(reference):
    """Rebuilt from OBELiX's train split, it predicts the same of its materials."""
    table = conductivity_table(reference / "obelix" / "train.csv")
    shipped = shipped_model()
    rebuilt = trained_model(table, origin=shipped.origin)

    ours, theirs = (expectation(each, table.shares) for each in (rebuilt, shipped))
    assert ours == pytest.approx(theirs, abs=1e-5)
    ours, theirs = (predict(table.shares, ELEMENTS, model=each) for each in (rebuilt, shipped))
    assert np.allclose(np.array(ours), np.array(theirs), atol=1e-5)
