from jobs.engines.engine_name import EngineName


def test_the_engines_are_those_of_the_command_line():
    """What people write is what the program reads."""
    assert [name.value for name in EngineName] == ["auto", "local", "ray"]
