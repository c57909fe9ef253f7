import pytest

from jobs.errors import ExperimentError
from jobs.lab.experiment_row import experiment, measurements
from jobs.schema.experiment_fields import FIELDS, NUMBERS

T19 = {
    "id": "A1", "date": "2024-05-01", "sse": "LPSCl", "cathode": "LiFePO4", "source": "notebook 7",
    "first_charge_mah_per_g": "114.3", "first_discharge_mah_per_g": "46.1",
}  # fmt: skip
PARTS = {
    "cathode_parts": "40", "sse_parts": "57", "carbon_parts": "3", "carbon": "VGCF",
    "mixing": "hand", "pressure_mpa": "375",
}  # fmt: skip


def test_a_cell_is_read_with_what_the_catalogue_knows():
    """Labels become formulas; recipe and cutoffs are those of the cathode where none are given."""
    found = experiment(T19)

    assert (found.sse, found.cathode, found.recipe) == ("Li6PS5Cl", "LiFePO4", "lfp-vgcf-hand")
    assert (found.cathode_parts, found.sse_parts, found.carbon_parts) == (40.0, 57.0, 3.0)
    assert (found.voltage_low_v, found.voltage_high_v) == (2.5, 4.0)
    assert found.temperature_k is None
    assert found.efficiency_percent == pytest.approx(100 * 46.1 / 114.3)


def test_the_efficiency_of_sulfur_is_charge_over_discharge():
    """1280 over 1000 is 128 %: sulfur is put in charged, so the discharge comes first."""
    found = experiment(
        T19
        | {"cathode": "S", "first_charge_mah_per_g": "1280", "first_discharge_mah_per_g": "1000"}
    )

    assert found.efficiency_percent == pytest.approx(128.0)


def test_parts_that_are_a_recipe_have_its_name():
    """40:57:3 by hand is the catalogue's; 20:28.5:1.5 are the same fractions."""
    half = {"cathode_parts": "20", "sse_parts": "28.5", "carbon_parts": "1.5"}

    assert experiment(T19 | PARTS).recipe == "lfp-vgcf-hand"
    assert experiment(T19 | PARTS | half).recipe == "lfp-vgcf-hand"
    assert experiment(T19 | PARTS | {"sse_parts": "60"}).recipe != "lfp-vgcf-hand"


