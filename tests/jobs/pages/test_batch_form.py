import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.pages.batch_fields import Kind, batch_fields, filled
from jobs.pages.batch_form import Sent, changed, form_texts, refused, written
from jobs.studies.asked_batch import asked_values
from screening.catalogue.own_materials import NO_MATERIALS
from screening.text.toml_text import toml_text

EVERYTHING = """
name = "everything"
sses = ["LPSCl", "Li2ZrCl6"]
recipes = ["sulfur-kb-milled", {name = "mine", ratio = [2, 1, 1], carbon = "VGCF", mixing = "hand"}]
exclude = [{formula = "SCl2", reason = "doubtful"}]
energies = "dft"
temperature = 0
draws = 0
details = false
gates = ["lithium", "insulator"]
coatings = ["none", {name = "LiNbO3", thickness_nm = 5}]
separator = "LPSCl"
anode = "Li-In"
rate_c = 0.5
voltage_window = [1.0, 3.0]
cathodes = [{name = "S", voltage_window = [1.5, 2.5]}, {name = "Li2S", recipes = ["tis2-hand"]}]

[filter]
contains = ["Li", "Cl"]
known_only = true
max_above_hull_ev_per_atom = 0.05
"""


@pytest.fixture
def filled_in(tmp_path):
    """Return a function from a text and what is changed in its fields to what comes of it."""

    def fill(text, shown=None, **changes):
        shown = text if shown is None else shown
        texts = form_texts(dict(asked_values(shown)), NO_MATERIALS)
        return written(Sent(text, shown, texts | changes), tmp_path)

    return fill


def test_a_form_that_nobody_touches_changes_nothing(filled_in):
    """The text stays as it is, comments and all, and the batch is right."""
    text = "# mine\n" + EVERYTHING
    found = filled_in(text)

    assert found.text == text
    assert found.faults == {}
    assert found.batch.name == "everything"


def test_a_changed_field_is_written_into_the_text(filled_in):
    """And nothing else: keys that are no fields, tables in arrays and other fields stay."""
    found = filled_in(EVERYTHING, **{"rate_c": ("1",), "filter.anions": ("Cl  O",)})
    before, after = tomllib.loads(EVERYTHING), tomllib.loads(found.text)

    assert after.pop("rate_c") == 1
    assert after["filter"].pop("anions") == ["Cl", "O"]
    del before["rate_c"]
    assert after == before
    assert found.batch.exclude[0].reason == "doubtful"


def test_what_is_taken_out_of_a_field_is_taken_out_of_the_text(filled_in):
    """A key that is empty is not there; a table goes with all that is in it."""
    found = filled_in(EVERYTHING, anode=("",), gates=(), filter=())

    assert not {"anode", "gates", "filter"} & set(tomllib.loads(found.text))
    assert found.faults == {}


def test_text_and_fields_may_both_be_changed(filled_in):
    """A page whose text was edited too: the field goes into the text that was edited."""
    found = filled_in('name = "two"\ndraws = 0', 'name = "one"\ndraws = 0', rate_c=("0.2",))

    assert tomllib.loads(found.text) == {"name": "two", "draws": 0, "rate_c": 0.2}
    assert found.texts["name"] == ("two",)


def test_a_text_that_cannot_be_read_leaves_the_fields(filled_in, tmp_path):
    """Its fault belongs to the text; the last text that could be read is kept for what follows."""
    found = filled_in("sses = [", 'name = "one"')
    again = written(Sent('name = "two"', found.shown, found.texts), tmp_path)

    assert list(found.faults) == [""]
    assert found.texts["name"] == ("one",)
    assert again.text == 'name = "two"'


