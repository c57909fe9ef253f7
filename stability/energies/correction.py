"""What to add to the computed energy of a phase, and how sure that is.

A computed energy errs by a sum over the cation-anion pairs of the phase, plus a part of its own.
The sum is learned from compounds with a measured enthalpy: it moves all phases made of the same
pairs together. What a phase has of its own is known where the phase itself was measured.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from stability.cache import cached
from stability.energies.pairs import ANIONS, ELEMENTS, N_TERMS, Terms, pair_terms
from stability.energies.terms import (
    Prior,
    prior_draws,
    prior_product,
    scattered,
    sums,
)
from stability.errors import TableError
from stability.formula import composition
from stability.kernels.redraw_kernels import standard_normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MP2019 = "mp2019"
"""Correction of the Materials Project of 2019, as in the table that comes with the package."""
CORRECTIONS = (MP2019, "gga_gga_u", "r2scan", "mixed")
"""All corrections: one for each way of computing energies."""
_FORMAT = 1  # Raised whenever the draws change their meaning.


@dataclass(frozen=True, eq=False)
class Correction:
    """A correction of computed energies, as fitted to measured enthalpies."""

    name: str
    """Which computed energies it is for."""
    prior: Prior
    """How alike cation-anion pairs are."""
    own: Floats
    """Standard error of a phase's own part, by its strongest anion. [eV/atom]"""
    own_by_family: Floats
    """The same by class of anions, as it was fitted. [eV/atom]"""
    formulas: tuple[str, ...]
    """Compounds that it was fitted to."""
    computed: Floats
    """Their computed energies. [eV/atom]"""
    errors: Floats
    """Standard error of each residual about its pairs. [eV/atom]"""
    weights: Floats
    """Weight of each residual in the correction. [1/(eV/atom)]"""
    digest: str
    """Hash of all of that."""

    @property
    def id(self) -> str:
        """Name and content hash."""
        return f"{self.name}-{self.digest}"

    @cached_property
    def fractions(self) -> Floats:
        """Atom fractions of the compounds over all elements, shape (n, 103)."""
        out = np.zeros((len(self.formulas), len(ELEMENTS)))
        place = {element: number for number, element in enumerate(ELEMENTS)}
        for row, formula in enumerate(self.formulas):
            material = composition(formula)
            for element, amount in material.amounts.items():
                out[row, place[element]] = amount / material.n_atoms
        return out

    @cached_property
    def terms(self) -> Terms:
        """Cation-anion pairs of the compounds."""
        return pair_terms(self.fractions, ELEMENTS)

    @cached_property
    def means(self) -> Floats:
        """Correction of each term [eV] per atom that belongs to it, shape (N_TERMS,)."""
        return prior_product(self.prior, scattered(self.terms, self.weights[:, None]))[:, 0]


@cache
def correction(name: str) -> Correction:
    """Return a correction that comes with the package.

    Parameters
    ----------
    name : str
        One of ``CORRECTIONS``.

    Raises
    ------
    TableError
        If there is none of that name.
    """
    if name not in CORRECTIONS:
        raise TableError(f"no correction {name}; there are {', '.join(CORRECTIONS)}")
    folder = files("stability").joinpath("energies/data")
    texts = [
        folder.joinpath(f"{name}.{ending}").read_text(encoding="utf-8")
        for ending in ("csv", "json")
    ]
    rows = list(csv.DictReader(texts[0].splitlines()))
    content = json.loads(texts[1])
    own = {
        anion: error
        for family, error in content["own_errors_ev_per_atom"].items()
        for anion in family.split()
    }
    return Correction(
        name,
        Prior(**content["prior"]),
        np.array([own[anion] for anion in (*ANIONS, "alloy")]),
        np.array(list(content["own_errors_ev_per_atom"].values())),
        tuple(row["formula"] for row in rows),
        np.array([float(row["formation_energy_ev_per_atom"]) for row in rows]),
        np.array([float(row["standard_error_ev_per_atom"]) for row in rows]),
        np.array([float(row["weight_per_ev_per_atom"]) for row in rows]),
        hashlib.sha256("".join(texts).encode()).hexdigest()[:8],
    )


def corrections_of(found: Correction, terms: Terms) -> Floats:
    """Return what to add to computed energies [eV/atom], shape (n,).

    Parameters
    ----------
    found : Correction
        Of the same kind of computed energies.
    terms : Terms
        Cation-anion pairs of the phases.
    """
    return sums(terms, found.means)


def shared_errors(found: Correction, terms: Terms) -> Floats:
    """Return the standard errors of corrections [eV/atom], own parts apart, shape (n,)."""
    from stability.energies.pair_posterior import (  # noqa: PLC0415  # Loads SciPy, not always needed.
        design,
        posterior_covariance,
        shares_of,
        variances,
    )

    layout = design(found.prior, found.terms, also=terms.numbers)
    covariance = posterior_covariance(layout, found.errors**2)
    return np.sqrt(variances(shares_of(terms, layout.used), covariance))


def term_draws(found: Correction, *, seed: int, draws: int) -> Floats:
    """Return draws of how the terms may err [eV], shape (N_TERMS, draws).

    Parameters
    ----------
    found : Correction
        Which.
    seed : int
        Which series; the first draws of a longer one are the same.
    draws : int
        How many.

    Notes
    -----
    A draw w from the prior is one from what the residuals leave open, once it is corrected like
    the energies are: ``w - K P' A (P w + e)``, with P the shares of the terms in the compounds,
    K the prior covariance of the terms, A the inverse covariance of the residuals and e their
    errors, drawn too [1]_.

    References
    ----------
    .. [1] J. T. Wilson et al., J. Mach. Learn. Res. 22, 105 (2021), "Pathwise conditioning of
       Gaussian processes".
    """
    name = f"terms-{hashlib.sha256(f'{_FORMAT} {found.id} {seed} {draws}'.encode()).hexdigest()}"
    return cached(name, lambda: {"draws": _term_draws(found, seed, draws)})["draws"]


def _term_draws(found: Correction, seed: int, draws: int) -> Floats:
    from stability.energies.pair_posterior import (  # noqa: PLC0415  # Loads SciPy, not always needed.
        design,
        posterior_covariance,
    )

    keys = np.arange(1, 2 * N_TERMS + len(found.formulas) + 1).astype(np.uint64)
    # Keys far from those of phases, which are hashes, and from small numbers used elsewhere.
    normals = standard_normals(keys + np.uint64(1 << 40), seed, draws)
    drawn = prior_draws(found.prior, normals[: 2 * N_TERMS])
    seen = sums(found.terms, drawn) + found.errors[:, None] * normals[2 * N_TERMS :]
    layout, noise = design(found.prior, found.terms), found.errors[:, None] ** 2
    explained = posterior_covariance(layout, noise[:, 0]) @ (layout.shares.T @ (seen / noise))
    weights = (seen - layout.shares @ explained) / noise
    return drawn - prior_product(found.prior, scattered(found.terms, weights))
