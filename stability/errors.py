"""What can be wrong with a question about stability.

StabilityError (ValueError)
├── FormulaError           text that is no chemical formula
├── TableError             a phase table that cannot be used
├── MissingElementError    an element that the phase table does not hold
├── MissingPhaseError      a compound whose energy nobody has
├── LargeSystemError       more elements or phases than one system may have
├── EnergyError            an energy that no material has
├── VoltageError           a voltage outside the range in which the question has an answer
├── QuantityError          a number that cannot be read, or that looks like another unit
└── LithiumReactantError   a reactant that is nothing but lithium
SolverError (RuntimeError) a linear program without an answer: our fault, never the input's
"""


class StabilityError(ValueError):
    """A question about stability that has no answer as asked."""


class FormulaError(StabilityError):
    """Text that is no chemical formula."""


class TableError(StabilityError):
    """A phase table that cannot be used as it is."""


class MissingElementError(StabilityError):
    """An element for which the phase table holds no phase."""


class MissingPhaseError(StabilityError):
    """A compound whose energy nobody has."""


class LargeSystemError(StabilityError):
    """More elements or phases than one chemical system may have."""


class EnergyError(StabilityError):
    """An energy that no material has."""


class VoltageError(StabilityError):
    """A voltage outside the range in which the question has an answer."""


class QuantityError(StabilityError):
    """Text that is no number, or a number outside the limits of its quantity."""


class LithiumReactantError(StabilityError):
    """A reactant without any atom but lithium, where amounts are counted per non-Li atom."""


class SolverError(RuntimeError):
    """A linear program without an answer. Please report it: the input is not at fault."""
