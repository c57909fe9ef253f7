from jobs.lab.pair_names import pair_names
from screening.catalogue.layers import Layers


def test_separator_and_anode_may_be_left_open():
    """Each alone and both; the coating and the recipe stay, the fullest name comes first."""
    full = f"mix with care with {Layers('LiNbO3', separator='Li2ZrCl6', anode='Li-In').title}"
    film = "mix with care with 10 nm LiNbO3"

    assert pair_names(full) == (
        full,
        f"{film}, Li2ZrCl6 separator",
        f"{film}, Li-In anode",
        film,
    )


def test_a_bare_recipe_has_one_name():
    """Nothing was stated, nothing is left open."""
    assert pair_names("lfp-vgcf-hand") == ("lfp-vgcf-hand",)
    assert pair_names("mix with care") == ("mix with care",)
