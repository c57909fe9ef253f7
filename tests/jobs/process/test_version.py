import re

from jobs.process.version import code_version


def test_the_version_names_release_and_content():
    """Two parts: the release, and eight digits of a hash."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", code_version())
