"""Which coating for a pair: gates with reasons, and an order that knows its doubt.

Gates ask of a coating what no film can do without: it survives the cathode's window, reacts with
neither neighbour by more than a limit, and keeps electrons out. What passes is ordered by the cell
that it leaves: how much of the driving force is gone, and what the film itself costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.layers import FILM_SCALE
from screening.catalogue.own_materials import NO_MATERIALS, OwnMaterials
from screening.coating.coating_contacts import (
    GAS_ALLOWANCE,
    SSE,
    CoatingContacts,
    coating_contacts,
    redrawn_contacts,
)
from screening.coating.coatings import film_conductivities, film_resistance
from screening.errors import BatchError
from screening.pairs.drawn import N_DRAWS, draws
from screening.pairs.interphase import THRESHOLD, Reaction, conductions, interphases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.catalogue.materials import Cathode
    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

SCALE = 0.1
"""Reaction energy at which a contact has lost all but 37 % of its worth; the gate of Xiao et al.
(2019). A judgement. [eV/atom]"""
PASSIVATED = 0.3
"""What is left of a contact's driving force where its products hold electrons back, so that it
stops by itself. A judgement. [1]"""
_INERT = -1.0  # Mildest reaction that is told as one. [meV]
_INSULATES = 0.5  # Probability of conducting electrons from which a film counts as leaky.


class CoatingRules(NamedTuple):
    """What is asked of a coating."""

    thickness: float = 10.0
    """Of the film. [nm]"""
    coverage: float = 1.0
    """Share of the cathode's surface that it covers. [1]"""
    most: float = 0.15
    """Largest reaction with the cathode or the catholyte, weighted by what its products conduct.
    The literature asks for 0.10; energies err by half of that, and LiNbO3 with thiophosphates,
    which works in cells, would fail by 0.01. [eV/atom]"""
    own: OwnMaterials = NO_MATERIALS
    """Materials of one's own: what was measured of a film goes before the catalogue."""


class Gate(NamedTuple):
    """One question that a coating has to pass, and its answers for many."""

    name: str
    """What is asked, with the limit."""
    passed: Mask
    """Who passes, shape (n,)."""
    values: tuple[str, ...]
    """What each of them has, with the unit."""


class RankedCoating(NamedTuple):
    """A coating with all that its place rests on."""

    formula: str
    """Its formula."""
    refused_by: str
    """Name of the first gate that it fails; empty for none."""
    score: float
    """Expected worth, 0 to 1; 0 where it is refused."""
    score_low: float
    """Lower end of the 90 % interval, by which coatings are ordered."""
    score_high: float
    """Upper end of the interval."""
    contacts: tuple[float, float, float]
    """Reaction with the cathode discharged, charged, and with the catholyte. [eV/atom]"""
    contact_ends: tuple[float, float] | None
    """90 % interval of the worst of them; None where it was not redrawn. [eV/atom]"""
    open_cathode: float
    """Worst mutual reaction with the cathode in its window. [eV per non-Li atom]"""
    window: tuple[float, float]
    """Reduction and oxidation limit. [V]"""
    resistance: Quantity | None
    """Of the film, for lithium; None where it is refused. [ohm cm2]"""
    conducts: Quantity | None
    """Probability that it lets electrons through; None where it was not asked. [1]"""
    reason: str
    """What decides, in words."""


def ranked_coatings(
    formulas: Sequence[str],
    sse: str,
    cathode: Cathode,
    phases: CompetingPhases,
    *,
    rules: CoatingRules = CoatingRules(),  # noqa: B008  # A tuple of numbers.
) -> tuple[list[RankedCoating], list[Gate], CoatingContacts]:
    """Return coatings in order, best first and the refused last, with gates and contacts.

    Parameters
    ----------
    formulas : sequence of str
        Formulas of the coatings.
    sse : str
        Formula of the catholyte.
    cathode : Cathode
        The cathode, in the window in which it is cycled.
    phases : CompetingPhases
        What may form, with a margin above the hull for the redraws.
    rules : CoatingRules, optional
        What is asked of a coating.

    Raises
    ------
    BatchError
        If there is nothing to rank, or a rule is impossible.
    FormulaError, MissingElementError, LithiumReactantError
        If a material cannot be read, or cannot be computed from this phase table.
    SolverError
        If a linear program finds no answer.

    Notes
    -----
    A contact counts with ``E w``, where ``w = PASSIVATED + (1 - PASSIVATED) min(1, c / 0.16)`` and
    c is the share of its products that conducts electrons: a reaction whose products hold them
    back stops. Then ``worst = coverage max |E w| + (1 - coverage) |E_bare|`` and ::

        score = exp(-worst / SCALE) (1 - p_electrons) / (1 + R / FILM_SCALE)

    with R the film's thickness over its conductivity; phase energies, the conductivity and the
    probability of letting electrons through are drawn: what may be leaky is not good for sure.
    Gates take the upper end of c: products that nobody knows pass nothing.
    """
    _check(formulas, rules)
    found = coating_contacts(formulas, sse, cathode, phases)
    gates = _gates(found, cathode, rules)
    left = np.all([gate.passed for gate in gates], axis=0)
    chosen = np.flatnonzero(left)
    known = conductions([formulas[row] for row in chosen.tolist()])
    leaks = {row: known[formulas[row]].electrons for row in chosen.tolist()}
    tight = np.ones(left.size, bool)
    tight[chosen] = [leak.value < _INSULATES for leak in leaks.values()]
    gates.append(
        Gate(
            f"holds electrons back (probability of conducting below {_INSULATES:g})",
            tight,
            tuple(
                f"{leaks[row].value:.2g}" if row in leaks else "not asked"
                for row in range(left.size)
            ),
        )
    )
    rows = _ordered(found, gates, leaks, sse, cathode, phases, rules)
    return rows, gates, found


