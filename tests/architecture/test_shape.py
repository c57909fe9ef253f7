import ast
import functools
import os
import re
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["stability", "descriptors", "screening", "jobs", "catholyte"]
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "benchmarks").rglob("*.py"))]
MOST_LINES = 400
MOST_MODULES = 14
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "misc", "tools", "base"}
ACROSS = {
    "test_physics.py",
    "test_exact.py",
    "test_front_door.py",
    "test_remedies.py",
    "test_known_pairs.py",
}
"""Tests of a package as a whole: published values, and comparison with exact arithmetic."""
OUTSIDERS = ["pandas", "duckdb", "ray", "pymatgen", "matplotlib", "rich", "typer"]


def named(path):
    return path.relative_to(ROOT).as_posix()


@functools.cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path):
    return ast.parse(text_of(path))


def those(paths, wrong):
    """Return the names of files that are wrong, each with what is wrong of it."""
    return {named(path): found for path in paths if (found := wrong(path))}


def has_code(path):
    """Say whether a module defines anything of its own: a function, a class, or data."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
    return any(isinstance(node, kinds) for node in tree_of(path).body)


def unexplained(text):
    """Return the lines of a source that leave a rule without saying why, on the line itself."""
    leaves = re.compile(r"# (noqa|type: ignore)\b")
    why = re.compile(r"# (noqa: [A-Z0-9, ]+?|type: ignore\[[a-z, -]+\])( - |  # )(?P<why>\S.+)$")
    vague = re.compile(r"(as (said )?above|the same)\.?", re.IGNORECASE)
    found = []
    for line in text.splitlines():
        if leaves.search(line):
            said = why.search(line)
            if said is None or vague.fullmatch(said["why"]):
                found.append(line.strip())
    return found


def test_there_is_something_to_check():
    """All packages are found where these tests look for them."""
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(PACKAGES)


def test_a_file_is_short_enough_to_read():
    """At most 400 lines: one concept."""
    lines = {named(path): len(text_of(path).splitlines()) for path in SOURCES}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_who_leaves_a_rule_says_why():
    """On the same line, and in words of its own: lines are moved without those above them."""
    others = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]

    assert those([*SOURCES, *others], lambda path: unexplained(text_of(path))) == {}


def test_a_reason_can_be_missing():
    """No reason, a reason that is elsewhere, and one that is there."""
    mark = "# noqa"
    lines = [f"x  {mark}: S603", f"x  {mark}: S603  # As above.", f"x  {mark}: S603  # Our own."]
    lines += [f"x  {mark}", f"x  {mark}: S603 - slow"]

    assert unexplained("\n".join(lines)) == [lines[0], lines[1], lines[3]]


def test_every_module_has_tests_of_its_name():
    """Same tree, same names; and the file holds a test."""

    def untested(path):
        mirror = ROOT / "tests" / path.relative_to(ROOT).with_name(f"test_{path.stem}.py")
        return not mirror.is_file() or "\ndef test_" not in text_of(mirror)

    with_code = [path for path in MODULES if path.stem != "__init__" and has_code(path)]
    assert len(with_code) > 200
    assert those(with_code, untested) == {}


def test_every_file_of_tests_has_its_module():
    """A test whose module was renamed or removed goes along; these folders have none to mirror."""
    free = {"architecture", "browser", "contract", "crash", "docs", "oracle"}
    tests = [
        path.relative_to(ROOT / "tests")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.relative_to(ROOT / "tests").parts[0] not in free
    ]

    orphans = [
        str(path)
        for path in tests
        if path.name not in ACROSS
        and not (ROOT / path.with_name(path.name.removeprefix("test_"))).is_file()
    ]
    assert tests
    assert orphans == []


def test_packages_are_nearly_flat():
    """A package has at most one level of folders: a concept is found in one guess."""
    assert those(MODULES, lambda path: path.relative_to(ROOT).parts[3:]) == {}


def test_no_folder_is_crowded():
    """At most 14 modules: what a reader takes in at a glance."""
    crowded = {
        named(folder): count
        for folder, count in Counter(path.parent for path in MODULES).items()
        if count - (folder / "__init__.py").is_file() > MOST_MODULES
    }

    assert crowded == {}


def test_a_name_stands_for_one_file():
    """A word means one thing; each package has its own errors."""
    names = Counter(path.stem for path in MODULES if path.stem not in {"__init__", "errors"})

    assert [name for name, count in names.items() if count > 1] == []


def referenced(text):
    """Return what the cross-references of a text name, in our own packages."""
    return [
        name
        for name in re.findall(r":(?:mod|func|class|meth|data|attr):`~?([\w.]+)`", text)
        if name.split(".")[0] in PACKAGES
    ]


def there_is(name):
    """Say whether a dotted name leads to a module, or to what one defines."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            fields = getattr(found, "__annotations__", {})
            if not hasattr(found, part) and part not in fields:
                return False
            found = getattr(found, part, None)
        return True
    return False


