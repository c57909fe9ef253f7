import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from descriptors.electrolyte.atomic_fractions import features
from descriptors.electrolyte.network import outputs, saved
from descriptors.errors import DescriptorError
from descriptors.training.train_moduli import (
    FOLDS,
    SETTINGS,
    TWIN,
    judgement,
    moduli_table,
    trained,
)
from descriptors.training.train_network import held_out, run

QUICK = SETTINGS | {"hidden_layer_sizes": (8,), "max_iter": 3}


def write(path, rows):
    names = ("formula", "bulk_modulus_gpa", "shear_modulus_gpa")
    pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), path)
    return path


@pytest.fixture
def table(tmp_path):
    """Return a table of salts whose stiffness grows with the share of the second element."""
    rows = [
        (f"{one}{n}{two}{m}", 10.0 * (1 + m / (n + m)), 5.0 * (1 + m / (n + m)))
        for one in ("Li", "Na", "K", "Mg", "Ca", "Al")
        for two in ("O", "S", "Cl", "F", "N")
        for n in range(1, 6)
        for m in range(1, 5)
    ]
    return write(tmp_path / "moduli.parquet", rows)


def test_useless_rows_are_left_out(table, tmp_path):
    """A modulus that is missing or below 1 GPa is none."""
    rows = pq.read_table(table).to_pylist()
    bad = [("LiCl", None, 5.0), ("LiCl", 0.0, 5.0), ("LiCl", 5.0, 0.5)]
    more = write(tmp_path / "more.parquet", [*[tuple(row.values()) for row in rows], *bad])

    assert len(moduli_table(more).values) == len(rows) == len(moduli_table(table).values)


def test_the_plain_networks_are_those_of_the_library(table, monkeypatch):
    """What scikit-learn predicts, numpy predicts."""
    neural = pytest.importorskip("sklearn.neural_network", reason="scikit-learn trains the model")
    made = []

    class Kept(neural.MLPRegressor):
        def fit(self, *arrays):
            made.append(self)
            return super().fit(*arrays)

    monkeypatch.setattr(neural, "MLPRegressor", Kept)
    found = moduli_table(table)
    model = trained(found, "a test", settings=QUICK)
    seen = features(found.fractions)

    assert len(made) == len(model.networks) == FOLDS
    for library, layers in zip(made, model.networks, strict=True):
        assert outputs(layers, seen) == pytest.approx(library.predict(seen), abs=1e-12)


def test_one_command_makes_the_file(table, tmp_path, capsys):
    """It says how well it does, and the file says what it was made from; twice the same file."""
    pytest.importorskip("sklearn", reason="scikit-learn trains the model")
    files = [tmp_path / "one.npz", tmp_path / "two.npz"]
    for out in files:
        with pytest.raises(SystemExit) as end:
            run(TWIN, [str(table), "--out", str(out)])
        assert end.value.code == 0

    assert "inside the 90 % interval" in capsys.readouterr().err
    assert "moduli.parquet" in saved(files[0]).story
    assert files[0].stat().st_size < 300_000
    assert files[0].read_bytes() == files[1].read_bytes()
    result = judgement(saved(files[0]), moduli_table(table))
    assert result.rows == held_out(moduli_table(table)).sum()
    assert (result.error < result.baseline).all()


def test_a_table_that_is_none(tmp_path, capsys):
    """One clear line: no file, no column, too few rows."""
    with pytest.raises(DescriptorError, match="no parquet table"):
        moduli_table(tmp_path / "nothing.parquet")
    pq.write_table(pa.table({"formula": ["LiCl"]}), tmp_path / "short.parquet")
    with pytest.raises(DescriptorError, match="shear_modulus_gpa"):
        moduli_table(tmp_path / "short.parquet")
    few = write(tmp_path / "few.parquet", [("LiCl", 30.0, 20.0)])
    with pytest.raises(DescriptorError, match="1 rows with both moduli"):
        moduli_table(few)
    with pytest.raises(SystemExit):
        run(TWIN, [str(few)])
    assert "give 250 or more" in capsys.readouterr().err
