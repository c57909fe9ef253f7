import pytest

from jobs.health.diagnosis import examined, healthy
from jobs.health.finding import Finding, Health


def test_machine_and_store_are_looked_at(tmp_path):
    """Each check once, though there is no store; nothing is made."""
    store = tmp_path / "none"

    checks = [finding.check for finding in examined(store)]

    assert {"python", "libraries", "disk", "file system", "cache", "processes", "store"} <= set(
        checks
    )
    assert len(set(checks)) == len(checks)
    assert not store.exists()


@pytest.mark.parametrize(("health", "well"), [("ok", True), ("warning", True), ("problem", False)])
def test_only_a_problem_is_one(health, well):
    """A warning does not fail a script."""
    findings = [Finding("a", Health.OK, ""), Finding("b", Health(health), "")]

    assert healthy(findings) is well
