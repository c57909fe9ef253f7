import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.batch.batch_file import read_batch
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.catalogue.conditions import Conditions
from screening.errors import BatchError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def written(tmp_path):
    """Return a function from the text of a file to its path."""

    def write(text, name="trial.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_empty_file_is_the_reference_batch_under_its_own_name(written):
    """All keys have defaults; the name is that of the file."""
    assert read_batch(written("")) == Batch(name="trial")


EVERYTHING = """
name = "everything"
sses = ["LPSCl", "Li2ZrCl6", "Li₅.₅PS₄.₅Cl₁.₅"]
recipes = ["sulfur-kb-milled", {name = "mine", ratio = [2, 1, 1], carbon = "VGCF", mixing = "hand"}]
table = "other.csv"
policy = "all"
energies = "dft"
exclude = [{formula = "SCl2", reason = "doubtful"}]
temperature = 0
draws = 0
objective = "score"
order = "cautious"
details = false
gates = ["lithium", "insulator"]
coatings = ["none", "LNbO"]
separator = "LPSCl"
anode = "Li-In"
voltage_reference = "Li"
rate_c = 1.0
areal_capacity_mah_per_cm2 = 5.0
voltage_window = [1.0, 3.0]

[[cathodes]]
name = "S"
voltage_window = [1.5, 2.5]

[[cathodes]]
name = "Li2S"
recipes = ["sulfur-ab-milled"]

[generate]
prototypes = ["Li3MX6"]
allowed_elements = ["Cl", "Zr", "Y"]
forbidden_elements = ["F"]
mixed_sites = 0
above_hull_ev_per_atom = 0.05

[filter]
contains = ["Li", "Cl"]
allowed_elements = ["Li", "Cl", "Zr", "O"]
forbidden_elements = ["F"]
anions = ["Cl", "O"]
min_elements = 2
max_elements = 4
known_only = true
charge_balanced = true
min_band_gap_ev = 1
max_above_hull_ev_per_atom = 0.05
"""


def test_a_file_may_hold_every_key(written):
    """None of them is unknown."""
    batch = read_batch(written(EVERYTHING))

    assert (batch.name, batch.table, batch.policy) == ("everything", "other.csv", "all")
    assert (batch.temperature, batch.draws, batch.objective) == (0, 0, "score")
    assert batch.exclusions == {"SCl2": "doubtful"}
    assert batch.filter.max_above_hull_ev_per_atom == 0.05
    assert set(Batch.model_fields) - batch.model_fields_set == {"candidates", "recipe"}


def test_cathodes_have_the_windows_and_recipes_that_the_file_gives(written):
    """Their own before those of the batch, and these before those of the catalogue."""
    bare = {"coatings": None, "separator": None, "anode": None}
    batch = read_batch(written(EVERYTHING)).model_copy(update=bare)

    composites = batch.composites()

    assert {one.conditions for one in composites} == {Conditions(1.0, 5.0)}
    assert [(one.cathode.name, one.recipe.name) for one in composites] == [
        ("Li2S", "sulfur-ab-milled"),
        ("S", "mine"),
        ("S", "sulfur-kb-milled"),
    ]
    windows = [(one.cathode.voltage_low, one.cathode.voltage_high) for one in composites]
    assert windows == [(1.0, 3.0), (1.5, 2.5), (1.5, 2.5)]
    assert "batch file" in composites[0].cathode.voltage_source
    assert composites[1].recipe.cathode_fraction == 2 / 4
    assert composites[1].recipe.pressure == 375.0


def test_every_composite_comes_bare_and_coated(written):
    """A recipe says what else is stated, by formula; labels are read."""
    composites = read_batch(written(EVERYTHING)).composites()

    assert [one.recipe.name for one in composites[:2]] == [
        "sulfur-ab-milled with Li6PS5Cl separator, Li-In anode",
        "sulfur-ab-milled with 10 nm LiNbO3, Li6PS5Cl separator, Li-In anode",
    ]
    assert [one.layers.coating for one in composites] == [None, "LiNbO3"] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "sse = ['LPSCl']",
            "line 1, column 1: unknown key sse; did you mean sses? known: name, sses",
        ),
        (
            "\nvoltage_window = [2.0, 2.2]\ncathodes = ['S', 'LiCoO2']",
            "line 2, column 1: voltage_w",
        ),
        ("\n\nanode = 'Ag-C'\ncathodes = ['S']", "line 3, column 1: anode: no lithium to cycle"),
        ("\n\nseparator = 'Na3PS4'", "line 3, column 1: separator: "),
        ("\nsses = ['LZC', 'Li2ZrCl6']", "line 2, column 1: sses: Li2ZrCl6 stands twice"),
        ("\ncathodes = ['S', 'S']", "line 2, column 1: cathodes: S stands twice"),
        (
            "[[cathodes]]\nname = 'S'\n[[cathodes]]\nname = 'LiCoO2'\nvoltage_window = [1, 2]",
            "line 5, column 1: cathodes.1.voltage_window: 1 to 2 V does not hold 3.9 V",
        ),
        (
            "[[cathodes]]\nname = 'S'\ncoatings = ['LiNbO3', 'Nb1Li1O3']",
            "line 3, column 1: cathodes.0.coatings: ",
        ),
        (
            "\nrecipe = 'tis2-hand'\nrecipes = ['tis2-hand']",
            "line 3, column 1: recipes: recipe and",
        ),
        (
            "[filter]\nanion = []",
            "line 2, column 1: unknown key filter.anion; did you mean anions? known:",
        ),
        ("[[cathodes]]\nname = 'S'\nx = 1", "line 3, column 1: unknown key cathodes.0.x; known"),
        ("[sses]\nLPSCl = 1", "line 1, column 2: sses: write an array"),
        ("sses = 'LPSCl'", "sses: write an array"),
        ("sses = []", "sses: at least 1 entry"),
        ("sses = [" + "'Li2S'," * 10_001 + "]", "at most 10000 entries are read; put more into a"),
        ("x" * 5000 + " = 1", "unknown key " + "x" * 60 + "...; known"),
        ("sses = ['LPSCl', 3]", "line 1, column 18: sses.1: write a string"),
        ("sses = ['']", "sses.0: "),
        ("sses = ['LPSCl',\n 'LPSCI2']", "line 2, column 2: sses.1: LPSCI2: L is no element"),
        ("sses = ['Li\u0421']", "CYRILLIC"),
        ("sses = ['Li₆PS₅Cl⁻']", "SUPERSCRIPT MINUS"),
        ("cathodes = 3", "cathodes: write an array"),
        ("cathodes = ['S', 'LFX']", "line 1, column 18: cathodes.1: no cathode is named 'LFX'"),
        ("recipe = 'mortar'", "line 1, column 1: recipe: no recipe is named 'mortar'"),
        ("recipes = ['mortar']", "recipes.0: no recipe is named 'mortar'"),
        ("recipe = 'tis2-hand'\nrecipes = ['tis2-hand']", "recipe and recipes are both given"),
        ("recipe = 1", "recipe: write a string"),
        ("recipes = [{name = 'a'}]", "recipes.0.ratio: is missing"),
        ("policy = 'everything'", "policy: it must be 'known' or 'all'"),
        ("policy = true", "policy: "),
        ("table = ''", "table: "),
        ("name = 2024-01-01", "name: write a string"),
        ("name = '%s'", "name: "),
        ("sses = 1\ncathodes = 1", "(and 1 more)"),
        ("temperature = 25", "25 K is neither 0 nor within 273.15 to 400 K"),
        ("temperature = -5", "-5 K is neither 0"),
        ("temperature = nan", "temperature: write a finite number"),
        ("temperature = inf", "temperature: write a finite number"),
        ("temperature = 1e999", "temperature: write a finite number"),
        ("temperature = '298.15'", "temperature: write a number"),
        ("temperature = true", "temperature: write a number"),
        ("draws = 50", "draws: 50 is neither 0 nor 200"),
        ("draws = -1", "draws: -1 is neither 0 nor 200"),
        ("draws = 1.5", "draws: write a whole number"),
        ("details = 1", "details: write true or false"),
        ("objective = ''", "objective: "),
        ("objective = 'eficiency_percent'", "efficiency_percent"),
        ("voltage_window = [3]", "voltage_window.1: is missing"),
        ("voltage_window = [3.0, 2.0]", "voltage_window: 3 to 2 V does not rise"),
        ("voltage_window = [0, 11]", "11 V is outside 0 to 6 V"),
        ("voltage_window = [nan, 2]", "line 1, column 19: voltage_window.0: write a finite"),
        ("exclude = ['SCl2']", "exclude.0: write a table"),
        ("exclude = [{formula = 'SCl2'}]", "exclude.0.reason: is missing"),
        ("exclude = [{formula = 'xx', reason = 'a'}]", "column 13: exclude.0.formula: xx: "),
        (
            "exclude = [{formula='SCl2', reason='a'}, {formula='S2Cl4', reason='b'}]",
            "a phase stands twice",
        ),
        ("[filter]\ncontains = ['Lx']", "line 2, column 13: filter.contains.0: 'Lx' is no element"),
        ("[filter]\nmin_elements = 5\nmax_elements = 3", "min_elements 5 is above"),
        ("[filter]\nforbidden_elements = ['Li']", "Li is both in contains and in forbidden"),
        ("[filter]\nallowed_elements = ['O']", "contains asks for Li, allowed_elements"),
        ("[filter]\nmax_above_hull_ev_per_atom = -1", "filter.max_above_hull_ev_per_atom: "),
    ],
)
def test_a_faulty_file_is_refused_in_one_line_with_its_place(text, said, written):
    """The line names the file, the line and the key; nothing is guessed."""
    with pytest.raises(BatchError) as error:
        read_batch(written(text.replace("%s", "x" * 201)))

    assert "\n" not in str(error.value)
    assert "trial.toml, line " in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ("ratio = [1, 1, 0], name = 'tis2-hand'", "is a recipe of the catalogue"),
        ("ratio = [1, 1, 1], name = 'a'", "without a carbon"),
        ("ratio = [1, 1, 1], name = 'a', carbon = 'soot'", "no carbon 'soot' on record"),
        ("ratio = [1, 1, 0], name = 'a', carbon = 'VGCF'", "with carbon_fraction 0"),
        ("ratio = [1, 0, 0], name = 'a'", "without electrolyte there is no catholyte"),
        ("ratio = [1, -1, 1], name = 'a', carbon = 'VGCF'", "cannot be negative"),
        ("ratio = [0, 0, 0], name = 'a'", "not all of them 0"),
        ("ratio = [1, 1, 0], name = 'a', pressure_mpa = 0", "pressure_mpa: "),
    ],
)
def test_a_recipe_that_nobody_can_make_is_refused(recipe, said, written):
    """The rules are those of the catalogue."""
    with pytest.raises(BatchError, match=said):
        read_batch(written(f"recipes = [{{mixing = 'hand', {recipe}}}]"))


