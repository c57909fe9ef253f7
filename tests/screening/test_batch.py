import pytest

from screening import batch as module
from screening.batch import Batch, cathode_formula, read_batch, read_pairs, sse_formula
from screening.catalogue import cathodes, electrolytes
from screening.errors import BatchError, UnknownNameError
from stability.errors import FormulaError


@pytest.fixture
def written(tmp_path):
    """Return a function from the text of a file to its path."""

    def write(text, name="trial.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_reference_batch_is_all_of_the_catalogue():
    """Every SSE with every cathode once, each cathode in its own recipe."""
    pairs = Batch().pairs()

    assert {(sse, one.name) for sse, one, _ in pairs} == {
        (sse, name) for sse in electrolytes() for name in cathodes()
    }
    assert len(pairs) == len(electrolytes()) * len(cathodes())
    assert all(made.name == one.recipe for _, one, made in pairs)


def test_an_empty_file_is_the_reference_batch_under_its_own_name(written):
    """All keys have defaults; the name is that of the file."""
    assert read_batch(written("")) == Batch(name="trial")


def test_a_file_chooses_pairs_recipe_table_and_policy(written):
    """Labels, formulas of the catalogue and formulas beyond it, Unicode subscripts included."""
    path = written(
        """
        name = "sulfur"
        sses = ["LPSCl", "Li2ZrCl6", "Li₅.₅PS₄.₅Cl₁.₅"]
        cathodes = ["S", "Li2S"]
        recipe = "sulfur-kb-milled"
        table = "other.csv"
        policy = "all"
        """
    )

    batch = read_batch(path)

    assert (batch.name, batch.table, batch.policy) == ("sulfur", "other.csv", "all")
    assert [(sse, one.name, made.name) for sse, one, made in batch.pairs()] == [
        (sse, name, "sulfur-kb-milled")
        for sse in ("Li6PS5Cl", "Li2ZrCl6", "Li5.5PS4.5Cl1.5")
        for name in ("S", "Li2S")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sse = ['LPSCl']", "unknown key sse; known: name, sses, cathodes, recipe, table, policy"),
        ("[sses]\nLPSCl = 1", "sses: "),
        ("sses = 'LPSCl'", "sses: "),
        ("sses = ['LPSCl', 3]", "sses.1: "),
        ("sses = ['']", "sses.0: "),
        ("cathodes = 3", "cathodes: "),
        ("policy = 'everything'", "policy: "),
        ("policy = true", "policy: "),
        ("recipe = 1", "recipe: "),
        ("table = ''", "table: "),
        ("name = 2024-01-01", "name: "),
        ("sses = 1\ncathodes = 1", "(and 1 more)"),
        ("sses = [", "no valid TOML"),
        ("sses = []\nsses = []", "no valid TOML"),
        ("just text", "no valid TOML"),
    ],
)
def test_a_faulty_file_is_refused_in_one_line_with_its_place(text, said, written):
    """The line names the file and the key; nothing is guessed."""
    with pytest.raises(BatchError) as error:
        read_batch(written(text))

    assert "\n" not in str(error.value)
    assert "trial.toml: " in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize("word", ["tuple", "str_", "pydantic", "valid_"])
@pytest.mark.parametrize("text", ["sses = 'LPSCl'", "sses = [3]", "cathodes = {}", "recipe = []"])
def test_a_refusal_does_not_speak_python(text, word, written):
    """Someone who writes TOML knows arrays and strings."""
    with pytest.raises(BatchError) as error:
        read_batch(written(text))

    assert word not in str(error.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    """Absent, a folder, or not text: one line with the path."""
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "absent.toml", tmp_path, binary):
        with pytest.raises(BatchError) as error:
            read_batch(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("keys", "error", "said"),
    [
        ({"cathodes": ("LFP",)}, UnknownNameError, "no cathode is named 'LFP'"),
        ({"sses": ("LPSCI2",)}, FormulaError, "no element"),
        ({"recipe": "mortar"}, UnknownNameError, "no recipe is named 'mortar'"),
        ({"sses": ("LPSCl", "Li6PS5Cl")}, BatchError, "sses: Li6PS5Cl stands twice"),
        ({"sses": ("Li3N", "Li₃N")}, BatchError, "sses: Li3N stands twice"),
        ({"cathodes": ("S", "S", "Li2S")}, BatchError, "cathodes: S stands twice"),
    ],
)
def test_unknown_names_and_duplicates_are_refused(keys, error, said):
    """A material by its label and by its formula is the same material."""
    with pytest.raises(error, match=said):
        Batch(**keys).pairs()


def test_too_many_pairs_are_refused(monkeypatch):
    """15 electrolytes with 9 cathodes are 135 pairs, one more than is allowed here."""
    monkeypatch.setattr(module, "MOST_PAIRS", 134)

    with pytest.raises(BatchError, match="135 pairs are more than 134"):
        Batch().pairs()


@pytest.mark.parametrize(
    ("name", "formula"),
    [("LPSCl", "Li6PS5Cl"), ("Li6PS5Cl", "Li6PS5Cl"), ("Li₃N", "Li3N"), (" Li3 N ", "Li3N")],
)
def test_an_electrolyte_is_a_label_or_a_formula(name, formula):
    """Of the catalogue, or any other."""
    assert sse_formula(name) == formula


def test_a_cathode_is_of_the_catalogue_or_a_formula():
    """A pair may be asked about any cathode; a name that is neither gets the list."""
    assert cathode_formula("Li2S") == "Li2S"
    assert cathode_formula("LiVPO4F") == "LiVPO4F"
    with pytest.raises(UnknownNameError, match=r"known: LiFePO4, .*; nor is it a formula: "):
        cathode_formula("lfp")


def test_pairs_are_read_from_csv(written):
    """Columns by name, in any order; a byte-order mark of a spreadsheet is no part of a name."""
    path = written("\ufeffcathode,note,sse\nS,x,LPSCl\nLi2S,,LZC\n", "pairs.csv")

    assert read_pairs(path) == [("LPSCl", "S"), ("LZC", "Li2S")]


def test_blanks_around_names_do_not_count(written):
    """A space behind a comma is how people write lists."""
    assert read_pairs(written("sse, cathode\nLPSCl, S \n", "pairs.csv")) == [("LPSCl", "S")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows with the columns sse and cathode"),
        ("sse,cathode\n", "no rows with the columns sse and cathode"),
        ("SSE,cathode\nLPSCl,S\n", "no rows with the columns sse and cathode"),
        ("sse,cathode\nLPSCl,S\nLPSCl\n", "line 3: sse or cathode is empty"),
        ("sse,cathode\n,S\n", "line 2: sse or cathode is empty"),
        ("sse,cathode\nLPSCl,S\n\nLPSCl,\n", "line 4: sse or cathode is empty"),
    ],
)
def test_a_faulty_csv_is_refused_in_one_line(text, said, written):
    """The line names the file and, where there is one, the line."""
    with pytest.raises(BatchError) as error:
        read_pairs(written(text, "pairs.csv"))

    assert "\n" not in str(error.value)
    assert said in str(error.value)


def test_a_csv_that_cannot_be_read_is_refused(tmp_path):
    """Absent, or not text."""
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"sse,cathode\n\xff,S\n")

    for path in (tmp_path / "absent.csv", binary):
        with pytest.raises(BatchError, match=str(path)):
            read_pairs(path)
