from html.parser import HTMLParser

import pytest

from jobs.errors import OutputError, SheetError
from jobs.suggest.suggestion_sheet import USUAL_CELL, Cell, checked_cell, weighed, write_sheet
from screening.catalogue.conditions import USUAL
from screening.catalogue.materials import cathode

ROW = {
    "id": "s-1", "batch_id": "none", "sse": "Li6PS5Cl", "cathode": "LiFePO4",
    "recipe": "lfp-vgcf-hand", "kind": "candidate", "state": "suggested", "reason": "because",
    "outcome": "score above 0.5: it takes the first place",
}  # fmt: skip


class Page(HTMLParser):
    """Count what a page holds, and what it loads from elsewhere."""

    def __init__(self):
        super().__init__()
        self.articles, self.links, self.open = 0, [], []

    def handle_starttag(self, tag, attrs):
        """Count articles, note what is loaded, and open the tag."""
        self.articles += tag == "article"
        self.links += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the tag that was opened last."""
        assert self.open.pop() == tag


def test_masses_follow_the_recipe(tmp_path):
    """40:57:3 of 50 mg are 20, 28.5 and 1.5 mg."""
    (found,) = weighed(tmp_path, [ROW], Cell(mass=50.0))

    assert [found[f"{part}_mg"] for part in ("cathode", "sse", "carbon")] == [20.0, 28.5, 1.5]
    assert (found["mixing"], found["carbon"], found["pressure_mpa"]) == ("hand", "VGCF", 375.0)
    assert (found["voltage_low_v"], found["voltage_high_v"]) == (2.5, 4.0)


def test_masses_follow_the_area_and_the_loading(tmp_path):
    """0.785 cm2 at 2 mAh/cm2 need 1.57 mAh of cathode, and 57/40 of its mass in SSE."""
    (found,) = weighed(tmp_path, [ROW], Cell(area=0.785, loading=2.0))

    mass = 1000 * 1.57 / cathode("LiFePO4").theoretical_capacity
    assert found["cathode_mg"] == pytest.approx(mass, abs=1e-3)
    assert found["sse_mg"] == pytest.approx(mass * 57 / 40, abs=1e-3)


def test_without_a_loading_it_is_that_of_the_ranking(tmp_path):
    """2 mAh/cm2 at C/10 where the batch states nothing."""
    (found,) = weighed(tmp_path, [ROW], USUAL_CELL)
    (stated,) = weighed(tmp_path, [ROW], Cell(area=0.785, loading=2.0))

    assert found == stated
    assert found["planned_rate_c"] == USUAL.rate


def test_without_a_cell_there_are_no_masses(tmp_path):
    """The recipe stands there all the same; an unknown one is null."""
    known, unknown = weighed(tmp_path, [ROW, ROW | {"recipe": "lost"}], None)

    assert (known["cathode_mg"], known["cathode_parts"]) == (None, 40.0)
    assert unknown["cathode_parts"] is None


@pytest.mark.parametrize(
    ("mass", "area", "loading", "said"),
    [
        (50, 1, 2, "give --mass-mg, or both"),
        (None, 1, None, "give --mass-mg, or both"),
        (None, None, 2, "give --mass-mg, or both"),
        (0, None, None, "--mass-mg 0 is outside"),
        (float("nan"), None, None, "outside"),
        (None, -1, 2, "--area-cm2 -1 is outside"),
        (None, 1, 1000, "--loading 1000 is outside"),
    ],
)
def test_a_cell_of_no_size_is_refused(mass, area, loading, said):
    """Given twice, by half, or out of range."""
    with pytest.raises(SheetError, match=said):
        checked_cell(mass, area, loading)


def test_no_size_is_no_cell():
    """Nothing given, nothing weighed."""
    assert checked_cell(None, None, None) is None
    assert checked_cell(50.0, None, None) == Cell(mass=50.0)


def test_the_sheet_stands_alone(tmp_path):
    """Well-formed, one article for each suggestion, nothing loaded, nothing executed."""
    path = tmp_path / "sheet.html"
    evil = ROW | {"reason": "<script>alert(1)</script>"}

    write_sheet(weighed(tmp_path, [ROW, evil], Cell(mass=50.0)), path)

    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert (page.articles, page.links, page.open) == (2, [], [])
    assert "<script" not in text
    assert "28.5" in text
    assert "s-1: Li6PS5Cl with LiFePO4" in text


def test_a_sheet_that_cannot_be_written_is_refused(tmp_path):
    """Another kind of file, or a folder that is not there."""
    with pytest.raises(SheetError, match=r"only \.html"):
        write_sheet([], tmp_path / "sheet.pdf")
    with pytest.raises(OutputError, match="there is no folder"):
        write_sheet([], tmp_path / "nowhere" / "sheet.html")
