from jobs.lab.kept_materials import add_materials
from jobs.store.spec import read_spec
from screening.catalogue.own_material import Material

TOML = b'name = "one"\nsses = ["LZC"]\ncathodes = ["S"]\n'


def test_a_batch_is_submitted_once(served):
    """202 with its id, then 200 with the same; TOML and JSON are the same batch."""
    client, _ = served
    first = client.post("/api/v1/batches", content=TOML)
    again = client.post("/api/v1/batches", json={"name": "one", "sses": ["LZC"], "cathodes": ["S"]})

    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    listed = client.get("/api/v1/batches").json()
    assert [(one["id"], one["state"]) for one in listed] == [(first.json()["id"], "queued")]


def test_a_batch_is_stopped_and_goes_on(served):
    """Cancelled, then queued again."""
    client, _ = served
    name = client.post("/api/v1/batches", content=TOML).json()["id"]

    assert client.post(f"/api/v1/batches/{name}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/v1/batches/{name}/resume").json()["state"] == "queued"


def test_events_tell_how_far_a_batch_is_and_end_with_it(reader):
    """A batch that is done is told once."""
    name = reader.get("/api/v1/batches").json()[0]["id"]
    answer = reader.get(f"/api/v1/batches/{name}/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("data: {")
    assert '"state": "done"' in answer.text


def test_a_batch_that_is_not_there(reader):
    """404, whatever is asked of it."""
    assert reader.get("/api/v1/batches/none").status_code == 404
    assert reader.post("/api/v1/batches/none/cancel").status_code == 404


FILTER = b"""
cathodes = ["S"]
draws = 0
[filter]
contains = ["Li", "Cl"]
max_elements = 2
"""


def test_a_batch_is_counted_before_it_is_submitted(reader):
    """What each step leaves, and with an estimate what it takes; nothing is submitted."""
    client, before = reader, reader.get("/api/v1/batches").json()
    found = client.post("/api/v1/batches/plan", content=FILTER).json()
    whole = client.post("/api/v1/batches/plan", content=TOML, params={"estimate": True}).json()
    wrong = client.post("/api/v1/batches/plan", content=b"sses = 3")
    steps = [one["left"] for one in found["counts"]]

    assert found["counts"][1]["step"] == "with Cl and Li"
    assert steps[:-1] == sorted(steps[:-1], reverse=True)
    assert found["pairs_total"] == found["sses"] == steps[-1]
    assert "seconds" not in found
    assert (whole["pairs_total"], whole["pairs_done"]) == (1, 0)
    assert whole["seconds"] > 0
    assert whole["memory_mb"] > 100
    assert wrong.status_code == 422
    assert client.get("/api/v1/batches").json() == before


def test_a_batch_knows_the_materials_of_the_laboratory(served):
    """By their labels, as a batch file does; a file of the server is not read."""
    client, store = served
    material = {"label": "ours", "kind": "sse", "formula": "Li3N", "source": "notebook 12"}
    add_materials(store, [Material(**material)])
    batch = {"sses": ["ours"], "cathodes": ["S"]}
    found = client.post("/api/v1/batches", json=batch)
    wrong = client.post("/api/v1/batches", json=batch | {"materials": "/etc/passwd"})

    assert found.status_code == 202
    assert read_spec(store, found.json()["id"]).sses == ("Li3N",)
    assert wrong.status_code == 422
    assert "materials: names a file of the server" in wrong.json()["detail"]
