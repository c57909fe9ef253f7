"""A drawing that shows itself in a notebook and writes itself as SVG, PNG, PDF or HTML.

Altair describes it, vl-convert renders it: the program of Vega in a library, no browser, nothing
fetched, and the same drawing in all formats.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert

from jobs.figures.style import checked_ending, configuration
from jobs.process.output_file import write_output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PIXELS = 1200
"""Width of a .png file, unless another is asked for. [px]"""

_VERSION = "6.4"  # Of Vega-Lite: the newest in vl-convert 1.9, and that of Altair 6.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<script type="module">
{library}
vegaEmbed("#picture", {specification}, {{renderer: "svg", actions: false}});
</script>
</head>
<body>
<figure id="picture" role="img" aria-label="{alt}"></figure>
</body>
</html>
"""


@dataclass(frozen=True, eq=False)
class Picture:
    """One drawing."""

    chart: alt.TopLevelMixin
    """What is drawn; anything of Altair can be changed on it."""
    title: str
    """What it shows, in a few words."""
    alt: str
    """What is to be seen, for who cannot see it."""

    def specification(self) -> dict[str, Any]:
        """Return the drawing in Vega-Lite."""
        described: dict[str, Any] = self.chart.to_dict()
        return described | {"config": configuration(), "description": self.alt}

    def svg(self) -> str:
        """Return the drawing as an SVG document; equal drawings, equal bytes."""
        _fonts()
        drawn: str = vl_convert.vegalite_to_svg(self.specification(), vl_version=_VERSION)
        # Identifiers count all drawings of a process; here they count those of this one.
        numbers: dict[str, str] = {}
        drawn = re.sub(
            r"\b(clip|gradient_)(\d+)\b",
            lambda found: found[1] + numbers.setdefault(found[0], str(len(numbers))),
            drawn,
        )
        head = f'role="img" aria-label="{escape(self.alt)}"><title>{escape(self.title)}</title>'
        return drawn.replace(">", f" {head}", 1) + "\n"

    def png(self, *, width: int = PIXELS) -> bytes:
        """Return the drawing as a PNG file of so many pixels."""
        drawn = self.svg()
        size = re.search(r' width="([\d.]+)"', drawn)
        scale = width / float(size[1]) if size else 1.0
        return bytes(vl_convert.svg_to_png(drawn, scale=scale))

    def pdf(self) -> bytes:
        """Return the drawing as a PDF file of one page."""
        return bytes(vl_convert.svg_to_pdf(self.svg()))

    def html(self) -> str:
        """Return a page with the drawing, its library inside; numbers show under the pointer."""
        specification = json.dumps(self.specification()).replace("</", "<\\/")
        return _PAGE.format(
            title=escape(self.title),
            alt=escape(self.alt),
            library=_library(),
            specification=specification,
        )

    def save(self, path: Path | str) -> None:
        """Write the drawing to a file, in the format that its ending names.

        Parameters
        ----------
        path : Path or str
            A file that ends in one of `jobs.figures.style.FORMATS`.

        Raises
        ------
        JobsError
            If it ends in something else.
        OutputError
            If it cannot be written.
        """
        path = Path(path)
        forms: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.svg, ".png": self.png, ".pdf": self.pdf, ".html": self.html,
        }  # fmt: skip
        content = forms[checked_ending(path)]()
        write_output(path, content)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"image/svg+xml": self.svg(), "text/plain": f"{self.title}. {self.alt}"}


def plotted(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """Return a chart of rows, still without marks."""
    return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]  # Altair's own


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(Path(__file__).parent / "fonts"))


@cache
def _library() -> str:
    """Return Vega with `vegaEmbed` as one module, for a page."""
    return str(vl_convert.javascript_bundle("", vl_version=_VERSION))