@pytest.mark.parametrize(
    ("text", "rate"), [("C/10", 0.1), ("0.5", 0.5), ("2C", 2.0), ("c/20", 0.05)]
)
def test_rates_are_read_as_they_are_said(text, rate):
    """C/10 is a tenth of the capacity in an hour."""
    assert experiment(T19 | {"rate_c": text}).rate_c == pytest.approx(rate)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"efficiency_percent": "0.9", "first_charge_mah_per_g": ""},
            "looks like a fraction; write 90",
        ),
        ({"efficiency_percent": "90"}, "not that of the capacities, 40.3"),
        ({"first_charge_mah_per_g": "0.1143"}, "looks like Ah/g; write 114.3"),
        ({"first_charge_mah_per_g": "114300"}, "uAh/g; write 114.3"),
        ({"first_charge_mah_per_g": "114,3"}, "write 114.3, with a point"),
        ({"first_charge_mah_per_g": "114.3 mAh/g"}, "write 114.3 alone, without a unit"),
        ({"first_charge_mah_per_g": "nan"}, "is no number"),
        ({"first_charge_mah_per_g": "inf"}, "is no number"),
        ({"first_charge_mah_per_g": "1_000"}, "write 1000, without separators"),
        ({"temperature_k": "25"}, "degrees Celsius; write 298.15"),
        ({"first_charge_mah_per_g": "1140"}, "more than 1041, all that LiFePO4 and the SSE hold"),
        ({"first_charge_mah_per_g": "430", "sse": "LZC"}, "more than 427"),
        ({"voltage_high_v": "4000"}, "looks like mV; write 4"),
        ({"voltage_low_v": "4.2"}, "is not below voltage_high_v 4; swap them"),
        ({"voltage_low_v": "3.6"}, "3.6 to 4 V against Li, do not hold 3.4 V, where LiFePO4"),
        ({"rate_c": "C/0"}, "write C/20"),
        ({"retention_percent": "80"}, "go together"),
        ({"retention_percent": "0.8", "retention_cycles": "100"}, "fraction"),
        ({"retention_percent": "80", "retention_cycles": "10.5"}, "no whole number"),
        ({"date": "01.05.2024"}, "write it as 2026-03-31"),
        ({"date": "20240501"}, "write 2024-05-01"),
        ({"date": "2999-01-01"}, "in the future"),
        ({"date": "1024-05-01"}, "before 1970"),
        ({"date": ""}, "date is empty"),
        ({"source": " "}, "source is empty"),
        ({"sse": "Xx2"}, "no element"),
        ({"cathode": "LFP2"}, "no cathode is named"),
        ({"recipe": "my own"}, "no recipe is named"),
        ({"cathode_parts": "40"}, "the composite lacks sse_parts"),
        (PARTS | {"pressure_mpa": "0.375"}, "that looks like GPa"),
        (PARTS | {"mixing": "ball mill"}, "write hand or milled"),
        (PARTS | {"carbon": "soot"}, "no carbon 'soot' on record"),
        (PARTS | {"carbon": ""}, "without a carbon"),
        (PARTS | {"recipe": "tis2-hand"}, "differs from the parts"),
        (PARTS | {"sse_parts": "-1"}, "outside 0.01"),
        ({"id": "a b"}, "is no name"),
        ({"note": "two\nlines"}, "line break"),
        ({"note": "x" * 501}, "at most 500"),
        ({"efficency": "90"}, "no field efficency; known: id, date"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(change, said):
    """One line: the value, the limit, what to do."""
    with pytest.raises(ExperimentError) as caught:
        experiment(T19 | change)

    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_nothing_measured_is_no_experiment():
    """A cell without any outcome is refused."""
    with pytest.raises(ExperimentError, match="nothing was measured"):
        experiment({name: value for name, value in T19.items() if not name.startswith("first")})


def test_all_faults_come_at_once():
    """Three wrong fields, three lines."""
    with pytest.raises(ExperimentError) as caught:
        experiment(T19 | {"date": "x", "temperature_k": "25", "first_charge_mah_per_g": "nan"})

    assert len(str(caught.value).splitlines()) == 3


def test_the_same_cell_has_the_same_content_whatever_its_id():
    """The id is no content; the note is."""
    one = experiment(T19)

    assert experiment(T19 | {"id": "B2"}).content == one.content
    assert experiment(T19 | {"note": "second cell"}).content != one.content


def test_a_cell_without_an_id_is_named_by_its_content():
    """So that the same row imported twice is one experiment."""
    nameless = {name: value for name, value in T19.items() if name != "id"}

    assert experiment(nameless).id == f"cell-{experiment(T19).content}"


def test_the_calibration_gets_what_was_measured():
    """Two capacities to fit; the efficiency follows from them, and is fitted only alone."""
    both = {one.quantity: one for one in measurements(experiment(T19))}
    alone = measurements(
        experiment({**T19, "first_charge_mah_per_g": "", "first_discharge_mah_per_g": "",
                    "efficiency_percent": "40.3"})
    )  # fmt: skip

    assert {name: one.used_for for name, one in both.items()} == {
        "charge": "fit", "discharge": "fit", "efficiency": "derived",
    }  # fmt: skip
    assert both["charge"].value == 114.3
    assert both["charge"].recipe.name == "lfp-vgcf-hand"
    assert [(one.quantity, one.used_for) for one in alone] == [("efficiency", "fit")]


def test_every_number_is_a_field():
    """Limits are given for fields that there are."""
    assert set(NUMBERS) <= set(FIELDS)


@pytest.mark.parametrize(
    ("cathode", "charge", "discharge", "said"),
    [
        # 1.1 x 169.9 + 700 x 57 / 40: all of LiFePO4 and more than any sulfide gives.
        ("LiFePO4", "3900", "3800", "first_charge_mah_per_g 3900 is more than 1041"),
        ("LiFePO4", "100", "150", "efficiency_percent 150.0 is more than 110"),
        ("S", "2900", "1000", "efficiency_percent 290.0 is more than 250"),
    ],
)
def test_what_no_cell_can_show_is_refused(cathode, charge, discharge, said):
    """The value, the limit and the remedy."""
    with pytest.raises(ExperimentError, match=said):
        experiment(
            {
                "date": "2024-05-01", "sse": "LPSCl", "cathode": cathode, "source": "me",
                "first_charge_mah_per_g": charge, "first_discharge_mah_per_g": discharge,
            }
        )  # fmt: skip


def test_sulfur_may_charge_more_than_it_has_discharged():
    """128 % as in T44: the SSE's own redox adds to the charge."""
    found = experiment(
        {
            "date": "2024-05-01", "sse": "LPSCl", "cathode": "S", "source": "me",
            "first_charge_mah_per_g": "1920", "first_discharge_mah_per_g": "1500",
        }
    )  # fmt: skip

    assert found.efficiency_percent == pytest.approx(128.0)
