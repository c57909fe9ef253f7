"""The engines by name; apart from what they need, so that the command line starts at once."""

from __future__ import annotations

from enum import StrEnum


class EngineName(StrEnum):
    """What computes a batch."""

    AUTO = "auto"
    """Processes of this machine, or the Ray cluster whose address is given."""
    LOCAL = "local"
    """Processes of this machine, one for each processor."""
    RAY = "ray"
    """Tasks of Ray, here or on a cluster."""
