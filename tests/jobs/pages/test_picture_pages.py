from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest

from jobs.pages.picture_pages import _DRAWN, ranking
from jobs.service.kept_ranking import Wishes

PAIR = {"sse": "Li2ZrCl6", "cathode": "LiFePO4"}
PICTURES = [
    ("ranking", {"cathode": "S"}),
    ("factors", {"pair": ["Li2ZrCl6|LiFePO4", "Li6PS5Cl|S"]}),
    ("window", {"sse": "LZC"}),
    ("density", {"sse": "LZC"}),
    ("pair", PAIR),
    ("tiles", PAIR),
    ("cycle", {**PAIR, "recipe": "lfp-vgcf-hand"}),
    ("what-if", {**PAIR, "recipe": "lfp-vgcf-hand", "rate_c": "C/2", "temperature_k": "380"}),
]


@pytest.mark.parametrize(("name", "asked"), PICTURES)
def test_a_picture_stands_by_itself(reader, name, asked):
    """SVG that says what is to be seen, holds no script, and loads nothing."""
    if name == "what-if":
        asked = asked | {"batch": reader.get("/api/v1/batches").json()[0]["id"]}
    answer = reader.get(f"/pictures/{name}.svg", params=asked)
    root = ET.fromstring(answer.text)  # noqa: S314  # Our own answer.

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert root.get("aria-label")
    assert not [one for one in root.iter() if one.tag.endswith(("script", "foreignObject"))]
    assert "No picture" not in answer.text


def test_a_picture_that_cannot_be_drawn_says_why(reader):
    """Escaped, in place of the picture, and never a page of its own."""
    answer = reader.get("/pictures/window.svg", params={"sse": "<b>Lx</b>"})

    assert answer.status_code == 200
    assert "No picture" in answer.text
    assert "<b>" not in answer.text
    assert "No picture" in reader.get("/pictures/suggestions.svg").text
    assert "No picture" in reader.get("/pictures/cells.svg").text


def test_an_old_ranking_is_drawn_under_its_own_state():
    """The state of the ranking is handed on with its rows."""
    handed = []
    empty = pa.table({name: pa.array([], pa.string()) for name in _DRAWN})
    shown = SimpleNamespace(
        table=empty,
        state=("old",),
        ranking=SimpleNamespace(objective=SimpleNamespace(text="score")),
    )
    state = SimpleNamespace(
        rankings=SimpleNamespace(shown=lambda _: shown, state=lambda: ("new",)),
        drawings=SimpleNamespace(svg=lambda *_, **how: handed.append(how["state"]) or "<svg/>"),
    )

    ranking(SimpleNamespace(app=SimpleNamespace(state=state)), Wishes())

    assert handed == [("old",)]
