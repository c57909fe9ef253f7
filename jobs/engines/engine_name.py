"""The engines by name; apart from what they need, so that the command line starts at once."""

from __future__ import annotations

from enum import StrEnum


class EngineName(StrEnum):
    """What computes a batch."""

    AUTO = "auto"
    """Ray where the work is worth its start, or where a cluster is given."""
    SERIAL = "serial"
    """One worker process on this machine."""
    RAY = "ray"
    """As many workers as there are processors, here or on a cluster."""
