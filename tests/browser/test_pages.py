import pytest

from tests.browser.conftest import served_at

COMPARED = "/compare?pair=Li2ZrCl6|S&pair=Li6PS5Cl|S"
CHANGED = "/pair/Li2ZrCl6/LiFePO4?rate_c=C/2&coating=LiNbO3"
PAGES = [
    "/", "/rank", "/pair/Li2ZrCl6/LiFePO4", CHANGED, COMPARED, "/submit", "/batches", "/lab",
    "/lab/cell", "/lab/calibration", "/materials", "/sql", "/data",
    "/sse/LZC",
]  # fmt: skip
SERIOUS = {"serious", "critical"}


def foreign(page, address):
    """Return what a page has asked of anybody else."""
    return [one for one in page.asked if not one.startswith((address, "data:"))]


def serious(page):
    """Return what axe-core finds to be in the way of somebody."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in axe.run(page).response["violations"]
        if one["impact"] in SERIOUS
    ]


def wide(page):
    """Return by how many pixels a page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_the_ranking_can_be_used_by_everybody(seen, site):
    """It fits, asks nobody else, runs without an error, and has no serious finding of axe-core."""
    seen.goto(f"{site}/rank")

    assert seen.locator("tbody tr").count() == 4
    assert wide(seen) == 0
    assert serious(seen) == []
    assert foreign(seen, site) == []
    assert seen.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_all_pages_can_be_used_by_everybody(seen, site, path, scheme):
    """The same for each page, with its pictures, on light and dark paper."""
    seen.emulate_media(color_scheme=scheme)
    seen.goto(f"{site}{path}")
    closed = seen.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.click()

    assert wide(seen) == 0
    assert serious(seen) == []
    assert foreign(seen, site) == []
    assert seen.wrong == []


def test_the_keyboard_is_enough(seen, site):
    """The first stop leads to the content; a filter is set and sent without a pointer."""
    seen.goto(f"{site}/rank")
    seen.keyboard.press("Tab")
    skip = seen.evaluate("document.activeElement.textContent")
    seen.keyboard.press("Enter")
    inside = seen.evaluate("document.activeElement.id")
    seen.get_by_label("With", exact=True).focus()
    seen.keyboard.type("Zr")
    seen.keyboard.press("Enter")
    seen.wait_for_url("**/rank?*contains=Zr*")

    assert skip == "Skip to content"
    assert inside == "main"
    assert seen.locator("tbody tr").count() == 2


def test_pairs_are_ticked_and_compared(seen, site):
    """By keyboard: a tick, another, and the button; the address names both."""
    seen.goto(f"{site}/rank?cathode=S")
    for box in seen.locator("input[name=pair]").all():
        box.focus()
        seen.keyboard.press("Space")
    seen.get_by_role("button", name="Compare").focus()
    seen.keyboard.press("Enter")
    seen.wait_for_url("**/compare?*")

    assert seen.url.count("pair=") == 2
    assert wide(seen) == 0
    assert seen.wrong == []


def test_a_batch_is_counted_as_one_writes(seen, site):
    """Counts and faults come by themselves, without a button."""
    seen.goto(f"{site}/submit")
    text = seen.locator("#batch")
    text.fill('sses = ["LZC", "LPSCl"]\ncathodes = ["S"]')
    seen.get_by_text("2 pairs: 2 SSEs in 1 composites.").wait_for()
    assert seen.locator("#sses").input_value() == "LZC\nLPSCl"
    seen.get_by_label("Li2S").or_(seen.get_by_label("Li₂S")).first.check()
    seen.get_by_text("4 pairs: 2 SSEs in 2 composites.").wait_for()
    assert 'cathodes = ["S", "Li2S"]' in text.input_value()
    text.fill("sses = [")
    seen.get_by_text("no valid TOML").wait_for()

    assert wide(seen) == 0
    assert [one for one in seen.wrong if "422" not in one] == []


@pytest.mark.slow
def test_what_people_write_never_runs(seen, tmp_path):
    """Names, notes, labels and reasons with scripts in them stay text, on every page."""
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    dialogs = []
    seen.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    with served_at(tmp_path / "store") as address:
        seen.goto(f"{address}/materials")
        seen.locator("textarea").fill(f"label,formula,note\nours,Li3N,{evil}\n{evil},Lx2,{evil}\n")
        seen.locator("input[name=source]").fill(evil)
        seen.get_by_role("button", name="Look at them").click()
        seen.goto(f"{address}/lab/cell")
        for name in ("id", "date", "sse", "note", "source"):
            seen.locator(f"[name={name}]").evaluate("(one, text) => one.value = text", evil)
        seen.get_by_role("button", name="Keep it").click()
        seen.goto(f"{address}/submit")
        seen.locator("#sses").fill(evil)
        seen.locator("#objective").evaluate("(one, text) => one.value = text", evil)
        seen.locator("#coatings").fill(f"none, {evil}")
        seen.locator("#objective-faults .fault").wait_for()
        seen.goto(f"{address}/submit?sse={evil}")
        seen.locator("#batch").fill(f"name = '{evil}'\nsses = ['LZC']\ncathodes = ['S']")
        seen.get_by_role("button", name="Submit").click()
        for path in ("/batches", f"/rank?contains={evil}", f"/sse/{evil}", "/materials"):
            seen.goto(f"{address}{path}")

    assert dialogs == []
    assert foreign(seen, address) == []
