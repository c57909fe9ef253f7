"""Notebooks as pages: run in an empty folder, with what their cells show below each of them."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import nbclient
import nbformat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
SECONDS = 900
"""A cell that takes longer stops the build: a fit takes one or two minutes."""
_AT_ONCE = 2  # Kernels; the numerics of each use one processor most of the time.
_OWN_STYLE = re.compile(r"<style.*?</style>\s*", re.DOTALL)  # Of pandas; the site has one.


class Page(NamedTuple):
    """A notebook, laid out."""

    texts: list[str]
    """Its cells with what they show, as Markdown."""
    pictures: dict[str, str]
    """SVG documents by the name of the file that the texts show."""


def notebook_pages(paths: Sequence[Path]) -> list[Page]:
    """Return notebooks as pages, in order; a cell that fails or warns stops the build, in one line.

    Parameters
    ----------
    paths : sequence of Path
        The notebooks; two are run at a time.
    """
    contents = asyncio.run(_all_run(paths))
    return [_page(path, content) for path, content in zip(paths, contents, strict=True)]


def _page(path: Path, content: Any) -> Page:
    texts: list[str] = []
    pictures: dict[str, str] = {}
    for number, cell in enumerate(content.cells):
        if cell.cell_type == "markdown":
            texts.append(cell.source)
            continue
        texts.append(f"```python\n{cell.source}\n```")
        for data in _shown(path.name, number, cell.outputs):
            if "image/svg+xml" in data:
                name = f"{path.stem}-{len(pictures) + 1}.svg"
                pictures[name] = data["image/svg+xml"]
                texts.append(f"![{_alt(data['text/plain'])}](pictures/{name})")
            elif "text/html" in data:
                table = _OWN_STYLE.sub("", data["text/html"])
                texts.append(f'```{{raw}} html\n<div class="shown">{table}</div>\n```')
            else:
                shown = escape(data["text/plain"].rstrip("\n"), quote=False)
                texts.append(f'```{{raw}} html\n<pre class="shown">{shown}</pre>\n```')
    return Page(texts, pictures)


async def _all_run(paths: Sequence[Path]) -> list[Any]:
    """Return what notebooks hold once they have been run."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(path: Path) -> Any:
        content = nbformat.read(path, as_version=4)
        async with turn:
            await _run(path.name, content)
        return content

    return await asyncio.gather(*map(one, paths))


async def _run(name: str, content: Any) -> None:
    """Run all cells in a fresh kernel, in an empty folder and with settings of nobody."""
    with TemporaryDirectory() as empty:
        place = Path(empty) / "here"
        place.mkdir()
        kept = {key: text for key, text in os.environ.items() if not key.startswith("CATHOLYTE_")}
        settings = {
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error::UserWarning:catholyte,error::RuntimeWarning",
            "IPYTHONDIR": f"{empty}/ipython",
            "CATHOLYTE_DATA": f"{empty}/data",
        }
        client = nbclient.NotebookClient(
            content,
            kernel_name="python3",
            timeout=SECONDS,
            resources={"metadata": {"path": str(place)}},
        )
        kernel = client.create_kernel_manager()
        # Files in place of ports, which others could open.
        kernel.transport, kernel.ip = "ipc", f"{empty}/kernel"
        try:
            await client.async_execute(env=kept | settings)
        except nbclient.exceptions.CellExecutionError as error:
            number = next(n for n, cell in enumerate(content.cells) if _failed(cell))
            sys.exit(f"notebooks/{name}, cell {number}: {error.ename}: {error.evalue}")
        except nbclient.exceptions.CellTimeoutError:
            sys.exit(f"notebooks/{name}: a cell takes longer than {SECONDS} s; shorten it")


def _failed(cell: Any) -> bool:
    return any(one.output_type == "error" for one in cell.get("outputs", ()))


def _shown(name: str, number: int, outputs: Sequence[Any]) -> Iterator[dict[str, str]]:
    """Yield what a cell shows, printed text in one piece."""
    printed = ""
    for one in outputs:
        if one.output_type == "stream" and one.name == "stdout":
            printed += one.text
            continue
        if one.output_type == "stream":
            sys.exit(f"notebooks/{name}, cell {number}: warns: {one.text.strip().splitlines()[-1]}")
        if printed:
            yield {"text/plain": printed}
            printed = ""
        yield one.data
    if printed:
        yield {"text/plain": printed}


def _alt(text: str) -> str:
    """Return what a picture says of itself, as Markdown takes it in brackets."""
    return re.sub(r"[\[\]\\`*_]", lambda found: f"\\{found[0]}", " ".join(text.split()))