def passed_by(gates: Sequence[Gate]) -> list[int]:
    """Return how many pass the first gate, the first two, and so on.

    Examples
    --------
    >>> yes, no = np.array([True, True]), np.array([True, False])
    >>> passed_by([Gate("a", yes, ("", "")), Gate("b", no, ("", ""))])
    [2, 1]
    """
    left = np.logical_and.accumulate([gate.passed for gate in gates], axis=0)
    return [int(mask.sum()) for mask in left]


def weights(found: CoatingContacts, *, sure: bool = False, rows: Ints | None = None) -> Floats:
    """Return what is left of each contact's driving force, by what its products conduct.

    Parameters
    ----------
    found : CoatingContacts
        The contacts.
    sure : bool, optional
        Take the upper end of what conducts, in place of its value.
    rows : ndarray, optional
        Only these coatings; the others keep all of theirs.

    Returns
    -------
    ndarray, shape (n, 3)
        From `PASSIVATED` to 1, in the order of the contacts.
    """
    made = np.ones(found.closed.shape)
    chosen = range(len(found.formulas)) if rows is None else rows.tolist()
    places = [(row, contact) for row in chosen for contact in range(len(found.partners))]
    reactions = [
        Reaction(
            found.products[row][contact],
            min(float(found.closed[row, contact]), 0.0),
            found.partners[contact],
        )
        for row, contact in places
    ]
    for place, what in zip(places, interphases(reactions), strict=True):
        share = what.conducting.high if sure else what.conducting.value
        made[place] = PASSIVATED + (1 - PASSIVATED) * min(1.0, share / THRESHOLD)
    return made


def _check(formulas: Sequence[str], rules: CoatingRules) -> None:
    """Refuse rules that no film can follow.

    Raises
    ------
    BatchError
        If there is no coating, or a number is impossible.
    """
    if not formulas:
        raise BatchError("no coating to rank; name one, or search a phase table")
    if not 0.1 <= rules.thickness <= 10_000:  # noqa: PLR2004  # An atom, and no film any more.
        raise BatchError(f"thickness {rules.thickness:g} nm is outside 0.1 to 10000; give nm")
    if not 0.0 <= rules.coverage <= 1.0:
        raise BatchError(
            f"coverage {rules.coverage:g} is outside 0 to 1; give the share of the surface"
        )


def _gates(found: CoatingContacts, cathode: Cathode, rules: CoatingRules) -> list[Gate]:
    """Return what is asked of a film before its electrons are looked at."""
    low, high = cathode.voltage_low, cathode.voltage_high
    lasts, keeps = found.lasts_to >= high, found.reduction <= low
    # What the window refuses needs no weights: a gate after it refuses nobody that comes so far.
    weighted = found.closed * weights(found, sure=True, rows=np.flatnonzero(keeps & lasts))
    end = f"{high:g} V ({high - GAS_ALLOWANCE:g} V if a gas has to form, which it does slowly)"
    most = (
        f"by at most {_milli(rules.most)}, or {1 / PASSIVATED:.1f} times that where its products "
        "hold electrons back"
    )
    asked: list[tuple[str, Mask, Floats, Callable[[float], str]]] = [
        (f"not reduced above {low:g} V", keeps, found.reduction, _volts),
        (f"not oxidised below {end}", lasts, found.oxidation, _volts),
        (
            f"reacts with the cathode {most}",
            weighted[:, :SSE].min(axis=1) >= -rules.most,
            found.cathode,
            _milli,
        ),
        (
            f"reacts with the catholyte {most}",
            weighted[:, SSE] >= -rules.most,
            found.catholyte,
            _milli,
        ),
    ]
    return [
        Gate(name, passed, tuple(text(value) for value in values.tolist()))
        for name, passed, values, text in asked
    ]


