"""Methods behind energies: which of them share a zero, so that they may stand in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stability.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

GGA = "GGA_GGA+U"
"""Method of the Materials Project's older energies: GGA, with U where its rules want it."""
MIXED = "GGA_GGA+U_R2SCAN"
"""The Materials Project's scheme that puts both on one scale; its energies share a zero too."""
_FAMILY = {"GGA": GGA, "GGA+U": GGA, GGA: GGA, "PBE": GGA, "PBE+U": GGA, "R2SCAN": "R2SCAN"}


def shared_functional(names: Iterable[object], *, of: str) -> str:
    """Return the method that all rows share; empty if none names one.

    Parameters
    ----------
    names : iterable
        Method of each row, such as GGA, GGA+U or r2SCAN; None where a row does not say.
    of : str
        What an error calls the table.

    Raises
    ------
    TableError
        If there are several: their energies have different zeros.

    Examples
    --------
    >>> shared_functional(["GGA", "GGA+U", None], of="hand")
    'GGA_GGA+U'
    """
    said = {str(name) for name in names if name}
    families = sorted({_FAMILY.get(name.upper(), name) for name in said})
    if len(families) > 1 or any(GGA in one and one not in {GGA, MIXED} for one in families):
        raise TableError(
            f"{of} mixes functionals ({' and '.join(families)}), whose energies have "
            "different zeros; keep one of them"
        )
    return families[0] if families else ""
