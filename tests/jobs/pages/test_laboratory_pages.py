import json
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from jobs.batches.run import run
from jobs.errors import SheetError, SuggestionError
from jobs.lab.experiments import experiments
from jobs.pages import laboratory_pages
from jobs.pages.laboratory_pages import SheetAsked, _form_address
from jobs.service.settings import ServiceSettings
from jobs.suggest.kept_suggestions import listed
from jobs.suggest.suggestion_sheet import Cell
from jobs.suggest.suggestions import suggest
from screening.batch.model import Batch
from screening.catalogue.anodes import anode
from tests.jobs.conftest import serving


class Fields(HTMLParser):
    """What a browser would send of the inputs of a page."""

    def __init__(self, text):
        super().__init__()
        self.given = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note an input with its value."""
        told = dict(attributes)
        if tag == "input" and told.get("name", "csrf") != "csrf":
            self.given[told["name"]] = told.get("value", "")


@pytest.fixture
def suggested(screened, tmp_path):
    """Return a copy of the store with four pairs, with one suggestion, and that one."""
    store = tmp_path / "store"
    shutil.copytree(screened, store)
    return store, suggest(store, 1)[0]


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
    assert form(client, "/lab/cells", **cell).status_code in {303, 422}
    assert "K1" in client.get("/lab").text
    assert wrong.status_code == 422
    assert "many" in wrong.text


def test_a_fault_stands_beside_its_field(served, form):
    """All of them at once, what was written stays, and nothing is kept."""
    client, _ = served
    answer = form(client, "/lab/cells", sse="LZC", date="yesterday", rate_c="fast", note="kept")

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') >= 2
    assert 'value="yesterday"' in answer.text
    assert 'value="kept"' in answer.text
    assert client.get("/api/v1/experiments").json() == []


def test_the_sheet_has_masses_and_a_code(suggested):
    """By default: a die of 10 mm; cutoffs against the anode; and the form of its address."""
    store, row = suggested
    with serving(ServiceSettings(store=store)) as client:
        page = client.get("/lab/sheet", params={"name": "B7"}).text
        against = client.get("/lab/sheet", params={"reference": "Li"}).text
        filled = client.get("/lab/cell", params={"suggestion": row["id"], "rate_c": "0.05"}).text
        lost = client.get("/lab/cell", params={"suggestion": "s-none"})

    assert f"{row['id']}: {row['sse']} with {row['cathode']}" in page
    assert "B7" in page
    assert "data:image/svg+xml" in page
    assert "V against Li-In" in page
    assert "not on record" not in page
    assert "V against Li" in against
    assert "V against Li-In" not in against
    assert f'value="{row["sse"]}"' in filled
    assert 'value="0.05"' in filled
    assert lost.status_code == 422


def test_the_code_brings_the_form_back():
    """Its address names the suggestion, and what the sheet says."""

    class Asked:
        base_url = "http://lab.example/"

    row = {"id": "s-1", "anode": None, "separator": None, "planned_rate_c": 0.5}
    address = urlsplit(_form_address(Asked(), SheetAsked(rate_c=0.1), row))

    assert address.path == "/lab/cell"
    assert parse_qs(address.query)["suggestion"] == ["s-1"]
    assert parse_qs(address.query)["rate_c"] == ["0.1"]
    assert parse_qs(address.query)["voltage_reference"] == ["Li-In"]
    of_pair = _form_address(Asked(), SheetAsked(anode="Si"), row | {"anode": "Li"})
    assert parse_qs(urlsplit(of_pair).query)["anode"] == ["Li"]
    assert parse_qs(urlsplit(of_pair).query)["rate_c"] == ["0.5"]
    assert parse_qs(urlsplit(of_pair).query)["voltage_reference"] == ["Li"]


def entered(client, form, address, **measured):
    """Send the form of an address back as a browser does, with what was measured."""
    page = Fields(client.get(address).text)
    cell = {"date": "2026-05-04", "source": "K1", "first_discharge_mah_per_g": "60"} | measured
    return form(client, "/lab/cells", **{k: v for k, v in page.given.items() if v} | cell)


def codes(client, monkeypatch, **asked):
    """Return the addresses that the codes of a sheet hold."""
    held = []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: held.append(text) or make(text, **how))
    page = client.get("/lab/sheet", params=asked)
    assert page.status_code == 200, page.text
    return [f"/lab/cell?{urlsplit(one).query}" for one in held], page.text


@pytest.mark.parametrize("named", [{}, {"suggestion": ""}])
def test_a_cell_entered_by_its_code_answers_the_suggestion(suggested, form, monkeypatch, named):
    """By name, or by what was measured: the pair leaves anode and separator open."""
    store, row = suggested
    with serving(ServiceSettings(store=store)) as client:
        (address,), _ = codes(client, monkeypatch, separator="LPSCl")
        kept = entered(client, form, address, **named)
        board = client.get(kept.headers["location"]).text

    (cell,) = experiments(store)
    assert (cell.anode, cell.separator) == ("Li-In", "Li6PS5Cl")
    assert f"Cell {cell.id} is kept." in board
    assert "stays open" not in board
    (now,) = [one for one in listed(store) if one["id"] == row["id"]]
    assert (now["state"], now["experiment_id"]) == ("done", cell.id)


def test_cutoffs_are_taken_against_what_the_sheet_says(suggested, form, monkeypatch):
    """Those of the code are against Li-In, whose potential comes on top."""
    store, _ = suggested
    with serving(ServiceSettings(store=store)) as client:
        (address,), _ = codes(client, monkeypatch)
        entered(client, form, address, voltage_low_v="1", voltage_high_v="3.5")

    (cell,) = experiments(store)
    shift = anode("Li-In").potential
    assert cell.voltage_low_v == pytest.approx(1.0 + shift)
    assert cell.voltage_high_v == pytest.approx(3.5 + shift)


def test_a_cell_of_another_pair_leaves_the_suggestion_open(suggested, form):
    """The board says so."""
    store, row = suggested
    other = "LZC" if row["sse"] == "Li6PS5Cl" else "LPSCl"
    with serving(ServiceSettings(store=store)) as client:
        kept = entered(client, form, f"/lab/cell?suggestion={row['id']}", sse=other)
        board = client.get(kept.headers["location"]).text

    assert f"Suggestion {row['id']} stays open" in board
    assert next(one for one in listed(store) if one["id"] == row["id"])["state"] == "suggested"


@pytest.fixture(scope="module")
def layered(tmp_path_factory):
    """Return a store with a recipe of one's own and one of the catalogue, coated, against Li."""
    store = tmp_path_factory.mktemp("layered") / "store"
    own = {
        "name": "mine", "ratio": [50, 45, 5], "carbon": "VGCF", "mixing": "hand",
        "pressure_mpa": 300,
    }  # fmt: skip
    batch = {
        "sses": ["LPSCl"], "cathodes": ["LiFePO4"], "recipes": ["lfp-vgcf-hand", own],
        "coatings": ["LiNbO3"], "separator": "LZC", "anode": "Li",
        "areal_capacity_mah_per_cm2": 4,
    }  # fmt: skip
    run(Batch.model_validate_json(json.dumps(batch)), store)
    suggest(store, 10)
    return store


