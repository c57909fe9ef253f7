import re
from html import unescape

from jobs.lab.kept_materials import add_materials
from jobs.store.spec import read_spec
from screening.catalogue.own_material import Material

EVIL = '"><script>alert(1)</script>'


def shown(page):
    """Return the text that the fields of a page show."""
    return unescape(re.search(r'name="shown" value="([^"]*)"', page)[1])


def test_a_wrong_batch_comes_back_with_what_is_wrong(served, form):
    """The text stays, the fault stands beside its field, and nothing was queued."""
    client, store = served
    answer = form(client, "/submit", batch='sses = ["Lx7"]\ncathodes = ["S"]')

    assert answer.status_code == 422
    assert re.search(
        r'id="sses"[^>]*aria-describedby="sses-said sses-faults" aria-inv', answer.text
    )
    assert re.search(r'id="sses-faults"><span class="fault">Lx7', answer.text)
    assert "1 fault, each beside its field" in answer.text
    assert not (store / "jobs.sqlite").exists()


def test_the_flow_from_nothing_to_a_queued_batch(served, form):
    """An empty store offers the reference batch; a submitted one has a page and can be stopped."""
    client, _ = served
    assert "Screen the reference batch" in client.get("/").text

    submitted = form(client, "/submit", batch='sses = ["LZC"]\ncathodes = ["S"]')
    place = submitted.headers["location"]
    stopped = form(client, f"{place}/cancel")

    assert submitted.status_code == stopped.status_code == 303
    assert "Go on" in client.get(place).text


def test_a_batch_is_submitted_from_its_fields(served, form):
    """Without a script, and with the CSV file that was chosen; nothing but the form is sent."""
    client, store = served
    page = client.get("/submit").text
    sent = form(
        client,
        "/submit",
        batch=shown(page),
        shown=shown(page),
        name="from a form",
        cathodes=["S", "LiFePO4"],
        rate_c="0.2",
        files={"list": ("mine.csv", b"sse,note\r\nLZC,\r\nLi3N,x\r\n", "text/csv")},
        **{"window.S": ["1.2", ""]},
    )
    spec = read_spec(store, sent.headers["location"].rpartition("/")[2])

    assert spec.batch["name"] == "from a form"
    assert set(spec.sses) == {"Li2ZrCl6", "Li3N"}
    assert [(one["cathode"], one["rate_c"]) for one in spec.composites] == [
        ("LiFePO4", 0.2), ("S", 0.2),
    ]  # fmt: skip
    assert [one["voltage_low_v"] for one in spec.composites] == [2.5, 1.2]


def test_a_button_counts_without_script(reader, form):
    """Pairs, time and memory stand below; the text stays, faults too, and nothing is submitted."""
    client, before = reader, reader.get("/api/v1/batches").json()
    text = 'name = "mine"\nsses = ["LZC"]\ncathodes = ["S"]'
    found = form(client, "/submit/plan", batch=text)
    live = form(client, "/submit/plan", batch=text, live="yes")
    wrong = form(client, "/submit/plan", batch="sses = 3")

    assert "1 pairs: 1 SSEs in 1 composites." in found.text
    assert "MB of memory" in found.text
    assert "1 pairs: 1 SSEs in 1 composites." in live.text
    assert "MB of memory" not in live.text
    assert "name = &#34;mine&#34;" in found.text
    assert wrong.status_code == 422
    assert 'role="alert"><p class="fault">' in wrong.text
    assert client.get("/api/v1/batches").json() == before


def test_one_sse_can_be_handed_over(reader):
    """Its page leads to a batch of it, in the form and as text."""
    page = reader.get("/submit", params={"sse": 'Li3N"'}).text

    assert "sses = [&#34;Li3N\\&#34;&#34;]" in page
    assert reader.get("/submit", params={"sse": "Li3N"}).status_code == 200


def test_materials_and_cathodes_of_the_laboratory_are_offered(served):
    """By their labels; those of the catalogue by name and by what people call them."""
    client, store = served
    own = {"label": "our LPSCl", "kind": "sse", "formula": "Li6PS5Cl", "source": "notebook 12"}
    add_materials(store, [Material(**own)])
    page = client.get("/submit").text

    assert page.count("our LPSCl") == 2
    assert "NMC811, NCM811" in page
    assert 'placeholder="2.5"' in page


def test_what_people_write_into_fields_stays_text(served, form):
    """In every field at once, and in the text."""
    client, _ = served
    page = client.get("/submit").text
    names = set(re.findall(r' name="([^"]+)"', page)) - {"csrf", "shown", "batch", "list"}
    for name in names:
        answer = form(client, "/submit/plan", batch="", shown="", live="yes", **{name: EVIL})
        assert "<script>alert" not in answer.text
        assert answer.status_code in {200, 422}
    assert "<script>alert" not in form(client, "/submit", batch=EVIL).text
    assert len(names) > 60
