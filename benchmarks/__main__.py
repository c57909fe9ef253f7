"""Run benchmarks: one JSON line per figure, {"name", "value", "unit"}."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.measure import use_one_core

SUITES = (
    "engine",
    "energies",
    "descriptors",
    "ranking",
    "cells",
    "data",
    "jobs",
    "growth",
    "coatings",
    "discovery",
    "generated",
    "service",
)
"""Modules of this package with a function `figures(table)`."""
FULL_TABLE = Path(__file__).parents[2] / "shared/reference/mp2019_formation_energies.parquet"


def main() -> None:
    """Print the figures of the suites that the command line names, each as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suite", nargs="?", choices=SUITES, help="all by default")
    parser.add_argument("--table", help="phase table; by default the full one, or the reference")
    parser.add_argument("--known", help="list of known electrolytes for `discovery`, as a CSV file")
    arguments = parser.parse_args()
    table = arguments.table or (str(FULL_TABLE) if FULL_TABLE.is_file() else "reference")
    print(f"phase table: {Path(table).name}", file=sys.stderr)
    use_one_core()
    for suite in [arguments.suite] if arguments.suite else SUITES:
        options = {"known": arguments.known} if suite == "discovery" else {}
        for figure in import_module(f"benchmarks.{suite}").figures(table, **options):
            print(figure.line, flush=True)


if __name__ == "__main__":
    main()