@pytest.mark.parametrize("own", [False, True])
def test_a_layered_suggestion_fills_its_form(layered, tmp_path, form, monkeypatch, own):
    """Its layers, anode and loading stand in their fields; its cell is that of its pair."""
    store = tmp_path / "store"
    shutil.copytree(layered, store)
    row = next(
        one
        for one in listed(store)
        if "LiNbO3" in one["recipe"] and one["recipe"].startswith("mine") == own
    )
    with serving(ServiceSettings(store=store)) as client:
        (address,), sheet = codes(client, monkeypatch, cell=row["id"])
        fields = Fields(client.get(address).text).given
        kept = entered(client, form, address)

    assert "not on record" not in sheet
    assert "V against Li<" in sheet
    assert "10 nm LiNbO3 on 100 %" in sheet
    assert fields["areal_capacity_mah_per_cm2"] == "4"
    assert "Li2ZrCl6" in sheet
    assert fields["recipe"] == ("" if own else "lfp-vgcf-hand")
    assert fields["cathode_parts"] == ("50" if own else "")
    assert (fields["coating"], fields["coating_thickness_nm"]) == ("LiNbO3", "10")
    assert (fields["separator"], fields["anode"]) == ("Li2ZrCl6", "Li")
    assert kept.status_code == 303, kept.text
    assert next(one for one in listed(store) if one["id"] == row["id"])["state"] == "done"


