"""Volume change of cathode, composite and anode, and how far the two electrodes offset each other.

Growth is uniaxial: a cell cannot spread sideways, so a change of volume is one of thickness.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from scipy.constants import physical_constants

from descriptors.consensus import evidence, pooled
from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind, Quantity, weakest
from stability.formula import composition

if TYPE_CHECKING:
    from descriptors.composite.volume import VolumeFractions

CELL_SPREAD = 1.005
"""X-ray cells of one compound agree to half a per cent; figures from memory get the square."""

FARADAY: float = physical_constants["Faraday constant"][0] / 3.6
"""Charge of one mole of lithium. [mAh/mol]"""

UM_PER_CM = 1e4

SAME_HOST = 1e-6
"""Amounts of host atoms per formula unit that count as equal; formulas have at most 4 digits."""


class Anode(StrEnum):
    """What takes up the lithium of the cathode."""

    LITHIUM = "lithium"
    """Lithium metal."""
    SILICON = "silicon"
    """Silicon, lithiated to Li3.75Si at most."""
    ANODE_FREE = "anode-free"
    """Lithium plated on a current collector by the first charge."""
    GRAPHITE = "graphite"
    """Graphite, lithiated to LiC6 at most."""
    TITANATE = "Li4Ti5O12"
    """Lithiated to Li7Ti5O12."""
    INDIUM = "Li-In"
    """Indium with what lithium it needs, lithiated to LiIn."""
    HALF_INDIUM = "Li0.5In"
    """Indium that is half lithiated, with room both ways."""


_STATES = {
    Anode.SILICON: ("Si", "Li3.75Si"),
    Anode.GRAPHITE: ("C6", "LiC6"),
    Anode.TITANATE: ("Li4Ti5O12", "Li7Ti5O12"),
    Anode.INDIUM: ("In", "LiIn"),
    Anode.HALF_INDIUM: ("In", "LiIn"),
}


class Breathing(NamedTuple):
    """Growth of the electrodes as the cell is charged, per areal capacity."""

    cathode: Quantity
    """Growth of the cathode: negative for sulfur and LiFePO4. [um per mAh/cm2]"""
    anode: Quantity
    """Growth of the anode. [um per mAh/cm2]"""
    net: Quantity
    """Growth of the cell: the sum. [um per mAh/cm2]"""
    matched: Quantity
    """Share of the anode's growth that the cathode offsets; below 0 where it adds to it. [1]"""


def molar_volume(formula: str) -> Quantity:
    """Return the volume of one mole of formula units, without pores [cm3/mol].

    Raises
    ------
    NoMeasurement
        If ``volume_change.csv`` has no row for the formula as written.

    Examples
    --------
    6.94 g/mol at 0.534 g/cm3.

    >>> molar_volume("Li").value
    13.0
    """
    found = evidence("volume_change", formula)
    return pooled(found, unit="cm3/mol", spread=CELL_SPREAD)


def volume_change(start: str, end: str) -> Quantity:
    """Return the relative volume change of a material between two states [1].

    Parameters
    ----------
    start, end : str
        Formulas with the same host atoms, as ``volume_change.csv`` writes them: ``S``, ``Li2S``.

    Raises
    ------
    NoMeasurement
        If one of the two has no molar volume on record.
    ImpossibleValueError
        If the two differ in more than lithium.

    Notes
    -----
    With molar volumes V per host ::

        change = V(end) / V(start) - 1

    Full states only: between them the change need not be linear in the lithium. LiCoO2 grows
    until half of its lithium is out and shrinks beyond, so name ``Li0.5CoO2`` for a 4.2 V cell.
    The interval sets both volumes at opposite ends.

    Examples
    --------
    27.84 / 15.49 - 1; the thesis says 79 %.

    >>> round(volume_change("S", "Li2S").value, 3)
    0.797
    """
    _require_same_host(start, end)
    before, after = molar_volume(start), molar_volume(end)
    return Quantity(
        after.value / before.value - 1,
        after.low / before.high - 1,
        after.high / before.low - 1,
        "1",
        weakest(Kind.COMPUTED, before.kind, after.kind),
        f"molar volumes of {start} ({before.source}) and {end} ({after.source})",
    )


