"""Looks whether this machine and a store are in order. It repairs nothing and deletes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.health.finding import Finding, Health
from jobs.health.machine_check import machine_findings
from jobs.health.store_check import store_findings

if TYPE_CHECKING:
    from pathlib import Path


def examined(store: Path) -> list[Finding]:
    """Return what there is to say about this machine and a store.

    Parameters
    ----------
    store : Path
        The store; it need not be there.
    """
    return [*machine_findings(store), *store_findings(store)]


def healthy(findings: list[Finding]) -> bool:
    """Say whether there is no problem; warnings are none.

    Parameters
    ----------
    findings : list of Finding
        From :func:`examined`.
    """
    return all(finding.health is not Health.PROBLEM for finding in findings)
