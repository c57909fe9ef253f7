"""What a catholyte must also do: measured figures of electrolytes, and what a recipe makes of them.

- ``quantity``: a number with its interval, unit, kind and source
- ``recipe``: a cathode composite by mass, its mixing and its pressure
- ``measured``: conductivity, density and moduli of the catalogue's electrolytes
- ``carbon``: the conducting carbons, and their surface per gram of electrolyte
- ``composite``: volume fractions of a recipe
- ``consensus``, ``tables``: how published figures become one quantity, and where they are kept
"""
