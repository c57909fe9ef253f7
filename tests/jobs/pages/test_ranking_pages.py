import re
from html.parser import HTMLParser
from io import BytesIO

import pyarrow.csv
import pyarrow.parquet
import pytest

from jobs.pages.ranking_pages import _groups
from jobs.pages.shown_columns import USUAL

PAGES = [
    "/", "/rank", "/rank?cathode=S&columns=score_0_to_1,coating",
    "/pair/Li2ZrCl6/LiFePO4",
    "/pair/Li2ZrCl6/LiFePO4?rate_c=C/2", "/compare?pair=Li2ZrCl6|S&pair=Li6PS5Cl|S",
    "/sse/LZC", "/submit",
    "/batches", "/lab", "/lab/cell", "/lab/calibration",
    "/materials", "/sql", "/data", "/about",
    "/sign-in",
]  # fmt: skip


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
    answer = reader.get(path, follow_redirects=True)
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


def test_the_picture_is_of_the_rows_on_the_page(reader):
    """It leaves out as many as the page does; another order starts anew."""
    page = reader.get("/rank", params={"offset": 2}).text.replace("&amp;", "&")

    assert "/pictures/ranking.svg?offset=2" in page
    assert "/rank?sort=-efficiency_percent" in page


def test_columns_are_chosen_in_the_address(reader):
    """Sorting, filtering and files keep them; the usual ones need not be named."""
    asked = {"columns": "first_charge_mah_per_g,coating", "sort": "-score_0_to_1"}
    page = reader.get("/rank", params=asked).text.replace("&amp;", "&")
    usual = reader.get("/rank", params={"columns": list(USUAL)}).text
    wrong = reader.get("/rank", params={"columns": "first_charge"})

    assert "first charge, mAh/g</a>" in page
    assert "efficiency, %</a>" not in page
    assert "/rank?sort=-coating&columns=first_charge_mah_per_g%2Ccoating" in page
    assert '<input type="hidden" name="sort" value="-score_0_to_1">' in page
    assert 'name="columns" value="coating" checked' in page
    assert "/rank.csv?sort=-score_0_to_1&columns=first_charge_mah_per_g%2Ccoating" in page
    assert "efficiency, %</a>" in usual
    assert "/rank?sort=-efficiency_percent" in usual
    assert wrong.status_code == 422
    assert "there is no column &#39;first_charge&#39; to show; did you mean" in wrong.text


def test_the_page_as_a_file(reader):
    """The pairs that the filter leaves, in order, with names, chosen columns and their ends."""
    asked = {"cathode": "S", "columns": "score_0_to_1,coating", "sort": "score_0_to_1", "limit": 1}
    text = reader.get("/rank.csv", params=asked)
    table = pyarrow.parquet.read_table(BytesIO(reader.get("/rank.parquet", params=asked).content))
    found = pyarrow.csv.read_csv(BytesIO(text.content))

    assert "attachment" in text.headers["content-disposition"]
    assert found["sse"].to_pylist() == ["Li2ZrCl6", "Li6PS5Cl"]
    assert found.column_names == table.column_names
    assert found.column_names[-4:] == [
        "score_0_to_1", "score_low_0_to_1", "score_high_0_to_1", "coating",
    ]  # fmt: skip
    assert table.num_rows == 2
    assert reader.get("/rank.exe").status_code == 404


def test_pairs_that_are_not_told_apart_stand_together():
    """Within a cathode, in the order of places; one alone has nobody to be told from."""
    rows = [{"group": group, "rank_in_cathode": place} for place, group in enumerate("aabcc", 1)]
    together = _groups(rows, together=True)

    assert [(said.partition(" are")[0], len(some)) for said, some in together] == [
        ("Places 1 to 2", 2), ("", 1), ("Places 4 to 5", 2),
    ]  # fmt: skip
    assert _groups(rows, together=False) == [("", rows)]


def test_classes_and_probabilities_filter(reader):
    """What a page shows is what programs get; an unknown class is refused."""
    halides = reader.get("/api/v1/pairs", params={"chemistry": "halide"}).json()
    likely = reader.get("/api/v1/pairs", params={"probability": 0.9}).json()
    every = reader.get("/api/v1/pairs").json()
    wrong = reader.get("/rank", params={"chemistry": "salt", "probability": ""})

    assert {row["sse"] for row in halides} == {"Li2ZrCl6"}
    assert likely == [row for row in every if row["top_probability"] >= 0.9]
    assert wrong.status_code == 422
    assert "sulfide, halide" in wrong.text


def test_an_sse_is_told_with_what_is_like_it_and_what_stands_in_its_way(reader):
    """Neighbours, supply, gates and places; the ways to add a figure and to screen it."""
    page = reader.get("/sse/LZC", params={"cathode": "S"}).text
    wrong = reader.get("/sse/LZC", params={"cathode": "steel"})

    assert "measured material like it" in page
    assert "concentration of supply" in page
    assert "It passes all gates. With S interface is the least of its factors" in page
    assert "/materials?sse=Li2ZrCl6" in page
    assert "/submit?sse=Li2ZrCl6" in page
    assert "Li2ZrCl6\tLi2ZrCl6\t" in reader.get("/materials?sse=Li2ZrCl6").text
    assert wrong.status_code == 200
    assert "steel" in wrong.text
