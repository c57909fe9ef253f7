"""What a catholyte must also do: measured figures of electrolytes, and what a recipe makes of them.

- ``electrolyte``: conductivity, density, moduli and band gap, predicted where nobody has measured
- ``composite``: what a recipe becomes when it is pressed: volumes, pores, paths, active area
- ``cell``: voltage curves, breathing, energy and cost of a cell
- ``training``: commands that rebuild the shipped models
- ``measured``: conductivity, density and moduli of the catalogue's electrolytes
- ``consensus``, ``tables``: how published figures become one quantity, and where they are kept
- ``quantity``: a number with its interval, unit, kind and source
- ``recipe``: a cathode composite by mass, its mixing and its pressure
"""
