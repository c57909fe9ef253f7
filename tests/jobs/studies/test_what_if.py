import numpy as np
import pytest

from jobs.batches.run import run
from jobs.errors import ExperimentError, MaterialError, StoreError
from jobs.ranking.ranked import ranked
from jobs.store.published import snapshot
from jobs.studies.what_if import Asked, cell_texts, changed_texts, what_if
from screening.batch.batch_tables import RecipeTable
from screening.batch.model import Batch


@pytest.fixture(scope="module")
def row(screened):
    """Return Li2ZrCl6 with LiFePO4, as the ranking has it."""
    with snapshot(screened) as there:
        rows = ranked(there).rows
    return next(one for one in rows if one["sse"] == "Li2ZrCl6" and one["cathode"] == "LiFePO4")


@pytest.fixture(scope="module")
def asked(row):
    """Return that cell, unchanged."""
    return Asked(row["batch_id"], row["sse"], row["cathode"], row["recipe"])


def moved(found):
    """Return what moves, by column."""
    return {one["column"]: one for one in found["moved"]}


def test_before_the_change_it_is_the_row_of_the_ranking(screened, row, asked):
    """All columns of the pair, with ends and texts; without a change nothing moves."""
    found = what_if(screened, asked)
    shared = set(found["before"]) & set(row)

    assert len(shared) > 100
    assert {name for name in shared if found["before"][name] != row[name]} == set()
    assert found["after"] == found["before"]
    assert found["moved"] == []


def test_a_rate_moves_what_is_reached_and_not_the_contact(screened, asked):
    """The change has an interval, which holds the change; draws of the same cell are shared."""
    found = moved(what_if(screened, asked._replace(changes=(("rate_c", "C/2"),))))
    reached = found["reached_fraction"]

    assert found["rate_c"]["change"] == pytest.approx(0.5 - 0.1)
    assert reached["after"] < reached["before"]
    assert reached["change"] == reached["after"] - reached["before"]
    assert reached["change_low"] <= reached["change"] <= reached["change_high"] < 0.0
    assert reached["rises"] == 0.0
    assert not {"interface_ev", "factor_interface", "oxidation_limit_v", "recipe"} & set(found)


def test_a_composite_that_stays_keeps_its_name(tmp_path):
    """What is special about it is known by that; a coating is added as a batch would call it."""
    mine = RecipeTable(name="mine", ratio=(40.0, 57.0, 3.0), carbon="VGCF", mixing="hand")
    made = Batch(name="own", sses=("LZC",), cathodes=("LiFePO4",), recipes=(mine,), draws=0)
    asked = Asked(run(made, tmp_path).batch_id, "Li2ZrCl6", "LiFePO4", "mine")
    coated = asked._replace(changes=(("coating", "LiNbO3"), ("coating_thickness_nm", "5")))
    other = asked._replace(changes=(("sse_parts", "50"),))

    assert what_if(tmp_path, coated)["after"]["recipe"] == "mine with 5 nm LiNbO3"
    assert what_if(tmp_path, other)["after"]["recipe"] != "mine"


def test_another_recipe_goes_before_that_of_the_batch(screened, asked):
    """And a field that is changed goes before the recipe."""
    changes = (("other_recipe", "oxide-vgcf-hand"), ("pressure_mpa", "300"))
    found = what_if(screened, asked._replace(changes=changes))

    assert found["after_texts"]["pressure_mpa"] == "300"
    assert found["after_texts"]["cathode_parts"] != cell_texts(screened, asked)["cathode_parts"]
    assert found["after"]["recipe"] != found["before"]["recipe"]
    assert np.isclose(
        sum(float(found["after_texts"][f"{one}_parts"]) for one in ("cathode", "sse", "carbon")),
        100.0,
    )


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("rate_c", "quick", "rate_c"),
        ("carbon_parts", "-3", "carbon_parts -3 is outside"),
        ("voltage_high_v", "2", "swap them"),
        ("cathode_parts", "", "the composite lacks cathode_parts"),
        ("carbon", "soot", "no carbon 'soot' on record"),
    ],
)
def test_wrong_fields_are_refused_in_one_line(screened, asked, field, text, said):
    """As they are when a measured cell is entered."""
    with pytest.raises(ExperimentError, match=said) as error:
        what_if(screened, asked._replace(changes=((field, text),)))

    assert len(str(error.value).splitlines()) == 1


def test_what_the_store_does_not_have_is_refused(screened, asked):
    """A batch, or a composite of it."""
    with pytest.raises(StoreError, match="no batch"):
        what_if(screened, asked._replace(batch="none"))
    with pytest.raises(MaterialError, match="open the pair from its ranking"):
        cell_texts(screened, asked._replace(recipe="mine"))


def test_only_what_differs_is_a_change(screened, asked):
    """Numbers count by their value; an empty text takes away what was there."""
    texts = cell_texts(screened, asked)

    assert changed_texts(texts, texts) == {}
    assert changed_texts(texts, {"cathode_parts": "40.00", "rate_c": " 0.1 "}) == {}
    assert changed_texts(texts | {"coating": "LiNbO3"}, {"coating": ""}) == {"coating": ""}


def test_another_temperature_moves_what_forms(screened, asked):
    """Limits move, the composite does not; 0 is for energies as they are; what was before stays."""
    found = what_if(screened, asked._replace(changes=(("temperature_k", "380"),)))
    cold = what_if(screened, asked._replace(changes=(("temperature_k", "0"),)))
    names = set(moved(found))

    assert cell_texts(screened, asked)["temperature_k"] == "298.15"
    assert {"oxidation_limit_v", "reduction_limit_v"} <= names
    assert not {"recipe", "rate_c", "ionic_conductivity_s_per_cm"} & names
    assert found["after"]["oxidation_limit_v"] != cold["after"]["oxidation_limit_v"]
    assert found["before"] == cold["before"]
    assert found["after_texts"]["temperature_k"] == "380"


def test_a_temperature_that_is_none_is_told_with_all_other_faults(screened, asked):
    """Each in its line, with the name of its field."""
    wrong = asked._replace(changes=(("temperature_k", "25"), ("rate_c", "quick")))
    with pytest.raises(ExperimentError) as error:
        what_if(screened, wrong)
    first, second = str(error.value).splitlines()

    assert first.startswith("temperature_k 25 K is neither 0")
    assert "298.15" in first
    assert second.startswith("rate_c")
