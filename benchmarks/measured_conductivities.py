"""Where measured conductivities lie that benchmarks learn from, and are judged by."""

from __future__ import annotations

from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "shared/reference"
OBELIX = REFERENCE / "obelix"
TABLES = (
    OBELIX / "train.csv",
    REFERENCE / "conductivity" / "laskowski_liverpool.csv",
    REFERENCE / "conductivity" / "scandium_verified.csv",
    REFERENCE / "literature" / "conductivity.csv",
)
"""What models are trained on."""
