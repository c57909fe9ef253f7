import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from descriptors.electrolyte.atomic_fractions import ELEMENTS
from descriptors.electrolyte.network import Ensemble
from descriptors.errors import DescriptorError
from descriptors.training.train_network import columns_of, dealt, held_out, judged_rows

SALTS = [
    f"{one}{n}{two}{m}"
    for one in ("Li", "Na", "K", "Mg", "Ca", "Al")
    for two in ("O", "S", "Cl", "F", "N")
    for n in range(1, 6)
    for m in range(1, 5)
]


@pytest.fixture
def salts():
    values = np.arange(len(SALTS), dtype=float)[:, None]
    return dealt(SALTS, values, np.ones(len(SALTS), dtype=bool))


def test_one_composition_is_dealt_to_one_side(salts):
    """LiCl, Li2Cl2 and Li4Cl4 share their lot, and about a tenth is held out."""
    lots = {}
    for fractions, draw in zip(salts.fractions.round(9).tolist(), salts.draw, strict=True):
        assert lots.setdefault(tuple(fractions), draw) == draw
    assert len(lots) < len(SALTS)
    assert 0.03 < held_out(salts).mean() < 0.25


def test_rows_that_are_not_usable_leave_no_trace():
    """Of three rows the middle one goes, with its value."""
    table = dealt(
        ["LiCl", "nonsense(", "NaCl"], np.array([[1.0], [2], [3]]), np.array([1, 0, 1]) > 0
    )

    assert table.values[:, 0].tolist() == [1, 3]
    assert table.fractions.shape == (2, len(ELEMENTS))


def test_the_judge_sees_held_out_rows_of_known_elements_only(salts):
    """Without lithium, no row that holds it is judged; none of the others is one of training."""
    ensemble = Ensemble((), {}, ~np.isin(ELEMENTS, ["Li"]), "a test")

    judged = judged_rows(ensemble, salts)

    assert held_out(judged).all()
    assert (judged.fractions[:, ELEMENTS.index("Li")] == 0).all()
    with_lithium = held_out(salts) & (salts.fractions[:, ELEMENTS.index("Li")] > 0)
    assert with_lithium.any()
    assert len(judged.draw) == held_out(salts).sum() - with_lithium.sum()


def test_a_table_that_is_none(tmp_path):
    """No file, no column: one clear line."""
    with pytest.raises(DescriptorError, match="no parquet table"):
        columns_of(tmp_path / "nothing.parquet", ["hardness"])
    pq.write_table(pa.table({"formula": ["LiCl"]}), tmp_path / "short.parquet")
    with pytest.raises(DescriptorError, match="hardness"):
        columns_of(tmp_path / "short.parquet", ["hardness"])
