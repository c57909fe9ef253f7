"""The command that looks whether machine and store are in order."""

from __future__ import annotations

import json

import typer

from jobs.options import DEFAULT_STORE, Json, Store
from jobs.process.ending import FAILURE


def doctor(
    *,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Check versions, disk, locks and files, and say the safe next step. Repairs nothing."""
    from jobs.health.diagnosis import examined, healthy

    findings = examined(store)
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        for finding in findings:
            step = f"; next: {finding.step}" if finding.step else ""
            print(f"{finding.health:8} {finding.check}: {finding.said}{step}")
    if not healthy(findings):
        raise typer.Exit(FAILURE)
