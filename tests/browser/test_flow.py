import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import httpx
import pytest

from tests.browser.test_pages import foreign, serious, wide


@pytest.fixture
def program(tmp_path):
    """Return the address of `catholyte serve` on an empty store, with its worker."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "jobs.cli", "serve", "--port", str(port), "--store", "s"]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command, cwd=tmp_path, env=os.environ, stderr=subprocess.DEVNULL
    ) as server:
        while True:
            try:
                httpx.get(f"{address}/api/v1/health", timeout=60)
                break
            except httpx.ConnectError:
                assert server.poll() is None
                time.sleep(0.1)
        yield address
        server.terminate()


def tabbed(page, name):
    """Go on with the tabulator to the field of a name."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    pytest.fail(f"no stop at {name}")


def written(page, name, text):
    """Go on to a field, and write over what stands in it."""
    tabbed(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_batch_is_submitted_by_keyboard(seen, program, scheme):
    """Filled in from field to field; a fault is told beside its own, and mended; then a ranking."""
    page = seen
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{program}/submit")
    written(page, "name", "by keyboard")
    written(page, "sses", "LZC\nLPSCl")
    tabbed(page, "window.LiFePO4-to")
    page.keyboard.type("4200")
    fault = page.locator("[id='window.LiFePO4-faults'] .fault")
    fault.wait_for()
    said = fault.text_content()
    told = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    invalid = page.evaluate("document.activeElement.getAttribute('aria-invalid')")
    in_the_way, too_wide = serious(page), wide(page)
    page.keyboard.press("Control+A")
    page.keyboard.type("4.2")
    page.get_by_text("2 pairs: 2 SSEs in 1 composites.").wait_for()
    tabbed(page, "cathodes-S")
    page.keyboard.press("Space")
    page.get_by_text("4 pairs: 2 SSEs in 2 composites.").wait_for()
    written(page, "rate_c", "0.2")
    page.keyboard.press("Enter")
    page.locator("#state", has_text="done").wait_for(timeout=300_000)
    page.get_by_role("link", name="Its ranking").press("Enter")
    page.locator("tbody tr").nth(3).wait_for()

    assert said == "4200 V is outside 0 to 6 V: that looks like mV; write 4.2"
    assert (told, invalid) == ("window.LiFePO4-faults", "true")
    assert (in_the_way, too_wide) == ([], 0)
    assert page.locator("tbody tr").count() == 4
    assert foreign(page, program) == []
    assert [one for one in page.wrong if "422" not in one] == []


@pytest.mark.slow
def test_from_an_empty_store_to_a_measured_cell(seen, program):
    """Ranking, pair, suggestion, sheet, code, cell, and what it moves: as a person clicks."""
    page = seen
    page.goto(program)
    page.get_by_role("link", name="with your own").click()
    page.locator("#batch").fill(
        'name = "mine"\nsses = ["LZC", "LPSCl"]\ncathodes = ["LiFePO4", "S"]'
    )
    page.get_by_role("button", name="Submit").click()
    page.locator("#state", has_text="done").wait_for(timeout=300_000)
    page.get_by_role("link", name="Its ranking").click()
    assert page.locator("tbody tr").count() == 4

    page.locator("tbody a").first.click()
    page.get_by_text("What each").or_(page.get_by_text("First cycle", exact=True)).first.wait_for()

    page.goto(f"{program}/lab")
    page.get_by_label("Cells").fill("1")
    page.get_by_role("button", name="Suggest").click()
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("link", name="The sheet to print").click()
    assert page.locator("article.cell").count() == 1
    assert page.locator("img.code").is_visible()
    assert page.pdf().startswith(b"%PDF")

    page.goto(f"{program}/lab")
    page.get_by_role("link", name="Enter it").click()
    assert page.locator("[name=sse]").input_value()
    page.locator("[name=first_charge_mah_per_g]").fill("140")
    page.locator("[name=first_discharge_mah_per_g]").fill("much")
    page.get_by_role("button", name="Keep it").click()
    assert page.locator("[aria-invalid]").count() >= 1

    page.locator("[name=first_discharge_mah_per_g]").fill("126")
    page.locator("[name=date]").fill(datetime.now(UTC).date().isoformat())
    page.locator("[name=source]").fill("notebook 12")
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url("**/lab?kept=*")
    assert page.locator("section", has_text="made").get_by_role("article").count() >= 1

    rows = httpx.get(f"{program}/api/v1/pairs", timeout=60).json()
    assert [row["measured_cells"] for row in rows].count(0) < len(rows)
    assert foreign(page, program) == []
    assert page.wrong == [] or all("422" in one for one in page.wrong)
