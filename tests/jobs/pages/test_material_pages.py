import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.errors import MaterialError
from jobs.pages import material_pages
from jobs.pages.material_pages import _text

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


def test_an_unknown_unit_is_asked_for(served, form):
    """It stands below the heading, no unit is chosen yet, and asking again changes nothing."""
    client, _ = served
    told = {"kind": "sse", "source": "n", "text": PASTE.replace("mS/cm", "mS/dm")}
    seen = form(client, "/materials/preview", **told)
    again = form(
        client, "/materials/import", **told,
        field=["label", "formula", "ionic_conductivity_s_per_cm"], unit=["", "", ""],
    )  # fmt: skip

    for answer in seen, again:
        assert "1 fault;" in answer.text
        assert "unit &#39;mS/dm&#39; is not known" in answer.text
        assert '<option value="" selected>choose</option><option>S/cm</option>' in answer.text
    assert again.status_code == 422


@pytest.mark.parametrize("path", ["/materials/preview", "/materials/import"])
def test_a_file_in_another_encoding_is_refused(served, form, path):
    """In one line, with the remedy; one in UTF-8 is read, with the mark that Excel writes."""
    client, _ = served
    csrf = client.cookies["catholyte-form"] if form(client, "/materials/preview") else ""
    data = {"csrf": csrf, "kind": "sse", "source": "n"}
    text = PASTE.replace("ours", "Grün")
    wrong = client.post(path, data=data, files={"file": ("a.csv", text.encode("cp1252"))})
    right = client.post(path, data=data, files={"file": ("a.csv", text.encode("utf-8-sig"))})

    assert wrong.status_code == 422
    assert "the file is not UTF-8 text; save it as CSV UTF-8" in wrong.text
    assert right.status_code in {200, 303}


def test_a_mark_of_the_encoding_is_no_text():
    """Other bytes than UTF-8 have no text."""
    assert _text("a".encode("utf-8-sig")) == _text("a") == "a"
    with pytest.raises(MaterialError, match="not UTF-8"):
        _text("a".encode("utf-16"))


@pytest.mark.parametrize("path", ["/materials/preview", "/materials/import"])
def test_reading_a_paste_does_not_hold_up_other_requests(served, form, monkeypatch, path):
    """While one is read, another is answered."""
    client, _ = served
    form(client, "/materials/preview")
    waiting, go = threading.Event(), threading.Event()

    def held(*_, **__):
        waiting.set()
        assert go.wait(30)
        raise MaterialError("held")

    monkeypatch.setattr(material_pages, "pasted", held)
    with ThreadPoolExecutor() as threads:
        data = {"csrf": client.cookies["catholyte-form"], "text": PASTE}
        sent = threads.submit(client.post, path, data=data)
        assert waiting.wait(30)
        try:
            assert client.get("/api/v1/health", timeout=10).status_code == 200
        finally:
            go.set()
        assert sent.result().status_code == 422