@pytest.mark.parametrize("own", [False, True])
def test_a_layered_pair_has_its_picture_and_its_form(layered, own):
    """Its page leads to both, by the batch that knows what its recipe is."""
    with serving(ServiceSettings(store=layered)) as client:
        rows = client.get("/api/v1/pairs").json()
        row = next(one for one in rows if one["recipe"].startswith("mine") == own)
        page = client.get(f"/pair/{row['sse']}/{row['cathode']}").text.replace("&amp;", "&")
        told = {name: row[name] for name in ("sse", "cathode", "recipe")}
        told["batch"] = row["batch_id"]
        picture = client.get("/pictures/cycle.svg", params=told).text
        fields = Fields(client.get("/lab/cell", params=told).text).given

    leading = re.findall(rf'"([^"?]*)[?][^"]*&batch={row["batch_id"]}"', page)
    assert set(leading) == {"/pictures/cycle.svg", "/pictures/differential.svg", "/lab/cell"}
    assert "No picture" not in picture
    assert fields["sse"] == "Li6PS5Cl"
    assert fields["recipe"] == ("" if own else "lfp-vgcf-hand")
    assert fields["cathode_parts"] == ("50" if own else "")
    assert (fields["coating"], fields["anode"]) == ("LiNbO3", "Li")


def test_keeping_a_cell_does_not_hold_up_other_requests(served, form, monkeypatch):
    """While one waits for the laboratory, another is answered."""
    client, _ = served
    form(client, "/lab/cells")
    waiting, go = threading.Event(), threading.Event()

    def held(*_):
        waiting.set()
        assert go.wait(30)
        raise SuggestionError("held")

    monkeypatch.setattr(laboratory_pages, "experiment", held)
    with ThreadPoolExecutor() as threads:
        sent = threads.submit(
            client.post, "/lab/cells", data={"csrf": client.cookies["catholyte-form"], "sse": "LZC"}
        )
        assert waiting.wait(30)
        try:
            assert client.get("/api/v1/health", timeout=10).status_code == 200
        finally:
            go.set()
        assert sent.result().status_code == 422


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("temperature_k", "30", "303.15"),
        ("temperature_k", "460", "450"),
        ("rate_c", "0", "0.0001"),
        ("mass_mg", "-1", "mg"),
        ("area_cm2", "1e5", "10000"),
        ("loading", "nan", "100"),
    ],
)
def test_a_sheet_has_the_limits_of_the_form(suggested, name, text, said):
    """One line with the limit, or what was probably meant."""
    with serving(ServiceSettings(store=suggested[0])) as client:
        answer = client.get("/lab/sheet", params={name: text})

    assert answer.status_code == 422
    assert said in answer.text


def test_an_empty_field_of_the_sheet_is_not_stated(suggested):
    """The mass is asked for, and goes before area and loading; rate and temperature are usual."""
    empty = {"mass_mg": "", "rate_c": "", "temperature_k": "", "reference": ""}
    with serving(ServiceSettings(store=suggested[0])) as client:
        page = client.get("/lab/sheet", params=empty)
        by_mass = client.get("/lab/sheet", params={"mass_mg": "50", "area_cm2": "", "loading": ""})

    assert page.status_code == by_mass.status_code == 200
    assert Fields(page.text).given["mass_mg"] == ""
    assert Fields(page.text).given["temperature_k"] == "303.15"
    assert Fields(by_mass.text).given["mass_mg"] == "50"


def test_a_size_is_a_mass_or_an_area():
    """A mass goes first; half of an area and a loading is refused."""
    assert SheetAsked(mass_mg=50.0).size.mass == 50.0
    assert SheetAsked().size.area == 0.785
    with pytest.raises(SheetError):
        _ = SheetAsked(area_cm2=None, loading=2.0).size
    assert SheetAsked(area_cm2=1.0).size == Cell(area=1.0)
    assert SheetAsked(area_cm2=None).size == SheetAsked().size
