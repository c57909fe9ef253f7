"""Energies that agree with the calorimeter: measured anchors, and a correction learned from them.

``anchors`` are measured enthalpies, ``pairs`` says which cation-anion pairs a phase is made of,
``terms`` how alike two pairs are, and ``correction`` fits the residuals of a table at the anchors.
``corrected_table`` applies it; ``training`` makes the data files anew.
"""
