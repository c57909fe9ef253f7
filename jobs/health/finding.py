"""What a check of the doctor has found."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Health(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and something should be known or tidied up."""
    PROBLEM = "problem"
    """It does not work, or something is lost."""


class Finding(NamedTuple):
    """One line of ``catholyte doctor``."""

    check: str
    """What was looked at."""
    health: Health
    """How it is."""
    said: str
    """What was found."""
    step: str = ""
    """The safe next step, if there is one to take."""
