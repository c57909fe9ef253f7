import re
from urllib.parse import parse_qsl, urlsplit

PAIR = "/pair/Li2ZrCl6/LiFePO4"


def test_a_pair_is_explained(reader):
    """Predicted beside measured, factors, pictures by their addresses, and all figures."""
    page = reader.get("/pair/Li2ZrCl6/LiFePO4").text

    assert "Place 1 of its cathode" in page
    assert "/pictures/cycle.svg?sse=Li2ZrCl6&amp;cathode=LiFePO4" in page or (
        "/pictures/cycle.svg?sse=Li2ZrCl6&cathode=LiFePO4" in page
    )
    assert "oxidation_limit_v" in page


def test_formulas_with_a_slash_have_addresses(reader):
    """What is a fraction in a formula is none of the address."""
    answer = reader.get("/pair/Li2Sc2/3Cl4/LiFePO4")

    assert answer.status_code == 404
    assert "Li2Sc2/3Cl4 with LiFePO4 is not in batch" in answer.text


def test_a_changed_cell_is_in_its_address(reader):
    """A form that sends all its fields leads to an address of those that are changed."""
    sent = {"rate_c": "C/2", "mixing": "hand", "coating": "", "cathode_parts": "40.0"}
    led = reader.get(PAIR, params=sent)
    where = urlsplit(led.headers["location"])
    page = reader.get(led.headers["location"])

    assert led.status_code == 303
    assert where.path == PAIR
    assert [name for name, _ in parse_qsl(where.query)] == ["batch", "recipe", "rate_c"]
    assert page.status_code == 200
    assert 'value="C/2"' in page.text
    assert "What moves" in page.text
    assert "After, rate C/2:" in page.text
    assert re.search(r"It would (keep its place:|have place) [12] of 2 of its cathode", page.text)
    assert re.search(r"/pictures/what-if.svg[?]sse=Li2ZrCl6[^ ]*rate_c=C%2F2", page.text)
    assert "share of the cathode that transport lets take part" in page.text


def test_what_repeats_the_batch_changes_nothing(reader):
    """It leads back to the pair; what was chosen of it stays."""
    batch = reader.get("/api/v1/batches").json()[0]["id"]
    led = reader.get(PAIR, params={"rate_c": "0.1", "other_recipe": "lfp-vgcf-hand"})
    chosen = reader.get(PAIR, params={"batch": batch, "rate_c": "0.1"})

    assert led.headers["location"] == PAIR
    assert chosen.headers["location"] == f"{PAIR}?batch={batch}"
    assert "What moves" not in reader.get(PAIR).text


def test_another_recipe_fills_the_form(reader):
    """Its parts stand in the fields, so that one of them can be changed next."""
    page = reader.get(PAIR, params={"other_recipe": "oxide-bare-hand"}, follow_redirects=True).text

    assert '<option value="oxide-bare-hand" selected>' in page
    assert 'name="carbon_parts" value="0"' in page


def test_faults_of_a_changed_cell_stand_beside_their_fields(reader):
    """What was written stays; a fault that names no field stands above."""
    wrong = {"rate_c": "quick", "coating": "Lx", "voltage_high_v": "4300"}
    page = reader.get(PAIR, params=wrong, follow_redirects=True)
    coated = reader.get(PAIR, params={"coating": "Lx"}, follow_redirects=True)
    unknown = reader.get(PAIR, params={"colour": "blue"})

    assert page.status_code == coated.status_code == unknown.status_code == 422
    assert page.text.count('aria-invalid="true"') == 2
    assert "that looks like mV; write 4.3" in page.text
    assert 'value="quick"' in page.text
    assert 'value="Lx"' in coated.text
    assert coated.text.count('aria-invalid="true"') == 1
    assert "no field &#39;colour&#39; to change" in unknown.text


def test_a_pair_is_that_of_its_batch_and_recipe(reader):
    """Both can be named; what the batch does not have is refused."""
    batch = reader.get("/api/v1/batches").json()[0]["id"]
    named = reader.get(PAIR, params={"batch": batch, "recipe": "lfp-vgcf-hand"})
    none = reader.get(PAIR, params={"recipe": "mine"})

    assert named.status_code == 200
    assert none.status_code == 404
    assert "it has lfp-vgcf-hand" in none.text
