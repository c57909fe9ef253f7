"""Lays out what the site is made of: pages as they stand, notebooks, what the code says, pictures.

The folder mirrors the repository, so that a link which leads somewhere there leads somewhere here.
A line ``<!-- picture: COMMAND | caption -->`` of a page becomes what that command draws.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from code_pages import command_page, http_page, python_page
from notebook_pages import Page, notebook_pages

from benchmarks.drawings import electrode_picture, growth_picture
from jobs.cli import main

ROOT = Path(__file__).parents[2]
PAGES = ("*.md", "docs/*.md", "*/data/README.md")
SECTIONS = ("Tutorial", "How-to", "Explanation", "Reference", "Project")
"""Headings of docs/README.md; the links below each are a part of the contents, in their order."""
FROM_CODE = {
    "reference-commands": ("commands and their options", command_page),
    "reference-python": ("the front door in Python", python_page),
    "reference-http": ("routes for programs", http_page),
}
"""Pages that stand nowhere in the repository: in words, and what returns them."""
KEPT = {"growth": growth_picture, "microstructure": electrode_picture}
"""Pictures of measurements that take too long for a build."""
_REFERENCE = "| you look up | read |\n|---|---|\n"
_LINK = re.compile(r"(?<!!)(\[[^\]]+\])\(([^)\s]+)\)")
_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"^<!-- picture: (.+?) \| (.+?) -->$", re.MULTILINE)


class Stage:
    """The folder that Sphinx reads."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self._drawn = 0

    def write(self, name: str, text: str) -> None:
        """Write a page, by its path in the repository."""
        there = self.folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, encoding="utf-8")

    def page(self, name: str) -> None:
        """Lay out a page of the repository."""
        text = (ROOT / name).read_text(encoding="utf-8")
        text = _PICTURE.sub(lambda found: self._picture(name, found[1], found[2]), text)
        self.write(name, self._linked(name, text))

    def notebook(self, path: Path, page: Page) -> None:
        """Lay out a notebook that was run, with what its cells show."""
        name = path.relative_to(ROOT).as_posix()
        texts = list(page.texts)
        texts.insert(1, f"To run: `{name}` in the repository.")
        self.write(name[: -len("ipynb")] + "md", self._linked(name, "\n\n".join(texts)))
        for file, drawn in page.pictures.items():
            self.write(f"notebooks/pictures/{file}", drawn)

    def _linked(self, name: str, text: str) -> str:
        parts = _FENCED.split(text)
        parts[::2] = [
            _LINK.sub(lambda found: f"{found[1]}({self._target(name, found[2])})", part)
            for part in parts[::2]
        ]
        return "".join(parts)

    def _target(self, name: str, target: str) -> str:
        """Return where a link leads on the site; a file that is no page is laid beside it."""
        file, hash_, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target) or not file:
            return target
        if file.endswith(".ipynb"):
            return file[: -len("ipynb")] + "md"
        there = (ROOT / name).parent / file
        if there.is_dir():
            return f"{file.rstrip('/')}/README.md"
        if there.suffix != ".md":
            copy = self.folder / there.resolve().relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(there, copy)
        return file + hash_ + anchor

    def _picture(self, name: str, command: str, caption: str) -> str:
        self._drawn += 1
        drawn = (self.folder / name).parent / "pictures" / f"{self._drawn}.svg"
        drawn.parent.mkdir(parents=True, exist_ok=True)
        words = shlex.split(command)
        if words[0] == "kept":
            KEPT[words[1]]().save(drawn)
        else:
            run([*words[1:], "--plot", str(drawn)])
        return f"![{caption}](pictures/{drawn.name})\n\n*{caption}*"


def run(words: list[str]) -> None:
    """Run a command of the program, and stop the build if it fails."""
    with redirect_stdout(StringIO()):
        try:
            main(words)
        except SystemExit as ended:
            if ended.code:
                sys.exit(f"catholyte {shlex.join(words)}: exit code {ended.code}")


def contents(index: str) -> str:
    """Return the contents that the headings and links of the index describe."""
    parts = []
    for section in SECTIONS:
        body = index.split(f"\n## {section}\n")[1].split("\n## ", maxsplit=1)[0]
        targets = [target.partition("#")[0] for _, target in _LINK.findall(body)]
        pages = [target for target in dict.fromkeys(targets) if target.endswith(".md")]
        listed = "\n".join(f"{page}" for page in pages)
        parts.append(f"```{{toctree}}\n:hidden:\n:caption: {section}\n\n{listed}\n```")
    return "\n\n".join(parts) + "\n"


def examples() -> str:
    """Return a page of all batch files to copy."""
    files = sorted((ROOT / "examples").iterdir())
    kinds = {".toml": "toml", ".csv": "text"}
    texts = [
        f"## {file.name}\n\n```{kinds[file.suffix]}\n{file.read_text('utf-8')}```" for file in files
    ]
    return "\n\n".join(["# Batch files to copy", *texts]) + "\n"


def lay_out(folder: Path) -> None:
    """Lay out all pages, in a folder that holds nothing else."""
    stage = Stage(folder)
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            stage.page(path.relative_to(ROOT).as_posix())
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path, page in zip(notebooks, notebook_pages(notebooks), strict=True):
        stage.notebook(path, page)
    stage.write("examples/README.md", examples())
    for name, (_, text) in FROM_CODE.items():
        stage.write(f"docs/{name}.md", text())
    index = (folder / "docs/README.md").read_text(encoding="utf-8")
    rows = "".join(f"| {words} | [here]({name}.md) |\n" for name, (words, _) in FROM_CODE.items())
    index = index.replace(_REFERENCE, _REFERENCE + rows)
    stage.write("docs/README.md", f"{index}\n{contents(index)}")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    with TemporaryDirectory() as empty:
        os.environ |= {"CATHOLYTE_STORE": f"{empty}/store", "CATHOLYTE_DATA": f"{empty}/data"}
        run(["screen"])
        lay_out(place)
