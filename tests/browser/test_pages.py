import pytest

from tests.browser.conftest import served_at

PAGES = ["/", "/rank", "/pair/Li2ZrCl6/LiFePO4", "/submit", "/batches", "/lab", "/lab/cell",
         "/lab/calibration", "/materials", "/sql", "/data"]  # fmt: skip
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
        seen.locator("textarea").fill(f"name = '{evil}'\nsses = ['LZC']\ncathodes = ['S']")
        seen.get_by_role("button", name="Submit").click()
        for path in ("/batches", f"/rank?contains={evil}", f"/sse/{evil}", "/materials"):
            seen.goto(f"{address}{path}")

    assert dialogs == []
    assert foreign(seen, address) == []
