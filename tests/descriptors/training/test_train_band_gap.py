import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from descriptors.electrolyte.band_gap import (
    described,
    networks,
    probabilities,
    standardised,
)
from descriptors.electrolyte.network import frozen, saved
from descriptors.errors import DescriptorError
from descriptors.training.train_band_gap import (
    SETTINGS,
    TWIN,
    band_gap_table,
    judgement,
    trained,
)
from descriptors.training.train_network import held_out, run

QUICK = SETTINGS | {"hidden_layer_sizes": (16,), "max_iter": 15}


def write(path, rows):
    names = ("formula", "gap_median_ev")
    pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), path)
    return path


def rows():
    """Return salts whose gap is the share of the second element times 4 eV, and alloys of 0."""
    salts = [
        (f"{one}{n}{two}{m}", 4.0 * m / (n + m))
        for one in ("Li", "Na", "K", "Mg", "Ca", "Al")
        for two in ("O", "S", "Cl", "F", "N")
        for n in range(1, 6)
        for m in range(1, 5)
    ]
    alloys = [(f"Fe{n}Ni{m}", 0.0) for n in range(1, 10) for m in range(1, 10)]
    return salts + alloys


@pytest.fixture
def table(tmp_path):
    return write(tmp_path / "gaps.parquet", rows())


def test_rows_without_a_gap_are_left_out(table, tmp_path):
    """A missing gap is none."""
    more = write(tmp_path / "more.parquet", [*rows(), ("LiCl", None)])

    assert len(band_gap_table(more).values) == len(rows()) == len(band_gap_table(table).values)


@pytest.mark.parametrize(
    "bad", [[("LiCl", 6.0)], [(f"LiCl{n}", -1.0) for n in range(1, 600)]], ids=["few", "negative"]
)
def test_a_table_that_cannot_be_learned_from_is_refused(tmp_path, bad):
    """Too few rows, a gap below 0."""
    with pytest.raises(DescriptorError, match="gap"):
        band_gap_table(write(tmp_path / "bad.parquet", bad))


def test_another_file_is_refused(tmp_path):
    """Text is no parquet; a table without the columns is named too; the command exits with 2."""
    path = tmp_path / "text.parquet"
    path.write_text("gap")
    with pytest.raises(DescriptorError, match="parquet"):
        band_gap_table(path)
    with pytest.raises(SystemExit) as stopped:
        run(TWIN, [str(path)])
    assert stopped.value.code == 2


def test_plain_arrays_predict_what_the_library_does(table, monkeypatch, tmp_path):
    """The softmax of scikit-learn and ours agree; so does the file, to half precision."""
    neural = pytest.importorskip("sklearn.neural_network", reason="scikit-learn trains the model")
    made = []

    class Kept(neural.MLPClassifier):
        def fit(self, *arrays):
            made.append(self)
            return super().fit(*arrays)

    monkeypatch.setattr(neural, "MLPClassifier", Kept)
    found = band_gap_table(table)
    model = trained(found, "a test", settings=QUICK, networks=2)
    inputs = standardised(
        described(found.fractions), model.constants["mean"], model.constants["spread"]
    )
    ours = probabilities(model, found.fractions)

    theirs = np.mean([network.predict_proba(inputs) for network in made], axis=0)
    assert ours == pytest.approx(theirs, abs=1e-4)
    np.savez(tmp_path / "model.npz", **frozen(model))
    assert probabilities(saved(tmp_path / "model.npz"), found.fractions) == pytest.approx(
        ours, abs=0.02
    )


def test_what_is_learned_beats_the_mean(table):
    """On rows that it has not seen."""
    found = band_gap_table(table)
    judged = judgement(trained(found, "a test", settings=QUICK, networks=1), found)

    assert judged.error < 0.5 * judged.baseline
    assert judged.metals > 0.9
    assert judged.rows == held_out(found).sum()


def test_the_shipped_model_is_as_good_as_we_say(reference):
    """0.33 eV on held-out compositions; the mean would be wrong by 1.32 eV."""
    judged = judgement(networks(), band_gap_table(reference / "mp_band_gaps.parquet"))

    assert judged.error < 0.34 < 0.3 * judged.baseline
    assert judged.coverage > 0.9
    assert judged.insulator_coverage > 0.9
    assert judged.metals > 0.89
