import os
from pathlib import Path

import pytest

from tests.browser.conftest import served_at

STOPS = {
    "start": "/", "ranking": "/rank", "pair": "/pair/Li2ZrCl6/LiFePO4",
    "what-if": "/pair/Li2ZrCl6/LiFePO4?rate_c=C/2", "sse": "/sse/LZC",
    "submit": "/submit", "materials": "/materials", "laboratory": "/lab", "cell": "/lab/cell",
    "calibration": "/lab/calibration",
    "compare": "/compare?pair=Li2ZrCl6|S&pair=Li6PS5Cl|S", "sql": "/sql", "data": "/data",
    "about": "/about",
}  # fmt: skip


@pytest.mark.slow
def test_pictures_of_all_pages(seen, screened, tmp_path):
    """Each page of the tour is photographed with its pictures, for docs and for who reviews."""
    folder = Path(os.environ.get("TOUR", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    width = seen.viewport_size["width"]
    with served_at(screened) as address:
        for name, path in STOPS.items():
            seen.goto(f"{address}{path}")
            seen.evaluate("for (const one of document.images) one.loading = 'eager'")
            while not seen.evaluate("[...document.images].every((one) => one.complete)"):
                seen.wait_for_timeout(100)
            seen.screenshot(path=folder / f"{name}-{width}.png", full_page=True)

    assert all((folder / f"{name}-{width}.png").stat().st_size > 5000 for name in STOPS)
    assert seen.wrong == []
