CELL = {
    "id": "K1", "date": "2026-05-04", "sse": "LZC", "cathode": "LiFePO4",
    "recipe": "lfp-vgcf-hand", "first_charge_mah_per_g": "140", "first_discharge_mah_per_g": "126",
    "source": "cell K1",
}  # fmt: skip


def test_a_cell_is_kept_once(served):
    """The first time it is new; what is impossible is refused in one line."""
    client, _ = served
    first = client.post("/api/v1/experiments", json=CELL)
    again = client.post("/api/v1/experiments", json=CELL)
    wrong = client.post("/api/v1/experiments", json={**CELL, "id": "K2", "sse": "Lx"})

    assert (first.status_code, first.json()) == (201, {"id": "K1", "new": True})
    assert again.json() == {"id": "K1", "new": False}
    assert wrong.status_code == 422
    assert [one["id"] for one in client.get("/api/v1/experiments").json()] == ["K1"]


def test_suggestions_without_results_say_what_is_missing(served):
    """404 with the line of the command."""
    client, _ = served

    assert client.post("/api/v1/suggestions", json={"n": 2}).status_code == 404
    assert client.post("/api/v1/suggestions", json={"n": 0}).status_code == 422
