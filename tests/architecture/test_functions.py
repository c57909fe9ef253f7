"""Functions fit on a screen, and somebody beside the tests calls them."""

import ast
import json
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("stability", "descriptors", "screening", "jobs", "catholyte")
MOST_LINES = 40
MOST_LONG = 10
KERNEL = "a kernel is one loop; cutting it up would hide the algorithm"
LONG = (
    ("stability/kernels/chemical_system.py", "gather", KERNEL),
    ("stability/kernels/pair_kernels.py", "fill_terms", KERNEL),
    ("stability/kernels/pooled_programs.py", "_climb", KERNEL),
    ("stability/kernels/reaction_kernels.py", "closed_kernel", KERNEL),
    ("stability/kernels/redraw_kernels.py", "draw_pairs", KERNEL),
    ("stability/kernels/redraw_kernels.py", "draw_windows", KERNEL),
    ("stability/kernels/simplex.py", "minimise", KERNEL),
    ("stability/kernels/simplex.py", "trace", KERNEL),
)
"""Functions that may be longer than a screen: file, name, and why."""
CALLED_BY_NOTEBOOKS = {"_repr_html_", "_repr_mimebundle_"}
"""How a value shows itself there: nothing else calls these."""
WORD = re.compile(r"[A-Za-z_]\w*")
DOTTED = re.compile(r"[\w.:]+")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders):
    """Return the text of all Python files in some folders, by their path."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def notebook_code(path):
    """Return the code of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    return "\n".join(line.rstrip("\n") for line in lines if not line.startswith(("%", "!")))


def long_functions(files):
    """Return files and names of functions whose body, without docstring, is above 40 lines."""
    found = []
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, FUNCTION):
                body = node.body[bool(ast.get_docstring(node)) :] or node.body
                if node.end_lineno - body[0].lineno + 1 > MOST_LINES:
                    found.append((path, node.name))
    return found


def defined(tree):
    """Yield names at the top of a module with their nodes: functions, classes, constants."""
    for node in tree.body:
        if isinstance(node, FUNCTION | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((one.id, node) for one in targets if isinstance(one, ast.Name))


def registered(node):
    """Say whether a decorator hands a function to a library: a command, a route, a validator."""
    calls = [one.func for one in getattr(node, "decorator_list", ()) if isinstance(one, ast.Call)]
    return any(
        isinstance(one, ast.Attribute) or ast.unparse(one).endswith("_validator") for one in calls
    )


def loads(node):
    """Return how often each name is read in a node."""
    return Counter(
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    )


def taken(tree):
    """Return what a module takes from others, as dotted names."""
    found, places = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                places[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{places.get(node.value.id)}.{node.attr}")
    return found | set(places.values())


def attributes(tree):
    """Return attributes that are asked for, and names in texts that may be ones."""
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            asked.update(WORD.findall(node.value) if DOTTED.fullmatch(node.value) else ())
    return asked


def unused(files, callers, prose):
    """Return names that neither their own module, nor callers, nor a page of the docs needs."""
    trees = {path: ast.parse(text) for path, text in files.items()}
    others = [*trees.values(), *map(ast.parse, callers)]
    from_others = set().union(*map(taken, others), *[{one} for one in CODE.findall(prose)])
    asked = set().union(*map(attributes, others), *map(WORD.findall, CODE.findall(prose)))
    found = []
    for path, tree in trees.items():
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        read = loads(tree)
        for name, node in defined(tree):
            own = loads(node)[name] if isinstance(node, FUNCTION | ast.ClassDef) else 0
            needed = f"{module}.{name}" in from_others or read[name] > own
            if not (needed or name.startswith("__") or registered(node)):
                found.append(f"{module}.{name}")
            if isinstance(node, ast.ClassDef):
                found += [
                    f"{module}.{name}.{method.name}"
                    for method in node.body
                    if isinstance(method, FUNCTION)
                    and method.name not in asked
                    and not method.name.startswith("__")
                    and not registered(method)
                ]
    return found


def test_functions_fit_on_a_screen():
    """Those that do not are named, with the reason; one that has become short is named no more."""
    found = long_functions(sources(*PACKAGES, "benchmarks", "docs"))

    assert len(LONG) <= MOST_LONG
    assert sorted(found) == sorted((path, name) for path, name, why in LONG if why)


def test_a_long_function_is_seen():
    """41 lines below the docstring are too many, 40 are not."""
    line = "    x = 1\n"
    files = {
        f"{n}.py": f'class A:\n  def f(self):\n    """Say.\n\n    More.\n    """\n{line * n}'
        for n in (40, 41)
    }

    assert long_functions(files) == [("41.py", "f")]


def test_what_only_tests_call_is_not_there():
    """What is left over is removed; tests have helpers of their own."""
    files = sources(*PACKAGES)
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    prose = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    notebooks = map(notebook_code, sorted((ROOT / "notebooks").glob("*.ipynb")))
    callers = [*sources("benchmarks", "docs").values(), *notebooks, *FENCE.findall(prose)]

    left_over = unused(files, callers, prose)

    assert files
    assert [one for one in left_over if one.rpartition(".")[2] not in CALLED_BY_NOTEBOOKS] == []
    assert {one.rpartition(".")[2] for one in left_over} == CALLED_BY_NOTEBOOKS


def test_what_nobody_calls_is_seen():
    """A function that calls itself, a constant, a method; not what a module or a page needs."""
    text = """
LIMIT, _OWN = 1, 2
LEFT = 3

def used(): return _OWN
def shown(): return used()
def recursive(): return recursive()
def documented(): return LIMIT

@app.command("say")
def command(): return A

class A:
    def asked(self): return self
    def ignored(self): return self
"""
    callers = ["from a import b as c\nc.shown().asked"]
    left = unused({"a/b.py": text}, callers, "As `a.b.documented` says.")

    assert left == ["a.b.LEFT", "a.b.recursive", "a.b.A.ignored"]
