import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted

KINDS = (
    "windows", "reactions", "tiles", "densities", "section", "parity", "ranking", "front",
    "masses", "funnel", "agreement",
)  # fmt: skip
SHARES = {"score", "share of the atoms from Li₆PS₅Cl"}
"""Numbers without a unit."""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def dot():
    chart = plotted([{"x": 1.0, "y": 2.0}]).mark_point().encode(x="x:Q", y="y:Q")
    return Picture(chart, "A <dot>", "one dot & nothing else")


def channels(specification):
    """Yield every position channel of a chart, wherever it is nested."""
    if isinstance(specification, dict):
        for key, value in specification.items():
            if key == "encoding":
                yield from (value[axis] for axis in ("x", "y") if axis in value)
            yield from channels(value)
    elif isinstance(specification, list):
        for value in specification:
            yield from channels(value)


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_has_a_name_and_a_unit(pictures, kind):
    """Each quantitative axis that has a title ends in a unit; a picture has at least one."""
    titles = [
        " ".join(title) if isinstance(title, list) else title
        for channel in channels(pictures[kind].specification())
        if channel.get("type") == "quantitative" and (title := channel.get("title"))
    ]

    assert titles
    assert [title for title in titles if not title.endswith("]") and title not in SHARES] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_says_what_it_shows(pictures, kind):
    """In a title and in words for who cannot see; both stand in the file."""
    root = ET.fromstring(pictures[kind].svg())  # noqa: S314  # Our own file, just made.

    assert root.attrib["aria-label"] == pictures[kind].alt
    assert root.find(f"{SVG}title").text == pictures[kind].title
    assert min(len(pictures[kind].alt), len(pictures[kind].title)) > 5


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wider_than_a_page(pictures, kind):
    """A picture on its own is at most 680 pixels wide, so that 600 of them show its letters."""
    root = ET.fromstring(pictures[kind].svg())  # noqa: S314  # Our own file, just made.

    assert float(root.attrib["width"]) <= 680


def test_equal_drawings_are_equal_bytes(dot):
    """However many were drawn before: in this process, and in a new one."""
    code = (
        "from jobs.figures.picture import Picture, plotted\n"
        "chart = plotted([{'x': 1.0, 'y': 2.0}]).mark_point().encode(x='x:Q', y='y:Q')\n"
        "print(Picture(chart, 'A <dot>', 'one dot & nothing else').svg(), end='')"
    )
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert dot.svg() == dot.svg() == fresh.stdout


def test_files_are_what_their_endings_say(dot, tmp_path):
    """The first bytes of each kind; a .png has the width that was asked for."""
    for ending, start in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        dot.save(tmp_path / f"dot{ending}")
        assert (tmp_path / f"dot{ending}").read_bytes().startswith(start)

    assert int.from_bytes(dot.png(width=600)[16:20]) == pytest.approx(600, abs=1)
    assert int.from_bytes((tmp_path / "dot.png").read_bytes()[16:20]) == pytest.approx(1200, abs=1)


def test_a_page_needs_nothing_from_elsewhere(dot, tmp_path):
    """Its library and its numbers are inside; it loads no file and no address."""
    dot.save(tmp_path / "dot.html")
    page = (tmp_path / "dot.html").read_text(encoding="utf-8")

    assert not re.search(r"<(link|script|img)[^>]+(src|href)=", page)
    assert not re.search(r"import\s*\(?\s*[\"']https?:", page)
    assert "A &lt;dot&gt;" in page
    specification = re.search(r'vegaEmbed\("#picture", (\{.*\}), \{renderer', page)[1]
    assert json.loads(specification.replace("<\\/", "</")) == dot.specification()


def test_a_notebook_shows_the_drawing(dot):
    """As SVG, and in words where there are no pictures."""
    bundle = dot._repr_mimebundle_()

    assert bundle["image/svg+xml"] == dot.svg()
    assert "one dot" in bundle["text/plain"]


@pytest.mark.parametrize("name", ["dot.jpeg", "dot", "nowhere/dot.svg"])
def test_only_what_can_be_written_is_written(dot, tmp_path, name):
    """Another kind of file, or a folder that is not there, is one line."""
    with pytest.raises(JobsError, match=r"plot |there is no folder"):
        dot.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
