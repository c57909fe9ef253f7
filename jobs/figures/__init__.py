"""Pictures of results, drawn in one place for ``--plot``, notebooks, pages and benchmarks.

- ``picture``: a drawing that writes itself as SVG, PNG, PDF or HTML, offline and without a browser
- ``style``: one font, one set of colours, how formulas are written
- ``windows``, ``reactions``, ``tiles``: staircases; E(x); products over fraction and voltage
- ``intervals``, ``parity``, ``fronts``, ``funnel``: rankings; predicted against measured; Pareto
- ``curves``, ``sections``: lines with bands and measured points; generated composites
- ``cycles``, ``teaching``: the first cycle; what cells to make are worth

Each takes what a command prints with ``--json``, or plain named tuples, and asks no store.
"""
