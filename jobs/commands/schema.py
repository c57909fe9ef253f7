"""The command that prints the JSON Schema of batch files."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON Schema of batch files, for editors."""
    from screening.batch.model import json_schema

    print(json_schema(), end="")
