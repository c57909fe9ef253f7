import re
from html.parser import HTMLParser

import pytest

PAGES = ["/", "/rank", "/pair/Li2ZrCl6/LiFePO4", "/sse/LZC", "/submit", "/batches", "/lab", "/sql",
         "/data", "/about", "/sign-in"]  # fmt: skip
EVIL = "<script>alert(1)</script>"


class Outline(HTMLParser):
    """What a screen reader and a browser's network see of a page."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.addresses, self.inline, self.unlabelled = [], [], [], []
        self._labels = 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [given[name] for name in ("src", "href", "action") if given.get(name)]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self._labels += tag == "label"
        named = self._labels or "aria-label" in given or given.get("type") == "hidden"
        if tag in {"input", "select", "textarea"} and not (named or "id" in given):
            self.unlabelled.append(given)

    def handle_endtag(self, tag):
        self._labels -= tag == "label"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_everybody(reader, path):
    """One first heading, none skipped; fields have names; nothing inline or foreign."""
    answer = reader.get(path)
    seen = Outline(answer.text)

    assert answer.status_code == 200
    assert seen.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(seen.headings, seen.headings[1:], strict=False))
    assert seen.unlabelled == []
    assert seen.inline == []
    assert all(one.startswith(("/", "#")) for one in seen.addresses)


def test_the_ranking_is_in_its_address(reader):
    """A link shows the same, and what the filter leaves out is not on the page."""
    page = reader.get("/rank", params={"contains": "Zr", "cathode": "S"}).text

    assert "Li2ZrCl6" in page
    assert "Li6PS5Cl" not in page
    assert 'value="Zr"' in page
    assert "contains=Zr" in page


def test_what_people_write_is_text(served, form):
    """A name, a statement, a formula: none of it becomes a script."""
    client, _ = served
    submitted = form(client, "/submit", batch=f'name = "{EVIL}"\nsses = ["LZC"]\ncathodes = ["S"]')
    pages = [
        client.get("/batches").text,
        form(client, "/sql", sql=f"SELECT '{EVIL}'").text,
        form(client, "/submit", batch=f'sses = ["{EVIL}"]').text,
        client.get(f"/sse/{EVIL}").text,
        client.get("/rank", params={"contains": EVIL}).text,
    ]

    assert submitted.status_code in {303, 422}
    assert not [page for page in pages if EVIL in page]


def test_a_wrong_batch_comes_back_with_what_is_wrong(served, form):
    """The text stays, the fault stands above it, and nothing was queued."""
    client, store = served
    answer = form(client, "/submit", batch='sses = ["Lx7"]\ncathodes = ["S"]')

    assert answer.status_code == 422
    assert "Lx7" in answer.text
    assert 'role="alert"' in answer.text
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


def test_a_cell_is_entered(served, form):
    """It stands in the laboratory; a wrong one comes back with its fault."""
    client, _ = served
    cell = {
        "id": "K1", "date": "2026-05-04", "sse": "LZC", "cathode": "LiFePO4", "source": "K1",
        "recipe": "lfp-vgcf-hand", "first_charge_mah_per_g": "140",
        "first_discharge_mah_per_g": "126",
    }  # fmt: skip
    kept = form(client, "/lab/cells", **cell)
    wrong = form(client, "/lab/cells", **{**cell, "id": "K2", "first_charge_mah_per_g": "many"})

    assert kept.status_code == 303
    assert "K1" in client.get("/lab").text
    assert wrong.status_code == 422
    assert "many" in wrong.text