def test_references_lead_somewhere():
    """What a docstring refers to exists."""
    names = {name: named(path) for path in MODULES for name in referenced(text_of(path))}

    assert names
    assert {name: file for name, file in names.items() if not there_is(name)} == {}


def test_that_a_false_reference_is_seen():
    """The check above can fail."""
    assert not there_is("stability.hull.no_such_function")
    assert not there_is("screening.score")


def test_no_file_is_a_drawer():
    """What has no noun belongs to its only caller."""
    found = [
        named(path)
        for folder in (*PACKAGES, "tests", "benchmarks", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.stem.removeprefix("test_").lower() in DRAWERS
    ]

    assert found == []


def dangerous(tree):
    """Return what a source imports or calls that could run what it reads."""
    imported = [
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        *{"pickle", "cloudpickle", "marshal", "shelve", "dill", "yaml"}.intersection(imported),
        *{"eval", "exec", "compile", "os.system", "os.popen", "__import__"}.intersection(
            ast.unparse(call.func) for call in calls
        ),
        *[word.arg for call in calls for word in call.keywords if word.arg == "shell"],
    ]


def test_nothing_dangerous_is_called():
    """No pickle, no eval or exec, no YAML loader, no shell: data stays data."""
    assert those(SOURCES, lambda path: dangerous(tree_of(path))) == {}


@pytest.mark.parametrize("line", ["from yaml import x", "os.system(x)", "run(x, shell=False)"])
def test_danger_is_seen(line):
    """The check above can fail, for each kind of danger."""
    assert len(dangerous(ast.parse(line))) == 1


def test_no_path_of_a_machine_stands_in_the_code():
    """The program runs elsewhere than where it was written."""
    machine = re.compile(r"""["'](?:/(?:home|Users|root|tmp|work|mnt|opt|usr)/|[A-Z]:\\)""")

    assert machine.search('x = "/home/me"')
    assert those(SOURCES, lambda path: machine.findall(text_of(path))) == {}


def test_every_module_says_what_it_is():
    """The first line of its docstring is a sentence."""

    def silent(path):
        said = (ast.get_docstring(tree_of(path)) or "").splitlines()
        return not said or not said[0].strip().endswith((".", "?"))

    assert those(MODULES, silent) == {}


def test_only_the_command_line_and_what_it_shows_print():
    """Physics does not talk."""
    talks = (
        *(
            "jobs/cli.py",
            "jobs/commands/",
            "jobs/material_commands/",
            "jobs/show/",
            "jobs/schema/store_schema.py",
        ),
        *("jobs/process/ending.py", "screening/first_cycle/calibration.py"),
        "stability/training/",  # Programs of their own: they say what they leave out.
    )

    def printing(path):
        calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        called = {ast.unparse(call.func) for call in calls}
        return called & {"print", "sys.stdout.write", "warnings.warn"}

    talking = those(MODULES, printing)
    assert talking
    assert [name for name in talking if not name.startswith(talks)] == []


def loaded_after(*modules):
    """Return those of the outsiders that a fresh interpreter has loaded after some imports."""
    code = f"import sys, {', '.join(modules)}\nprint(sorted(set({OUTSIDERS}) & set(sys.modules)))"
    return subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ).stdout.strip()


@pytest.mark.parametrize("package", ["stability", "descriptors", "screening"])
def test_the_physics_loads_no_store_plots_or_oracle(package):
    """Importing every module of it leaves pandas, duckdb, ray, pymatgen and typer alone.

    But for the commands that train: nobody imports them, and scikit-learn brings what it likes.
    """
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in MODULES
        if path.relative_to(ROOT).parts[0] == package
        and path.stem != "__init__"
        and not path.stem.startswith("train_")
    ]

    assert modules
    assert loaded_after(*modules) == "[]"


def test_that_check_can_fail():
    """The command line does load typer, and the check above would see it."""
    assert "typer" in loaded_after("jobs.cli")


def test_the_data_of_packages_are_explained():
    """Every file of data stands in the README beside it."""
    for package in PACKAGES:
        folder = ROOT / package / "data"
        if folder.is_dir() and not (folder / "__init__.py").exists():
            readme = (folder / "README.md").read_text(encoding="utf-8")
            files = [path.name for path in folder.iterdir() if path.suffix in {".csv", ".toml"}]
            assert files
            assert [name for name in files if name not in readme] == []