def composite_thickness_change(
    fractions: VolumeFractions,
    change: Quantity,
    *,
    utilisation: float = 1.0,
    pores_closed: float = 0.0,
) -> Quantity:
    """Return the relative thickness change of a composite that cannot spread sideways [1].

    Parameters
    ----------
    fractions : VolumeFractions
        Of the composite before the change.
    change : Quantity
        Relative volume change of its cathode, from `volume_change`. [1]
    utilisation : float
        Share of the cathode that reacts, from 0 to 1.
    pores_closed : float
        Volume of pores that the change fills, per volume of composite, at most the porosity;
        below 0 where a shrinking cathode leaves pores behind instead of thickness.

    Raises
    ------
    ImpossibleValueError
        If the utilisation is outside 0 to 1, or more pores close than there are.

    Notes
    -----
    With v the volume fractions, pores included ::

        change of thickness = v_cathode utilisation change - pores_closed

    SSE and carbon keep their volume, although the SSE takes part in the redox of sulfur cells
    (its own volume changes are left out). Without ``pores_closed`` this is the upper bound.

    Examples
    --------
    30 vol% of a cathode that grows by 80 %.

    >>> from descriptors.composite.volume import VolumeFractions
    >>> grows = Quantity(0.8, 0.8, 0.8, "1", Kind.ASSUMED, "example")
    >>> round(composite_thickness_change(VolumeFractions(0.3, 0.5, 0.1, 0.1), grows).value, 9)
    0.24
    """
    if not 0 <= utilisation <= 1:
        raise ImpossibleValueError(f"utilisation {utilisation:g} is outside 0 to 1; 80 % is 0.8")
    if not -1 < pores_closed <= fractions.pores:
        raise ImpossibleValueError(
            f"pores_closed {pores_closed:g} is outside -1 to the porosity {fractions.pores:g}; "
            "no more pores can close than there are"
        )
    value, low, high = (
        fractions.cathode * utilisation * number - pores_closed for number in change[:3]
    )
    return Quantity(value, low, high, "1", weakest(Kind.COMPUTED, change.kind), change.source)


def cathode_growth(charged: str, discharged: str) -> Quantity:
    """Return how a cathode grows as it is charged, per areal capacity [um per mAh/cm2].

    Parameters
    ----------
    charged, discharged : str
        Formulas with the same host atoms; `discharged` holds more lithium.

    Raises
    ------
    NoMeasurement
        If one of the two has no molar volume on record.
    ImpossibleValueError
        If the two differ in more than lithium, or `discharged` does not hold more of it.

    Notes
    -----
    With n the lithium per host and F the Faraday constant ::

        growth = (V(charged) - V(discharged)) / (n F)

    The share of the cathode in the composite does not enter: a dense composite grows by what its
    cathode grows, whatever stands between. Pores that open or close are not counted.

    Examples
    --------
    (15.49 - 27.84) cm3/mol over 2 x 26801 mAh/mol.

    >>> round(cathode_growth("S", "Li2S").value, 2)
    -2.3
    """
    _require_same_host(charged, discharged)
    lithium = _lithium(discharged) - _lithium(charged)
    if lithium <= 0:
        raise ImpossibleValueError(
            f"{discharged} holds no more lithium than {charged}; name the charged state first"
        )
    full, empty = molar_volume(discharged), molar_volume(charged)
    per_mah = UM_PER_CM / (lithium * FARADAY)
    return Quantity(
        (empty.value - full.value) * per_mah,
        (empty.low - full.high) * per_mah,
        (empty.high - full.low) * per_mah,
        "um per mAh/cm2",
        weakest(Kind.COMPUTED, full.kind, empty.kind),
        f"molar volumes of {charged} ({empty.source}) and {discharged} ({full.source})",
    )


