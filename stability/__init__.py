"""What is thermodynamically possible: stability windows, redox staircases, interface reactions.

Every number is derived from a phase table (:mod:`stability.tables.phase_table`) under a policy
(:mod:`stability.phases`). One material: :mod:`stability.hull` and :mod:`stability.staircase`. One
pair: :mod:`stability.interface`. Thousands: :mod:`stability.arrays`. Words, signs and units:
docs/conventions.md.
"""
