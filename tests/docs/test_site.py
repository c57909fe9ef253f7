import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_fetches_nothing(tmp_path):
    """What `make docs` does: every link leads somewhere, no page asks another host for anything."""
    pytest.importorskip("furo", reason="pip install 'catholyte[docs]' builds the site")
    pytest.importorskip("myst_parser", reason="as above")
    pages, site = tmp_path / "pages", tmp_path / "site"
    sphinx = ["-m", "sphinx", "-q", "-W", "-b", "html", "-c", ROOT / "docs/site", pages, site]

    for command in ([ROOT / "docs/site/stage.py", pages], sphinx):
        ended = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert ended.returncode == 0, ended.stderr

    loaded = r'<(?:script|img|link|iframe)[^>]*(?:src|href)="(?:https?:)?//'
    for page in site.rglob("*.html"):
        assert not re.search(loaded, page.read_text(encoding="utf-8")), page
    assert (site / "searchindex.js").is_file()
    assert list(site.rglob("_images/*.svg"))
    for page in (site / "notebooks").glob("[0-9]*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.search(r'<img alt="[^"]{20}[^>]*src="[^"]*\.svg"', text), page
        assert 'class="shown"' in text, page


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_a_page_shows_no_committed_picture(page):
    """Pictures are drawn by the build, from what the program says today."""
    assert "![" not in page.read_text(encoding="utf-8")
