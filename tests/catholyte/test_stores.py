import pytest

from catholyte.questions import describe, pair, window
from catholyte.stores import candidates, open_store, screen
from jobs.errors import ExperimentError, QuestionError, StoreError
from screening.errors import BatchError, CatalogueError


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store with two pairs."""
    folder = tmp_path_factory.mktemp("store") / "mine"
    return screen(sses=["LPSCl", "Li2ZrCl6"], cathodes=["LiFePO4"], store=folder)


def test_a_screen_ends_in_a_ranking(store):
    """The thesis' lesson: the chloride above the argyrodite in LiFePO4."""
    ranking = store.ranking()

    assert [row["sse"] for row in ranking.rows] == ["Li2ZrCl6", "Li6PS5Cl"]
    assert ranking.to_arrow()["rank"].to_pylist() == [1, 2]
    assert "Li₂ZrCl₆" in ranking.plot().alt


def test_a_store_is_opened_again(store):
    """The batch that ran last is the one that is ranked; SQL asks the same rows."""
    again = open_store(store.path)

    assert [one["batch_id"] for one in again.batches()] == [store.batch_id]
    assert again.query("SELECT count(*) AS n FROM ranked_pairs") == [{"n": 2}]
    assert again.ranking(top=1).rows == store.ranking(top=1).rows


def test_a_front_needs_to_be_asked_for(store):
    """With it, two columns make a picture."""
    axes = ("efficiency_percent", "ionic_conductivity_s_per_cm")

    assert "Li₂ZrCl₆" in store.ranking(pareto=True).front(*axes).alt


def test_no_store_is_made_by_opening_one(tmp_path):
    """What to do is said."""
    with pytest.raises(StoreError, match=r"ca\.screen\(\)"):
        open_store(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_batch_is_said_in_one_way(tmp_path):
    """A file and keys contradict each other; an unknown key is named."""
    with pytest.raises(BatchError, match="both given"):
        screen(tmp_path / "batch.toml", sses=["LPSCl"], store=tmp_path)
    with pytest.raises(BatchError, match="temprature"):
        screen(temprature=300.0, store=tmp_path)
    with pytest.raises(QuestionError, match="cathodes 3 is no text"):
        screen(cathodes=[3], store=tmp_path)
    with pytest.raises(BatchError, match=r"batch: cathodes\.0\.voltage_window: 4 to 2 V does not"):
        screen(cathodes=[{"name": "S", "voltage_window": (4.0, 2.0)}], store=tmp_path)


def test_a_search_says_what_each_step_leaves(tmp_path):
    """Never more than before; the last step is what is found, and who is refused is named."""
    found = candidates(cathodes=("LiFePO4",), filter={"contains": ("Li", "Fe")})

    left = [row["left"] for row in found.rows]
    assert left == sorted(left, reverse=True)
    assert len(found.sses) == left[-1]
    assert found.record["refused"]["LiFePO4"] == "host"
    assert f"{found.rows[-1]['step']}: {left[-1]:,}" in found.plot().alt
    with pytest.raises(BatchError, match="both given"):
        candidates(tmp_path / "batch.toml", draws=0)


LFP = {"sse": "LZC", "cathode": "LiFePO4", "date": "2026-03-31", "source": "notebook 7"}


def test_a_laboratory_states_its_materials_and_cells(tmp_path):
    """What is kept is known by its label to every question and to batches; measured goes first."""
    lab = open_store(tmp_path / "lab", make=True)
    assert lab.add_material(
        label="our LZC", kind="sse", formula="Li2ZrCl6", source="page 3",
        ionic_conductivity_s_per_cm=2e-3,
    ) == "our LZC"  # fmt: skip
    with pytest.raises(CatalogueError, match="conductivity: no such field; known: label"):
        lab.add_material(label="x", kind="sse", formula="Li2S", source="me", conductivity=1)

    again = screen(sses=["our LZC"], cathodes=["LiFePO4"], anode="Li-In", draws=0, store=lab)

    assert [one["label"] for one in lab.materials()] == ["our LZC"]
    assert window("our LZC", store=lab).record["formula"] == "Li2ZrCl6"
    assert pair("our LZC", "LiFePO4", store=lab).record["sse"] == "Li2ZrCl6"
    said = {(row["group"], row["value"]) for row in describe("our LZC", store=lab).rows}
    assert ("your own", 2e-3) in said
    (row,) = again.ranking().rows
    assert (row["ionic_conductivity_s_per_cm"], row["anode"]) == (2e-3, "Li-In")
    slow, fast = (again.ranking(rate=rate).rows[0]["reached_fraction"] for rate in (0.1, 5.0))
    assert fast < slow


def test_materials_of_a_batch_are_rows(tmp_path):
    """As tables of a batch file, without keeping them in the store."""
    own = {"label": "ours", "kind": "sse", "formula": "Li2ZrCl6", "source": "page 3"}
    measured = own | {"ionic_conductivity_s_per_cm": 2e-3}
    made = screen(
        sses=["ours"], cathodes=["LiFePO4"], materials=[measured], draws=0, store=tmp_path / "lab"
    )

    assert made.ranking().rows[0]["ionic_conductivity_s_per_cm"] == 2e-3
    assert made.materials() == []


def test_cells_are_kept_all_or_none(tmp_path):
    """A wrong row is named by its number; the same cell twice is one."""
    lab = open_store(tmp_path / "lab", make=True)
    good = LFP | {"id": "A1", "first_charge_mah_per_g": 148.1, "first_discharge_mah_per_g": 133.4}
    with pytest.raises(ExperimentError, match="row 2: efficiency_percent"):
        lab.add_experiments([good, LFP | {"efficiency_percent": 0.9}])
    assert lab.experiments() == []

    assert lab.add_experiments([good]) == ["A1"]
    assert lab.add_experiments([good]) == []
    compared = lab.compare(calibration="shipped")

    assert [row["measured"] for row in compared.rows[:2]] == [148.1, 133.4]
    assert compared.rows[2]["measured"] == pytest.approx(100 * 133.4 / 148.1)
    assert all(row["fitted"] is False for row in compared.rows)


def test_a_calibration_is_kept_and_says_what_moved(store):
    """Without cells of one's own it is the shipped one, and nothing moves."""
    found = store.calibrate()

    assert found.record["calibration"] == store.calibrate(shipped=True).record["calibration"]
    assert found.moved == []
    assert "T25 lfp-lzc, efficiency" in found.only("T25").verdicts


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"voltage_reference": "x"}, "batch: voltage_reference: no anode is named 'x'"),
        ({"separator": "Na3PS4"}, "batch: separator: Na3PS4 holds no lithium"),
        ({"policy": "x"}, "batch: policy: it must be 'known' or 'all'"),
        ({"policy": "x", "draws": 3}, "and 1 more"),
    ],
)
def test_keys_are_checked_as_those_of_a_file(keys, said, tmp_path):
    """In its words, with the key; nothing is run."""
    with pytest.raises(BatchError, match=said):
        screen(store=tmp_path / "none", **keys)
    with pytest.raises(BatchError, match=said):
        candidates(**keys)
    assert not (tmp_path / "none").exists()
