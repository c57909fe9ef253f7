import shutil
from urllib.parse import parse_qs, urlsplit

import pytest

from jobs.errors import SheetError
from jobs.pages.laboratory_pages import SheetAsked, _form_address
from jobs.service.settings import ServiceSettings
from jobs.suggest.suggestions import suggest
from tests.jobs.conftest import serving


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

    address = urlsplit(_form_address(Asked(), SheetAsked(rate_c=0.1), "s-1"))

    assert address.path == "/lab/cell"
    assert parse_qs(address.query)["suggestion"] == ["s-1"]
    assert parse_qs(address.query)["rate_c"] == ["0.1"]


def test_a_size_is_a_mass_or_an_area():
    """A mass goes first; half of an area and a loading is refused."""
    assert SheetAsked(mass_mg=50.0).size.mass == 50.0
    assert SheetAsked().size.area == 0.785
    with pytest.raises(SheetError):
        _ = SheetAsked(loading=None).size
