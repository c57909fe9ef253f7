"""Why a compound is not among the best with a cathode: every stage of a search for it alone.

It passes the gates, is evaluated beside the electrolytes of the catalogue and of one's own, and
takes its place among them. Then its conductivity alone is changed: what place would a measured
figure give it?
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from descriptors.consensus import CLASS_SPREAD
from descriptors.quantity import Kind
from screening.catalogue.gates import Gate, Verdict, verdicts
from screening.catalogue.materials import electrolytes
from screening.catalogue.own_materials import NO_MATERIALS, OwnMaterials
from screening.order.ranking import Order, places, worth
from screening.order.scores import FACTORS
from screening.pairs.drawn import interval
from screening.pairs.features import Pair
from screening.results.evaluation import evaluate_all, evaluate_block
from stability.errors import StabilityError
from stability.formula import composition

if TYPE_CHECKING:
    from descriptors.quantity import Quantity
    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode
    from screening.first_cycle.calibration import Calibration
    from screening.results.evaluation import Block
    from stability.phases import CompetingPhases

MEASURED = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
"""Conductivities for which the place is told as if somebody had measured them. [S/cm]"""


class BreakEven(NamedTuple):
    """The place that a measured conductivity would give."""

    conductivity: float
    """The figure. [S/cm]"""
    place: int
    """Place among the electrolytes of the catalogue, one's own and this one, from 1."""


class Obstacles(NamedTuple):
    """What stands between a compound and the top of a cathode."""

    formula: str
    """The compound."""
    cathode: str
    """The cathode."""
    gates: tuple[Verdict, ...]
    """What every gate says; each is asked, whatever the others say."""
    conductivity: Quantity
    """As the ranking takes it. [S/cm]"""
    score: tuple[float, float, float]
    """Value and 90 % interval, without errors of phase energies. [1]"""
    factors: dict[str, float]
    """Its factors by name. [1]"""
    reason: str
    """What limits it, in one line."""
    place: int
    """Place by the lower end of the score, as if no gate refused it."""
    rivals: int
    """With how many it shares the order: electrolytes of the catalogue, one's own, and itself."""
    break_even: tuple[BreakEven, ...]
    """Places for measured conductivities."""
    own_rivals: int = 0
    """How many of the others are of one's own, and not of the catalogue."""

    @property
    def refused_by(self) -> Gate | None:
        """The first gate that refuses it."""
        return next((one.gate for one in self.gates if not one.passed), None)

    @property
    def limited_by(self) -> str:
        """The least of its factors."""
        return min(self.factors, key=self.factors.__getitem__)


def obstacles(
    formula: str,
    cathode: Cathode,
    recipe: Recipe,
    phases: CompetingPhases,
    *,
    own: OwnMaterials = NO_MATERIALS,
    calibration: Calibration | None = None,
) -> Obstacles:
    """Return what stands between a compound and the top of a cathode.

    Parameters
    ----------
    formula : str
        The compound, of a table or not.
    cathode : Cathode
        The cathode.
    recipe : Recipe
        The composite.
    phases : CompetingPhases
        What may form.
    own : OwnMaterials, optional
        Materials of one's own: their figures go before all others, and SSEs are rivals.
    calibration : Calibration, optional
        Parameters of the model of the cell; the built-in ones by default.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If it cannot be read, or cannot be computed from this phase table; a gate that refuses it
        is named first.

    Notes
    -----
    A gate that is named is the true one: switched off, the compound passes to the next. A measured
    conductivity has the interval of a single figure. Rivals that this phase table does not hold
    are left out.
    """
    made = own.with_carbon(recipe)
    pairs = [Pair(one, cathode, made) for one in _with_rivals(formula, own)]
    block, _ = evaluate_all(pairs, phases, draws=0, calibration=calibration, own=own)
    if block is None or block.pairs[0] != pairs[0]:  # It has no answer; this says why.
        try:
            block = evaluate_block(pairs[:1], phases, draws=0, calibration=calibration, own=own)
        except StabilityError as error:
            raise type(error)(_without_score(formula, str(error))) from error
    found = block.prediction.scores
    low, high = interval(found.value.draws[:1], axis=1)
    return Obstacles(
        formula=formula,
        cathode=cathode.name,
        gates=tuple(verdicts(formula)),
        conductivity=block.figures[0].ionic_conductivity,
        score=(float(found.value.value[0]), float(low[0]), float(high[0])),
        factors={
            name: float(part.value[0]) for name, part in zip(FACTORS, found.factors, strict=True)
        },
        reason=block.reasons[0],
        place=_place(block),
        rivals=len(block.pairs),
        break_even=tuple(
            BreakEven(figure, _place(_measured(block, figure))) for figure in MEASURED
        ),
        own_rivals=sum(one.sse not in electrolytes() for one in block.pairs[1:]),
    )


def _with_rivals(formula: str, own: OwnMaterials) -> list[str]:
    """Return a compound and all that it is compared with, each composition once."""
    mine = [own.sse_formula(one.label) for one in own.materials if one.kind == "sse"]
    found: dict[object, str] = {}
    for one in (formula, *electrolytes(), *mine):
        found.setdefault(composition(one).shares, one)
    return list(found.values())


def _without_score(formula: str, why: str) -> str:
    """Return why a compound has no score behind the gates that refuse it, whatever the table."""
    gates = [
        f"gate {one.gate.value} refuses it ({one.value:.3g} against {one.threshold:.3g}; "
        f"{one.reason})"
        for one in verdicts(formula)
        if not one.passed
    ]
    if not gates:
        return why
    return f"{formula}: {', '.join(gates)}, with any phase table; no score, for {why}"


def _place(block: Block) -> int:
    """Return the place of the first pair by the cautious order."""
    return int(places(worth(block.prediction.scores.value, Order.CAUTIOUS))[0])


def _measured(block: Block, conductivity: float) -> Block:
    """Return a block as if one laboratory had measured the conductivity of its first SSE."""
    spread = CLASS_SPREAD["ionic_conductivity"]
    known = block.figures[0].ionic_conductivity._replace(
        value=conductivity,
        low=conductivity / spread,
        high=conductivity * spread,
        kind=Kind.MEASURED,
        source="as if measured once",
    )
    first = replace(block.figures[0], ionic_conductivity=known)
    return replace(block, figures=(first, *block.figures[1:]))
