import re
from html.parser import HTMLParser

import pytest

PAGES = ["/", "/rank", "/pair/Li2ZrCl6/LiFePO4", "/sse/LZC", "/submit", "/batches", "/lab",
         "/lab/cell", "/lab/calibration", "/materials", "/sql", "/data", "/about",
         "/sign-in"]  # fmt: skip


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


def test_the_picture_is_of_the_rows_on_the_page(reader):
    """It leaves out as many as the page does; another order starts anew."""
    page = reader.get("/rank", params={"offset": 2}).text.replace("&amp;", "&")

    assert "/pictures/ranking.svg?offset=2" in page
    assert "/rank?sort=-efficiency_percent" in page
