"""Coatings between a catholyte and a cathode: what people use, and what would do."""
