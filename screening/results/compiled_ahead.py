"""Compile and load ahead what the first pair needs, so that nobody's first question waits for it.

``python -m screening.results.compiled_ahead`` does it once for a machine: machine code is kept on
disk (see :mod:`stability.cache`) and serves every later process.
"""

from __future__ import annotations

from screening.catalogue.own_materials import NO_MATERIALS, OwnMaterials
from screening.catalogue.properties import many_properties
from stability.warm import compile_kernels

_UNMEASURED = "Li7YbBr10"  # No compound, so that models are asked.


def compile_ahead(own: OwnMaterials = NO_MATERIALS) -> None:
    """Compile all kernels, and load the models of one SSE that nobody has measured.

    Parameters
    ----------
    own : OwnMaterials, optional
        Materials of a laboratory, which come before models.
    """
    compile_kernels()
    many_properties([(_UNMEASURED, 375.0)], own)


if __name__ == "__main__":
    compile_ahead()
