import pytest


def starting(text, words):
    """Return the one line that starts with some words."""
    (line,) = (line for line in text.splitlines() if line.startswith(words))
    return line


def test_a_window_is_shown_from_above(command):
    """The highest voltage first, as in a charge curve; where its energy comes from stands below."""
    code, text, _ = command("window", "--temperature", 0, "--energies", "dft", "LPSCl")

    assert code == 0
    assert text.startswith("Li6PS5Cl: reduced below 1.721 V, oxidised from 2.341 V")
    assert text.index("2.633") < text.index("0.870")
    assert "-5.000" in text
    assert "+6.000" in text
    assert "energy of the hull" in text
    assert "83.1 meV/atom" in text
    assert "left out as computed-only" in text


def test_a_window_without_a_limit_says_never(command):
    """Sulfur holds no lithium that it could lose."""
    _, text, _ = command("window", "--temperature", 0, "S")

    assert "oxidised from never" in text or "never oxidised" in text


def test_reactions_are_shown_with_total_self_and_mutual(command):
    """-106.7 on contact; -747, -747 and -121 meV at 3.5 V; worst -1176 at 4 V (PHYSICS.md 1.4)."""
    _, text, _ = command(
        "pair",
        "--temperature",
        0,
        "--energies",
        "dft",
        "LPSCl",
        "LiFePO4",
        "--voltage",
        3.5,
        "--voltage-range",
        2.5,
        4.0,
    )

    contact, at = starting(text, "on contact"), starting(text, "at 3.5 V")
    worst = starting(text, "worst total in 2.5 to 4 V at 4.000 V")
    assert float(contact.split()[2]) == pytest.approx(-106.7, abs=1.0)
    assert [float(number) for number in at.split()[3:6]] == pytest.approx(
        [-747.0, -747.0, -121.0], abs=1.0
    )
    assert float(worst.split()[10]) == pytest.approx(-1176, abs=1.0)
    assert "energy of its own entry" in starting(text, "LiFePO4: ")


def test_a_pair_that_does_not_react_says_so(command):
    """Li6PS5Cl and Li2S coexist."""
    _, text, _ = command("pair", "--temperature", 0, "LPSCl", "Li2S")

    assert starting(text, "on contact").split() == ["on", "contact", "0", "no", "reaction"]
