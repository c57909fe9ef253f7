import pytest

from jobs.query.spreadsheet import spreadsheet_safe


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@sum", "\tx", "\rx"])
def test_text_that_would_run_is_quoted(text):
    """The apostrophe is what a spreadsheet itself puts in front of text."""
    assert spreadsheet_safe(text) == "'" + text


@pytest.mark.parametrize("value", ["Li2S", "", " =x", -1, -0.5, None, True, "a=b"])
def test_everything_else_stays(value):
    """Numbers keep their sign."""
    assert spreadsheet_safe(value) is value
