import pytest

PASTE = "name\tcomposition\tconductivity (mS/cm)\nours\tLi5.5PS4.5Cl1.5\t9.4\n"
EVIL = "<img src=x onerror=alert(1)>"


def test_a_paste_is_looked_at_then_kept(served, form):
    """Columns and units are guessed from the header; nothing is kept by looking."""
    client, _ = served
    told = {"kind": "sse", "source": "notebook 12"}
    seen = form(client, "/materials/preview", text=PASTE, **told)
    nothing = client.get("/api/v1/materials").json()
    kept = form(client, "/materials/import", text=PASTE, **told)
    again = form(client, "/materials/import", text=PASTE, **told)
    (one,) = client.get("/api/v1/materials").json()

    assert "1 material without a fault" in seen.text
    assert nothing == []
    assert kept.status_code == again.status_code == 303
    assert one["label"] == "ours"
    assert one["ionic_conductivity_s_per_cm"] == pytest.approx(9.4e-3)
    assert "ours" in client.get("/materials").text


def test_faults_stand_beside_their_cells(served, form):
    """And the way to import is not offered, nor open."""
    client, _ = served
    text = PASTE.replace("9.4\n", "much\n") + f"{EVIL}\tLi3N\t1\n"
    told = {"kind": "sse", "source": "n", "text": text}
    seen = form(client, "/materials/preview", **told)
    refused = form(client, "/materials/import", **told)

    assert 'class="wrong"' in seen.text
    assert "much" in seen.text
    assert "/materials/import" not in seen.text
    assert EVIL not in seen.text
    assert refused.status_code == 422
    assert client.get("/api/v1/materials").json() == []


def test_columns_are_named_by_hand(served, form):
    """What the form says goes before what the header seems to say."""
    client, _ = served
    seen = form(
        client, "/materials/preview", text="a,b,c\nours,Li3N,5\n", kind="sse", source="n",
        field=["label", "formula", "ionic_conductivity_s_per_cm"], unit=["", "", "S/m"],
    )  # fmt: skip

    assert "1 material without a fault" in seen.text


def test_what_is_no_table_is_refused(served, form):
    """With the text still there."""
    client, _ = served
    answer = form(client, "/materials/preview", text="just words", kind="sse", source="n")

    assert answer.status_code == 422
    assert "just words" in answer.text
    assert client.get("/materials/template.csv").text.startswith("label,kind,source")
