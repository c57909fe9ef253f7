import pytest


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    """Keep data in a folder of this test, and wait no longer than a test may."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CATHOLYTE_SYNC_WAIT", "0.005")
    monkeypatch.delenv("MP_API_KEY", raising=False)
    return tmp_path / "data"
