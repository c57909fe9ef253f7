def test_an_open_door_is_refused(command):
    """One line with the remedy, exit 2, nothing made."""
    code, output, errors = command("serve", "--host", "0.0.0.0")

    assert (code, output) == (2, "")
    assert "give --token-file FILE, or listen on 127.0.0.1" in errors


def test_a_port_that_is_none(command):
    """Refused by its limits."""
    assert command("serve", "--port", "99999")[0] == 2
