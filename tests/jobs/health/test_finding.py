import json

from jobs.health.finding import Finding, Health


def test_a_finding_is_plain_values():
    """So that `doctor --json` can print it."""
    found = Finding("disk", Health.WARNING, "full", "make room")

    assert json.loads(json.dumps(found._asdict())) == {
        "check": "disk",
        "health": "warning",
        "said": "full",
        "step": "make room",
    }