def anode_states(anode: Anode) -> tuple[str, str]:
    """Return the formulas of a host without lithium and full of it.

    Parameters
    ----------
    anode : Anode
        One that has a host: not lithium, not anode-free.
    """
    return _STATES[anode]


def anode_growth(anode: Anode) -> Quantity:
    """Return how an anode grows as the cell is charged, per areal capacity [um per mAh/cm2].

    Raises
    ------
    NoMeasurement
        If a molar volume is missing from ``volume_change.csv``.

    Notes
    -----
    ::

        lithium, anode-free   V(Li) / F
        silicon, other hosts  (V(Li3.75Si) - V(Si)) / (3.75 F)

    Dense deposits without interphase. A silicon layer with pores grows less until they are
    filled; the volume per lithium is taken as the same at all contents (Obrovac and Christensen).

    Examples
    --------
    13.00 cm3/mol over 26801 mAh/mol; the thesis says 4.9.

    >>> round(anode_growth(Anode.LITHIUM).value, 2)
    4.85
    """
    if anode in _STATES:
        shrinks = cathode_growth(*anode_states(anode))
        return shrinks._replace(value=-shrinks.value, low=-shrinks.high, high=-shrinks.low)
    lithium = molar_volume("Li")
    per_mah = UM_PER_CM / FARADAY
    return Quantity(
        lithium.value * per_mah,
        lithium.low * per_mah,
        lithium.high * per_mah,
        "um per mAh/cm2",
        weakest(Kind.COMPUTED, lithium.kind),
        f"molar volume of Li ({lithium.source})",
    )


def pressure_matching(charged: str, discharged: str, anode: Anode) -> Breathing:
    """Return how far the cathode offsets the growth of the anode as the cell is charged.

    Parameters
    ----------
    charged, discharged : str
        The two states of the cathode.
    anode : Anode
        The anode.

    Raises
    ------
    NoMeasurement
        If a molar volume is missing from ``volume_change.csv``.
    ImpossibleValueError
        If the two states differ in more than lithium, or stand in the wrong order.

    Notes
    -----
    ::

        net = cathode + anode,   matched = -cathode / anode

    In a fixture of stiffness k [MPa/um] a cell of areal capacity q changes its pressure by about
    k q net; the stiffness is the fixture's, so no pressure is given here.

    Examples
    --------
    Sulfur takes back 2.30 of the 4.85 um per mAh/cm2 that lithium metal grows.

    >>> round(pressure_matching("S", "Li2S", Anode.LITHIUM).matched.value, 2)
    0.47
    """
    cathode, grows = cathode_growth(charged, discharged), anode_growth(anode)
    kind = weakest(cathode.kind, grows.kind)
    source = f"{cathode.source}; {grows.source}"
    value, low, high = (a + b for a, b in zip(cathode[:3], grows[:3], strict=True))
    ratios = [-one / other for one in cathode[1:3] for other in grows[1:3]]
    return Breathing(
        cathode,
        grows,
        Quantity(value, low, high, "um per mAh/cm2", kind, source),
        Quantity(-cathode.value / grows.value, min(ratios), max(ratios), "1", kind, source),
    )


def _lithium(formula: str) -> float:
    return composition(formula).amounts.get("Li", 0.0)


def _require_same_host(one: str, other: str) -> None:
    hosts = [
        {element: n for element, n in composition(state).amounts.items() if element != "Li"}
        for state in (one, other)
    ]
    if hosts[0].keys() != hosts[1].keys() or not all(
        abs(n - hosts[1][element]) < SAME_HOST for element, n in hosts[0].items()
    ):
        raise ImpossibleValueError(
            f"{one} and {other} differ in more than lithium; write both with the same host atoms"
        )
