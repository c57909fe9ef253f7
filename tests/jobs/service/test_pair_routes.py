import io

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest


def test_pairs_come_in_pages(reader):
    """The rest is announced by a cursor; all pages together are the whole."""
    whole = reader.get("/api/v1/pairs").json()
    first = reader.get("/api/v1/pairs", params={"limit": 3})
    rest = reader.get(
        "/api/v1/pairs", params={"limit": 3, "offset": first.headers["x-next-offset"]}
    )

    assert first.headers["x-total-count"] == "4"
    assert first.json() + rest.json() == whole
    assert "x-next-offset" not in rest.headers


@pytest.mark.parametrize(
    ("accept", "read"),
    [
        ("text/csv", lambda body: pyarrow.csv.read_csv(io.BytesIO(body))),
        ("application/vnd.apache.arrow.stream", lambda body: pa.ipc.open_stream(body).read_all()),
        (
            "application/vnd.apache.parquet",
            lambda body: pyarrow.parquet.read_table(io.BytesIO(body)),
        ),
    ],
)
def test_rows_in_other_forms(reader, accept, read):
    """The same pairs in the same order, as programs like to read them."""
    table = read(reader.get("/api/v1/pairs", headers={"accept": accept}).content)
    expected = reader.get("/api/v1/pairs").json()

    assert table["sse"].to_pylist() == [row["sse"] for row in expected]
    assert table["score_0_to_1"].to_pylist() == pytest.approx(
        [row["score_0_to_1"] for row in expected]
    )


def test_names_of_any_length_are_not_found(reader):
    """Five thousand letters are no name of a cathode, nor a fault of the server."""
    answers = [
        reader.get(path.format("A" * 5000)).status_code
        for path in ("/api/v1/pairs/LZC/{}", "/pair/LZC/{}", "/pair/{}/S")
    ]

    assert set(answers) <= {404, 422}


def test_one_pair(reader):
    """Its row of the ranking; 404 for what was not screened."""
    row = reader.get("/api/v1/pairs/Li2ZrCl6/LiFePO4").json()

    assert (row["sse"], row["cathode"], row["rank_in_cathode"]) == ("Li2ZrCl6", "LiFePO4", 1)
    assert reader.get("/api/v1/pairs/Li3Bi/LiFePO4").status_code == 404
    assert reader.get("/api/v1/pairs/Li2ZrCl6/LiFePO4?recipe=none").status_code == 404


def test_any_pair_and_any_material_can_be_evaluated(reader):
    """Also one that no batch holds; wrong input says what is wrong."""
    found = reader.post("/api/v1/pairs/evaluate", json={"sse": "Li3PS4", "cathode": "LiCoO2"})
    wrong = reader.post("/api/v1/pairs/evaluate", json={"sse": "Lx3", "cathode": "LiCoO2"})
    one = reader.get("/api/v1/sses/LZC").json()

    assert found.json()["chemical"]["energy_ev_per_atom"] < 0
    assert wrong.status_code == 422
    assert one["window"]["formula"] == "Li2ZrCl6"


def test_a_changed_cell_is_told_beside_the_cell_of_the_batch(reader):
    """Both rows and what moves; what is wrong is one line, and changes nothing."""
    asked = {"sse": "Li2ZrCl6", "cathode": "LiFePO4", "changes": {"rate_c": "C/2"}}
    found = reader.post("/api/v1/pairs/what-if", json=asked).json()
    row = reader.get("/api/v1/pairs/Li2ZrCl6/LiFePO4").json()
    wrong = reader.post("/api/v1/pairs/what-if", json=asked | {"changes": {"colour": "blue"}})
    none = reader.post("/api/v1/pairs/what-if", json=asked | {"batch": "none"})

    assert found["before"]["score_0_to_1"] == row["score_0_to_1"]
    assert found["after"]["rate_c"] == 0.5
    assert wrong.status_code == 422
    assert "no field 'colour' to change; known: other_recipe" in wrong.json()["detail"]
    assert none.status_code in {404, 422}


def test_a_pair_of_a_batch(reader):
    """The batch can be named; the current one is that of the whole ranking."""
    batch = reader.get("/api/v1/batches").json()[0]["id"]
    named = reader.get("/api/v1/pairs/Li2ZrCl6/LiFePO4", params={"batch": batch})

    assert named.json() == reader.get("/api/v1/pairs/Li2ZrCl6/LiFePO4").json()
