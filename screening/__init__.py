"""Pairs of a solid electrolyte and a cathode in a composite: what to expect, and in which order."""
