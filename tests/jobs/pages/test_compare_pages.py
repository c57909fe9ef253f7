import pytest

from jobs.pages.compare_pages import APART, DIFFERENT, SAME, _says
from jobs.pages.shown_columns import shown_column

PAIRS = ["Li2ZrCl6|LiFePO4|lfp-vgcf-hand", "Li6PS5Cl|LiFePO4"]


def test_pairs_stand_side_by_side(reader):
    """With the picture of their factors, all figures, and links back to each."""
    page = reader.get("/compare", params={"pair": PAIRS}).text.replace("&amp;", "&")

    assert page.count("/pair/Li2ZrCl6/LiFePO4?recipe=lfp-vgcf-hand") == 1
    assert "/pictures/factors.svg?pair=Li2ZrCl6%7CLiFePO4%7Clfp-vgcf-hand&pair=Li6PS5Cl" in page
    assert "oxidation limit, V vs. Li/Li+" in page
    assert "surely different" in page


def test_the_ranking_leads_to_the_comparison(reader):
    """Each row can be ticked by the name that the comparison takes."""
    page = reader.get("/rank").text

    assert 'action="/compare"' in page
    assert 'name="pair" value="Li2ZrCl6|LiFePO4|lfp-vgcf-hand"' in page


@pytest.mark.parametrize(
    ("pairs", "status", "said"),
    [
        (PAIRS[:1], 422, "1 pairs are named; 2 to 4 are compared"),
        (PAIRS[:1] * 3, 422, "1 pairs are named"),
        ([*PAIRS, "Li2ZrCl6|S", "Li6PS5Cl|S", "Li3N|S"], 422, "5 pairs are named"),
        ([PAIRS[0], "Li3N"], 422, "is no pair; write SSE|CATHODE"),
        ([PAIRS[0], "Li3N|S"], 404, "Li3N with S is not in batch"),
        ([PAIRS[0], "Li2ZrCl6|LiCoO2"], 422, "LiCoO2"),
        ([PAIRS[0], "Li2ZrCl6|S|mine"], 404, "has no recipe"),
    ],
)
def test_what_cannot_be_compared_is_refused(reader, pairs, status, said):
    """In one line, on the page and in place of the picture."""
    page = reader.get("/compare", params={"pair": pairs})
    picture = reader.get("/pictures/factors.svg", params={"pair": pairs})

    assert page.status_code == status
    assert said in page.text
    assert "No picture" in picture.text


def test_intervals_that_do_not_meet_tell_pairs_apart():
    """1 to 2 and 2.5 to 3 do not; 1 to 2 and 1.5 to 3 do; equal to three digits is alike."""
    column = shown_column("score_0_to_1")

    def says(*found):
        rows = [dict(zip((column.name, *column.ends), one, strict=True)) for one in found]
        return _says(rows, column)

    assert says((1.5, 1.0, 2.0), (2.7, 2.5, 3.0)) == APART
    assert says((1.5, 1.0, 2.0), (2.0, 1.5, 3.0)) == DIFFERENT
    assert says((1.5, 1.0, 2.0), (1.5001, 1.0, 2.0)) == SAME
    assert says((1.5, None, None), (2.7, 2.5, 3.0)) == DIFFERENT
