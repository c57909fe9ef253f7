import pytest

from jobs.errors import ServiceError
from jobs.service.settings import ServiceSettings, service_settings

TOKEN = "a token that nobody guesses"


def asked(tmp_path, host="127.0.0.1", environment=None, token_file=None):
    return service_settings(
        tmp_path, host, 8731, token_file=token_file, read_only=False, environment=environment or {}
    )


def test_on_this_machine_nobody_signs_in(tmp_path):
    """Loopback needs no token."""
    assert asked(tmp_path).token is None
    assert asked(tmp_path, "::1").loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org"])
def test_an_open_door_needs_a_guard(tmp_path, host):
    """Any other address is refused without a token, and taken with one."""
    with pytest.raises(ServiceError, match="can be reached by others: give --token-file"):
        asked(tmp_path, host)

    assert asked(tmp_path, host, {"CATHOLYTE_TOKEN": TOKEN}).token == TOKEN


def test_a_token_comes_from_a_file(tmp_path):
    """The file goes before the environment; blanks around it do not count."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n", encoding="utf-8")

    assert asked(tmp_path, token_file=path, environment={"CATHOLYTE_TOKEN": "x"}).token == TOKEN
    with pytest.raises(ServiceError, match="cannot be read"):
        asked(tmp_path, token_file=tmp_path / "none")


def test_a_short_token_is_refused(tmp_path):
    """Seven characters can be guessed."""
    with pytest.raises(ServiceError, match="a token of 7 characters can be guessed"):
        asked(tmp_path, environment={"CATHOLYTE_TOKEN": "letmein"})


def test_names_of_the_service(tmp_path):
    """On loopback these are the three names of this machine, with the port."""
    assert ServiceSettings(store=tmp_path, port=9).hosts == {
        "localhost:9",
        "127.0.0.1:9",
        "[::1]:9",
    }
    assert ServiceSettings(store=tmp_path, host="0.0.0.0", token=TOKEN).hosts is None
