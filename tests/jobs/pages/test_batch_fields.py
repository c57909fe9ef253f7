from jobs.pages.batch_fields import IN_TEXT_ONLY, SECTIONS, Kind, batch_fields, form_sections
from screening.batch.model import TABLES, Batch

FIELDS = {one.name: one for one in batch_fields()}
TABLES_ONLY = {"materials", "exclude"}
"""Keys that are arrays of tables with keys of their own."""


def test_every_key_of_the_model_is_a_field():
    """Or it is named with the reason why it is none: nothing is listed twice."""
    keys = set(Batch.model_fields) | {
        f"{table}.{name}" for table in ("filter", "generate") for name in TABLES[table].model_fields
    }

    assert set(FIELDS) == keys - set(IN_TEXT_ONLY) - TABLES_ONLY
    assert all(IN_TEXT_ONLY.values())


def test_a_field_says_what_its_key_says():
    """Meaning, unit, limits and default come from the model; words replace underscores."""
    loading, above = (
        FIELDS["areal_capacity_mah_per_cm2"],
        FIELDS["filter.max_above_hull_ev_per_atom"],
    )

    assert (loading.label, loading.unit, loading.limits) == (
        "Areal capacity", "mAh/cm2", "0.01 to 100 mAh/cm2",
    )  # fmt: skip
    assert (above.label, above.unit, above.limits) == (
        "Max above hull",
        "eV/atom",
        "0 to 5 eV/atom",
    )
    assert FIELDS["draws"].usual == "200"
    assert FIELDS["filter.contains"].usual == "Li"
    assert all(one.said for one in FIELDS.values())


def test_fields_are_filled_in_as_their_keys_are_made():
    """One of each kind."""
    kinds = {
        "name": Kind.TEXT, "rate_c": Kind.NUMBER, "policy": Kind.CHOICE, "details": Kind.CHOICE,
        "sses": Kind.LINES, "filter.contains": Kind.NAMES, "gates": Kind.TICKS,
        "cathodes": Kind.TICKS, "coatings": Kind.NAMES, "voltage_window": Kind.WINDOW,
        "filter": Kind.TABLE,
    }  # fmt: skip

    assert {name: FIELDS[name].kind for name in kinds} == kinds
    assert FIELDS["policy"].choices == ("known", "all")
    assert FIELDS["details"].choices == ("yes", "no")


def test_sections_begin_with_their_keys():
    """All fields stand in one; a section with something in it is looked into at once."""
    sections = form_sections({"filter": ("on",)}, {"draws": ["no"]}, {"anode": ["Li"]})
    names = [field["name"] for one in sections for field in one["fields"]]

    assert [one["title"] for one in sections] == list(SECTIONS.values())
    assert names == list(FIELDS)
    assert [one["used"] for one in sections] == [False, True, False, False, False, False, True]
    anode = next(one for one in sections[5]["fields"] if one["name"] == "anode")
    assert anode["choices"] == ["Li"]
