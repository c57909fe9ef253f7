"""What a catholyte must also do: measured figures of electrolytes, and what a recipe makes of them.

- ``quantity``: a number with its interval, unit, kind and source
- ``recipe``: a cathode composite by mass, its mixing and its pressure
- ``measured``: conductivity, density and moduli of the catalogue's electrolytes
- ``conductivity``, ``densification``, ``moduli``: predicted where nobody has measured
- ``carbon``, ``percolation``: the conducting carbons, their surface, and whether they percolate
- ``composite``, ``porosity``, ``electrode``: what a recipe becomes when it is pressed
- ``microstructure``, ``transport``: generated composites, their active area and tortuosity
- ``volume_change``, ``cell_energy``, ``supply``: breathing, energy and cost of a cell
- ``training``: commands that rebuild the shipped models
- ``consensus``, ``tables``: how published figures become one quantity, and where they are kept
"""
