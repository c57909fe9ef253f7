import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from jobs.cli import app, main
from jobs.schema import store_schema as schema
from screening.batch.batch_file import read_batch
from screening.batch.resolved import resolved
from screening.first_cycle.calibration import default_calibration

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"\b(FILE|ID)\b|\.\.\.")
ELSEWHERE = re.compile("--leave-one-out|^catholyte serve")
"""Commands of minutes and without an end, which tests of their own run."""
WITH_COMMANDS = [page for page in PAGES if "\ncatholyte " in page.read_text(encoding="utf-8")]
WITH_PYTHON = [page for page in PAGES if "\n```python\n" in page.read_text(encoding="utf-8")]
COMMANDS = typer.main.get_command(app).commands
WITH_SUBCOMMANDS = COMMANDS | {
    f"{name} {part}": command
    for name, group in COMMANDS.items()
    for part, command in getattr(group, "commands", {}).items()
}


def named(path):
    return path.relative_to(ROOT).as_posix()


def anchors(page):
    """Return the anchors of a page's headings, as web hosts make them."""
    headings = re.findall(r"^#+ +(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def commands(page):
    """Return the ``catholyte`` commands of a page's shell blocks, a continued string in one."""
    found = []
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language in {"sh", "bash", "console", ""}:
            text = re.sub(r"\\\n\s*", " ", block)
            found += re.findall(r'^(?:\$ )?(catholyte (?:"[^"]*"|[^"\n])*)$', text, re.MULTILINE)
    return found


def test_the_page_of_the_schema_is_that_of_the_program():
    """docs/schema.md is printed, not written, by `python -m jobs.schema.store_schema`."""
    page = ROOT / "docs" / "schema.md"

    assert page.read_text(encoding="utf-8") == schema.markdown()


@pytest.mark.parametrize("name", WITH_SUBCOMMANDS)
def test_every_command_and_option_has_help(name):
    """sqlite-utils' rule: nothing that can be typed is undocumented."""
    command = WITH_SUBCOMMANDS[name]

    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{name} {parameter.name}"


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=named)
def test_every_page_stands_in_the_index(path):
    """A page that nothing leads to is not read; the contents of the site come from there too."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")

    assert path.name == "README.md" or f"]({path.name})" in index


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    """To a file of the repository, and to a heading in it where one is named."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(there), target


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=named)
def test_the_commands_of_a_page_run(page, folder, monkeypatch, capfd):
    """What a reader copies works, in order; FILE and ID stand for the reader's own."""
    monkeypatch.chdir(folder)
    left_out = re.compile(f"{PLACEHOLDER.pattern}|{ELSEWHERE.pattern}")
    lines = [line for line in commands(page) if not left_out.search(line)]
    for _, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if block.startswith("formula,"):  # The page shows the table that its commands name.
            (folder / "my-phases.csv").write_text(block, encoding="utf-8")

    for line in lines:
        words = shlex.split(line, comments=True)
        for stop in ("|", ">"):
            words = words[: words.index(stop)] if stop in words else words
        with pytest.raises(SystemExit) as ended:
            main(words[1:])
        output, errors = capfd.readouterr()  # Drivers of `work` print too.
        assert not ended.value.code, f"{line}\n{errors}"
        assert output or errors, line


def test_the_readme_shows_every_command_as_it_is_typed():
    """A block to copy from, checked above, and not a list of names."""
    assert {shlex.split(line)[1] for line in commands(ROOT / "README.md")} == set(COMMANDS)


@pytest.mark.parametrize("page", WITH_PYTHON, ids=named)
def test_the_python_of_a_page_runs(page, folder):
    """Each block in a fresh interpreter, in a folder where one screen has been run."""
    blocks = [
        block for language, block in FENCE.findall(page.read_text("utf-8")) if language == "python"
    ]

    assert blocks
    for block in blocks:
        subprocess.run(
            [sys.executable, "-W", "error", "-c", block],
            check=True,
            capture_output=True,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=named)
def test_examples_can_be_run_as_they_say(path):
    """Each is read strictly, and tells the command for itself."""
    assert list(resolved(read_batch(path)))
    assert f"catholyte screen {named(path)}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_paths_that_a_page_names_exist(page):
    """A file in backticks with one of our folders in front is there."""
    folders = "stability|descriptors|screening|jobs|tests|benchmarks|docs|examples|notebooks"
    text = FENCE.sub("", page.read_text(encoding="utf-8"))

    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", text):
        assert (ROOT / path).exists() or (page.parent / path).exists(), path


def test_a_page_names_every_parameter_with_its_value():
    """The page and the shipped calibration say the same."""
    text = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    before = r"[^|]*\|[^|]*\| "

    for name, fitted in default_calibration().quantities.items():
        rows = re.findall(
            rf"^\| `{name}` \| {before}([\d.]+)[^(|]*\(([\d.]+)-([\d.]+)\)", text, re.MULTILINE
        )
        assert [tuple(float(x) for x in row) for row in rows] == [
            tuple(float(f"{number:.3g}") for number in fitted[:3])
        ], name


def test_the_version_stands_in_one_way_everywhere():
    """pyproject.toml and CITATION.cff agree, and the changelog has an entry."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    said = re.search(r"^version: *\"?([\w.]+)", citation, re.MULTILINE)
    assert said is None or said[1] == project["version"]
    assert project["version"] in changelog or "Unreleased" in changelog


def test_the_readme_ranking_agrees_with_the_program(folder, monkeypatch, capsys):
    """Places and scores that the README shows are those that a reader gets."""
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit):
        main(
            [
                "query",
                "FROM ranked_pairs JOIN batches USING (batch_id) WHERE name = 'reference'",
                "--json",
            ]
        )
    found = {(row["cathode"], row["sse"]): row for row in json.loads(capsys.readouterr().out)}
    blocks = [
        block
        for language, block in FENCE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
        if language == "text"
    ]
    shown = 0
    for section in re.split(r"\n\n", "\n\n".join(blocks)):
        cathode = section.lstrip().split(",")[0]
        for place, overall, sse, score in re.findall(
            r"^(\d+) +\((\d+)\) +(\S+) +(\d\.\d\d) ", section, re.MULTILINE
        ):
            row = found[cathode, sse]
            assert (row["rank_in_cathode"], row["rank"]) == (int(place), int(overall)), (
                cathode,
                sse,
            )
            assert f"{row['score_0_to_1']:.2f}" == score, (cathode, sse)
            shown += 1
    assert shown >= 4


def test_every_figure_of_the_thesis_that_is_cited_is_listed():
    """A number such as T19 leads from a page or a table of data to its value."""
    cited = {
        number
        for path in (*PAGES, *ROOT.glob("*/data/*.csv"), *ROOT.glob("*/data/*.toml"))
        for number in re.findall(r"\bT\d\d\b", path.read_text(encoding="utf-8"))
    }
    rows = re.findall(
        r"^\| (T[^|]+) \|", (ROOT / "docs/sources.md").read_text("utf-8"), re.MULTILINE
    )

    assert cited <= set(re.findall(r"T\d\d", " ".join(rows)))
