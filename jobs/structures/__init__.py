"""Energies of crystal structures that no table has; the extra ``structure`` computes them."""
