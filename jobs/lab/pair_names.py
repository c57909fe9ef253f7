"""Under which names a measured cell answers for a pair: what the pair leaves open is no matter."""

from __future__ import annotations

from itertools import combinations

_OPEN = (" separator", " anode")
"""How the parts of a name end that a pair may leave open; a coating makes another composite."""


def pair_names(recipe: str) -> tuple[str, ...]:
    """Return what pairs may call the composite of a cell: its name, and those that state less.

    Parameters
    ----------
    recipe : str
        The composite with all that was stated of the cell, as
        :func:`screening.catalogue.layers.with_layers` names it.

    Examples
    --------
    >>> pair_names("lfp-vgcf-hand with Li-In anode")
    ('lfp-vgcf-hand with Li-In anode', 'lfp-vgcf-hand')
    >>> pair_names("lfp-vgcf-hand with 10 nm LiNbO3")
    ('lfp-vgcf-hand with 10 nm LiNbO3',)
    """
    base, joint, said = recipe.rpartition(" with ")
    if not joint:
        return (recipe,)
    parts = said.split(", ")
    needed = [part for part in parts if not part.endswith(_OPEN)]
    rest = [part for part in parts if part.endswith(_OPEN)]
    told = [
        ", ".join((*needed, *some))
        for n in range(len(rest), -1, -1)
        for some in combinations(rest, n)
    ]
    return tuple(f"{base} with {text}" if text else base for text in told)
