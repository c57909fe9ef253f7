import csv
import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.cell.volume_change import (
    Anode,
    anode_growth,
    cathode_growth,
    composite_thickness_change,
    molar_volume,
    pressure_matching,
    volume_change,
)
from descriptors.composite.volume import VolumeFractions, volume_fractions
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing, Recipe
from descriptors.tables import figures

PER_MAH = 1e4 / 26801.48
"""One cm3/mol of lithium in um per mAh/cm2."""

SULFUR = Recipe("S", 0.3, 0.5, 0.2, "acetylene black", Mixing.MILLED, 375.0, "thesis, ch. 2")


def test_lithium_iron_phosphate_shrinks_by_what_the_thesis_says():
    """41.01 / 43.87 - 1 = -6.5 %; the thesis says about 6.0 % (T34), inside the interval."""
    change = volume_change("LiFePO4", "FePO4")

    assert change.value == pytest.approx(-0.0652, abs=1e-4)
    assert change.low < -0.060 < change.high


def test_sulfur_grows_by_what_the_thesis_says():
    """27.84 / 15.49 - 1 = 79.7 %; the thesis says 79 % (T35), and 80 % in a figure."""
    change = volume_change("S", "Li2S")

    assert change.value == pytest.approx((28.01 * 27.67) ** 0.5 / 15.49 - 1)
    assert change.value == pytest.approx(0.79, abs=0.01)
    assert change.low < 0.79
    assert change.high > 0.80


@pytest.mark.parametrize(
    ("charged", "discharged"),
    [
        ("FePO4", "LiFePO4"),
        ("S", "Li2S"),
        ("CoO2", "LiCoO2"),
        ("NiO2", "LiNiO2"),
        ("Mn2O4", "LiMn2O4"),
        ("Ni0.5Mn1.5O4", "LiNi0.5Mn1.5O4"),
        ("TiS2", "LiTiS2"),
        ("FeS2", "Li4FeS2"),
    ],
)
def test_there_and_back_is_no_change(charged, discharged):
    """(1 + there) (1 + back) = 1, for every cathode of the catalogue; all grow with lithium."""
    there, back = volume_change(charged, discharged), volume_change(discharged, charged)

    assert (1 + there.value) * (1 + back.value) == pytest.approx(1)
    assert (1 + there.low) * (1 + back.high) == pytest.approx(1)
    assert there.value > 0


def test_half_delithiated_cobaltate_is_larger():
    """19.77 / 19.36: the layers repel each other once lithium between them is missing."""
    assert volume_change("LiCoO2", "Li0.5CoO2").value == pytest.approx(0.41 / 19.36, rel=1e-3)


def test_a_cell_volume_is_what_its_axes_say():
    """Cubic a^3 or hexagonal sqrt(3)/2 a^2 c, times 0.602214 cm3/mol per A3, over Z."""
    checked = 0
    for formula, row in conditions().items():
        axes = re.search(r"a = ([\d.]+) A(?:, c = ([\d.]+) A)?, (?:Z = )?(\d+)", row)
        cell = re.search(r"cell ([\d.]+) A3, Z = (\d+)", row)
        if axes:
            a, c, units = float(axes[1]), axes[2], int(axes[3])
            volume = 3**0.5 / 2 * a**2 * float(c) if c else a**3
        elif cell:
            volume, units = float(cell[1]), int(cell[2])
        else:
            continue
        stated = figures("volume_change")[formula][0].value
        assert stated == pytest.approx(0.602214 * volume / units, rel=1e-3), formula
        checked += 1
    assert checked == 19


def conditions():
    text = (files("descriptors") / "data" / "volume_change.csv").read_text(encoding="utf-8")
    return {row["formula"]: row["conditions"] for row in csv.DictReader(text.splitlines())}


def test_the_sulfur_composite_as_it_is_grows_by_22_per_cent():
    """14.49 of 51.56 volumes are sulfur: 28.1 % of it times 79.7 %, below the 25.8 % of T54."""
    fractions = volume_fractions(
        SULFUR, cathode_density=2.07, sse_density=1.865, carbon_density=1.95
    )

    change = composite_thickness_change(fractions, volume_change("S", "Li2S"))

    assert change.value == pytest.approx(14.49 / 51.56 * 0.797, rel=2e-3)
    assert 0.21 < change.low < change.value < change.high < 0.24


def test_the_figure_of_the_thesis_leaves_the_carbon_out():
    """30/2.07 of 30/2.07 + 50/1.64 are 32.2 %, times the 80 % of its figure: 25.8 % (T54)."""
    without = Recipe("S", 0.375, 0.625, 0.0, None, Mixing.MILLED, 375.0, "T54 as we read it")
    fractions = volume_fractions(
        without, cathode_density=2.07, sse_density=1.64, carbon_density=None
    )
    eighty = Quantity(0.8, 0.8, 0.8, "1", Kind.ASSUMED, "Suppl. Fig. 2.19")

    change = composite_thickness_change(fractions, eighty)

    assert change.value == pytest.approx(0.258, abs=5e-4)
    assert 26 * (1 + change.value) == pytest.approx(32.7, abs=0.05)