def test_fields_that_nobody_sent_are_empty(tmp_path):
    """A program may leave out all or some of them, with a text that cannot be read too."""
    for text in ("sses = [", "draws = 0"):
        found = written(Sent(text, "", {"window.S": ("1",), "name": ()}), tmp_path)
        usual = form_texts({}, NO_MATERIALS)

        assert {name: len(one) for name, one in found.texts.items() if name != "cathodes"} == {
            name: len(one) for name, one in usual.items() if name != "cathodes"
        }


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"temperature": ("25",)}, "temperature", "that looks like degrees Celsius; write 298.15"),
        ({"rate_c": ("quick",)}, "rate_c", "write a number"),
        ({"rate_c": ("1e999",)}, "rate_c", "write a number"),
        ({"draws": ("1.5",)}, "draws", "write a whole number"),
        ({"sses": ("LZC\nLx7",)}, "sses", "Lx7"),
        ({"sses": ("sse,cathode\nLZC,S",)}, "sses", "the list, line 1: the column 'cathode' makes"),
        ({"sses": ("sse,colour\nLZC,red",)}, "sses", "the column 'colour' would not be used"),
        ({"cathodes": ("LFX",)}, "cathodes", "no cathode is named 'LFX'"),
        ({"window.LiFePO4": ("", "4300")}, "window.LiFePO4", "that looks like mV; write 4.3"),
        ({"window.LiFePO4": ("3.6", "")}, "window.LiFePO4", "does not hold 3.4 V"),
        ({"voltage_window": ("3", "")}, "voltage_window", "write a number"),
        ({"voltage_window": ("3", "2")}, "voltage_window", "does not rise; swap the ends"),
        ({"filter.contains": ("Lx",)}, "filter.contains", "'Lx' is no element"),
        ({"generate.mixed_sites": ("4",)}, "generate.mixed_sites", "it must be at most 3"),
        ({"table": ("/etc/passwd",)}, "table", "no phase table is named"),
        ({"anode": ("Mg",)}, "anode", "Mg"),
        ({"objective": ("eficiency",)}, "objective", "eficiency"),
        ({"recipes": ("mortar",)}, "recipes", "no recipe is named 'mortar'"),
    ],
)
def test_a_fault_stands_beside_its_field(changes, field, said, filled_in):
    """With what was written; one line with value, limit and remedy."""
    found = filled_in('name = "one"\ncathodes = ["S"]', **changes)

    assert list(found.faults) == [field]
    assert said in " ".join(found.faults[field])
    assert found.batch is None
    assert set(filled(changes[field])) - {""} <= set(found.texts[field])


def test_what_is_no_number_stays_in_its_field(filled_in):
    """And in the text, which is the truth."""
    found = filled_in("", temperature=("warm",))

    assert found.texts["temperature"] == ("warm",)
    assert tomllib.loads(found.text) == {"temperature": "warm"}


def test_windows_are_those_of_cathodes(filled_in):
    """A cathode with a window is meant; an end that is left out is the catalogue's, 2.5 to 4 V."""
    found = filled_in('cathodes = ["S"]', **{"window.LiFePO4": ("", "3.9")})
    bare = filled_in(found.text, **{"window.LiFePO4": ("", "")})
    none = filled_in(found.text, cathodes=("S",))

    assert tomllib.loads(found.text)["cathodes"] == [
        {"name": "LiFePO4", "voltage_window": [2.5, 3.9]}, "S",
    ]  # fmt: skip
    assert found.texts["cathodes"] == ("LiFePO4", "S")
    assert tomllib.loads(bare.text)["cathodes"] == ["LiFePO4", "S"]
    assert tomllib.loads(none.text)["cathodes"] == ["S"]


def test_labels_are_known(filled_in):
    """LFP is LiFePO4: its box is ticked, and its recipes stay if it gets a window."""
    text = 'cathodes = [{name = "LFP", recipes = ["oxide-bare-hand"]}]'
    found = filled_in(text, **{"window.LiFePO4": ("2.8", "3.9")})

    assert filled_in(text).texts["cathodes"] == ("LiFePO4",)
    assert tomllib.loads(found.text)["cathodes"] == [
        {"name": "LFP", "recipes": ["oxide-bare-hand"], "voltage_window": [2.8, 3.9]}
    ]


def test_one_recipe_is_a_list_of_one(filled_in):
    """A text with `recipe` shows it among recipes, and a change of these takes its place."""
    found = filled_in('recipe = "tis2-hand"', recipes=("tis2-hand", "fes2-cb-hand"))

    assert filled_in('recipe = "tis2-hand"').texts["recipes"] == ("tis2-hand",)
    assert tomllib.loads(found.text) == {"recipes": ["tis2-hand", "fes2-cb-hand"]}


def test_a_list_is_pasted_as_it_comes(filled_in):
    """Below each other, with commas, from a spreadsheet, or as CSV with a note."""
    for text in ("LZC\nLi3N", "LZC, Li3N", "LZC\tLi3N", "sse,note\nLZC,a\nLi3N,b\n"):
        assert tomllib.loads(filled_in("", sses=(text,)).text)["sses"] == ["LZC", "Li3N"]


def test_a_later_refusal_has_its_field_too(filled_in):
    """What only the process that computes finds."""
    found = refused(filled_in(""), "sses: LZC stands twice; name it once")

    assert found.faults == {"sses": ["LZC stands twice; name it once"]}
    assert refused(found, "nothing works").faults == {"": ["nothing works"]}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    changes=st.dictionaries(
        st.sampled_from([one.name for one in batch_fields() if one.kind is not Kind.TICKS]),
        TEXT.map(lambda text: (text, "")),
        max_size=4,
    )
)
def test_whatever_is_written_into_fields_is_text_that_can_be_read(changes):
    """The text that results holds it, and shows the same form again."""
    values, faults = changed(dict(asked_values(EVERYTHING)), changes, NO_MATERIALS)
    text = toml_text(values)

    assert form_texts(dict(asked_values(text)), NO_MATERIALS) == form_texts(values, NO_MATERIALS)
    assert all("\n" not in one.said for one in faults)