def _volts(value: float) -> str:
    return f"{value:.2f} V"


def _milli(value: float) -> str:
    return f"{1000 * value:.0f} meV/atom"


def _ordered(
    found: CoatingContacts,
    gates: Sequence[Gate],
    leaks: Mapping[int, Quantity],
    sse: str,
    cathode: Cathode,
    phases: CompetingPhases,
    rules: CoatingRules,
) -> list[RankedCoating]:
    passed = np.all([gate.passed for gate in gates], axis=0)
    chosen = np.flatnonzero(passed)
    partners = [cathode.discharged, cathode.charged, sse]
    drawn = redrawn_contacts(
        [found.formulas[row] for row in chosen],
        partners,
        phases,
        draws=N_DRAWS,
        above_hull=(0.0, cathode.charged_above_hull, 0.0),
    )
    films = film_conductivities([found.formulas[row] for row in chosen], rules.own)
    worst = (-drawn * weights(found, rows=chosen)[chosen][:, :, None]).max(axis=1)
    good = [
        _passing(found, row, worst[place], films[place], leaks[row], rules)
        for place, row in enumerate(chosen.tolist())
    ]
    bad = [_refused(found, row, gates) for row in np.flatnonzero(~passed).tolist()]
    good.sort(key=lambda one: (-one.score_low, -one.score, one.formula))
    return good + bad


def _passing(
    found: CoatingContacts,
    row: int,
    worst: Floats,
    film: Quantity,
    leak: Quantity,
    rules: CoatingRules,
) -> RankedCoating:
    """Return a coating that passes all gates, with its score under all draws."""
    formula = found.formulas[row]
    bare = rules.coverage * worst + (1.0 - rules.coverage) * abs(found.bare)
    resistance = film_resistance(film, rules.thickness)
    costs = 1.0 + draws(f"{formula} film", resistance) / FILM_SCALE
    tight = 1.0 - draws(f"{formula} leak", leak, most=1.0)
    scores = np.exp(-bare / SCALE) * tight / costs
    low, high = np.quantile(scores, [0.05, 0.95])
    one = _row(found, row)
    mild, strong = np.quantile(-worst, [0.95, 0.05])  # Weighted, as they count.
    return one._replace(
        score=float(scores.mean()),
        score_low=float(low),
        score_high=float(high),
        contact_ends=(float(strong), float(mild)),
        resistance=resistance,
        conducts=leak,
        reason=_reason(one, rules, found, resistance.value),
    )


def _refused(found: CoatingContacts, row: int, gates: Sequence[Gate]) -> RankedCoating:
    failed = next(gate for gate in gates if not gate.passed[row])
    one = _row(found, row)
    reason = f"fails: {failed.name}; it has {failed.values[row]}"
    return one._replace(refused_by=failed.name, reason=reason)


def _row(found: CoatingContacts, row: int) -> RankedCoating:
    discharged, charged, catholyte = found.closed[row].tolist()
    return RankedCoating(
        formula=found.formulas[row],
        refused_by="",
        score=0.0,
        score_low=0.0,
        score_high=0.0,
        contacts=(discharged, charged, catholyte),
        contact_ends=None,
        open_cathode=float(found.open_cathode[row]),
        window=(float(found.reduction[row]), float(found.oxidation[row])),
        resistance=None,
        conducts=None,
        reason="",
    )


def _reason(
    one: RankedCoating, rules: CoatingRules, found: CoatingContacts, resistance: float
) -> str:
    """Return what decides the place of a coating that passes."""
    names = ("the discharged cathode", "the charged cathode", "the catholyte")
    worst = int(np.argmin(one.contacts))
    energy = 1000 * one.contacts[worst]
    open_energy = 1000 * one.open_cathode
    said = [f"worst contact: {names[worst]} ({energy:.0f} meV/atom)"]
    if energy > _INERT:
        said = ["inert to both neighbours"]
        if open_energy <= _INERT:
            said[0] += (
                f" on contact, not to the cathode in its window ({open_energy:.0f} meV/non-Li atom)"
            )
    if one.window[1] < found.voltage_high:
        said.append(f"gives off gas from {one.window[1]:.2f} V, slowly")
    if resistance > FILM_SCALE:
        said.append(f"the film costs {resistance:.2g} ohm cm2")
    if rules.coverage < 1.0:
        said.append(
            f"{100 * (1 - rules.coverage):.0f} % stays bare at {1000 * found.bare:.0f} meV/atom"
        )
    return "; ".join(said)