def test_lithium_sulfide_alone_does_not_explain_how_its_composite_shrinks():
    """18.18 of 55.25 volumes, times -44.4 %: -14.6 % even without pores; T55 saw about -40 %."""
    fractions = volume_fractions(
        SULFUR, cathode_density=1.65, sse_density=1.865, carbon_density=1.95
    )

    change = composite_thickness_change(fractions, volume_change("Li2S", "S"))

    assert change.value == pytest.approx(-18.18 / 55.25 * 0.444, rel=3e-3)
    assert change.low > -0.16


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-0.5, 2))
def test_thickness_follows_cathode_and_pores(utilisation, closed, grown):
    """0.4 of the volume, less the share of the 10 % pores that close."""
    change = Quantity(grown, grown, grown, "1", Kind.ASSUMED, "test")

    thickness = composite_thickness_change(
        VolumeFractions(0.4, 0.4, 0.1, 0.1),
        change,
        utilisation=utilisation,
        pores_closed=0.1 * closed,
    )

    assert thickness.value == pytest.approx(0.4 * utilisation * grown - 0.1 * closed)


def test_lithium_grows_by_what_the_thesis_says():
    """13.00 cm3/mol over 26801 mAh/mol: 4.85 um per mAh/cm2, 4.9 in the thesis."""
    growth = anode_growth(Anode.LITHIUM)

    assert growth.value == pytest.approx(13.00 * PER_MAH)
    assert growth.value == pytest.approx(4.9, abs=0.06)
    assert anode_growth(Anode.ANODE_FREE) == growth


def test_silicon_grows_almost_fourfold():
    """45.91 / 12.06: +281 %; (45.91 - 12.06) / 3.75 = 9.03 cm3 per mole of lithium."""
    assert volume_change("Si", "Li3.75Si").value == pytest.approx(2.807, abs=1e-3)
    assert anode_growth(Anode.SILICON).value == pytest.approx(9.027 * PER_MAH, rel=1e-3)


def test_a_thick_composite_grows_no_more_per_capacity_than_its_cathode():
    """Of a 100 um composite, volume times change over capacity gives the growth per capacity."""
    share, thickness = 0.281, 100.0  # [1], [um]
    capacity = share * thickness / 1e4 / 15.49 * 2 * 26801.48  # [mAh/cm2]

    grown = composite_thickness_change(
        VolumeFractions(share, 0.52, 0.199, 0.0), volume_change("S", "Li2S")
    )

    per_capacity = grown.value * thickness / capacity
    assert per_capacity == pytest.approx(-cathode_growth("S", "Li2S").value)


@pytest.mark.parametrize(
    ("anode", "matched"), [(Anode.LITHIUM, 6.175 / 13.00), (Anode.SILICON, 6.175 / 9.027)]
)
def test_sulfur_offsets_half_of_lithium_and_two_thirds_of_silicon(anode, matched):
    """(27.84 - 15.49) / 2 = 6.175 cm3 per mole of lithium, against 13.00 and 9.03."""
    breathing = pressure_matching("S", "Li2S", anode)

    assert breathing.matched.value == pytest.approx(matched, rel=2e-3)
    assert breathing.matched.low < breathing.matched.value < breathing.matched.high
    assert breathing.net.value == pytest.approx(breathing.cathode.value + breathing.anode.value)


def test_cobaltate_adds_to_the_pressure_of_silicon():
    """The thesis' sign: with Li2S hardly any change of pressure, with LiCoO2 3 MPa more."""
    oxide = pressure_matching("Li0.5CoO2", "LiCoO2", Anode.SILICON)
    sulfide = pressure_matching("S", "Li2S", Anode.SILICON)

    assert oxide.matched.value < 0 < sulfide.matched.value
    assert oxide.net.value > 3 * sulfide.net.value


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: molar_volume("LiVO3"), NoMeasurement, "no volume change of 'LiVO3' on record"),
        (lambda: volume_change("S", "LiFePO4"), ImpossibleValueError, "more than lithium"),
        (lambda: volume_change("NiO2", "CoO2"), ImpossibleValueError, "more than lithium"),
        (lambda: cathode_growth("Li2S", "S"), ImpossibleValueError, "holds no more lithium"),
        (
            lambda: composite_thickness_change(
                VolumeFractions(0.3, 0.5, 0.1, 0.1), volume_change("S", "Li2S"), utilisation=80.0
            ),
            ImpossibleValueError,
            "utilisation 80 is outside 0 to 1",
        ),
        (
            lambda: composite_thickness_change(
                VolumeFractions(0.3, 0.5, 0.1, 0.1), volume_change("S", "Li2S"), pores_closed=0.2
            ),
            ImpossibleValueError,
            "pores_closed 0.2 is outside -1 to the porosity 0.1",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(call, error, says):
    """One line: the value, the limit, the remedy."""
    with pytest.raises(error, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