@pytest.mark.parametrize("word", ["tuple", "str_", "pydantic", "valid_", "Filter", "Input should"])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "sses = 'LPSCl'",
            "sses = [3]",
            "sses = []",
            "cathodes = {}",
            "recipe = []",
            "filter = 1",
        ),
        *(
            "policy = 'x'",
            "draws = -1",
            "draws = 'x'",
            "draws = 9999",
            "name = ''",
            "exclude = [1]",
        ),
    ],
)
def test_a_refusal_does_not_speak_python(text, word, written):
    """Someone who writes TOML knows arrays and strings."""
    with pytest.raises(BatchError) as error:
        read_batch(written(text))

    assert word not in str(error.value)


SLIPS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["", *"[]{}\"'=,.#\n\\ \t0aN-:é\x00", "nan", "\n\n[x]\n"]),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=4,
)


@given(slips=SLIPS)
def test_whatever_is_written_is_a_batch_or_refused_in_one_line(slips, tmp_path_factory):
    """Slips of the keyboard anywhere in a file with every key: text put in, text left out."""
    path = tmp_path_factory.mktemp("slips") / "trial.toml"
    text = EVERYTHING
    for place, put_in, left_out in slips:
        at = int(place * len(text))
        text = text[:at] + put_in + text[at + left_out :]
    path.write_text(text, encoding="utf-8")

    try:
        assert read_batch(path).name
    except BatchError as error:
        assert "\n" not in str(error)  # noqa: PT017  # Not every slip is an error.
        assert re.search(r"line \d+|at its end", str(error))  # noqa: PT017  # Not every slip is an error.
        assert len(str(error)) < 600  # noqa: PT017  # Not every slip is an error.


BLOCKS = re.findall(
    r"^```toml\n(.*?)^```$",
    (ROOT / "docs" / "batch-files.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_examples_of_the_page_are_read(block, written):
    """As they stand there."""
    assert read_batch(written(block)).name


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda p: p.stem)
def test_example_files_hold_pairs(path):
    """With the built-in phase table."""
    assert len(resolved(read_batch(path))) > 0
