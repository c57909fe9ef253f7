from descriptors.electrolyte.pellets import BEYOND_THE_CATALOGUE, pellets
from descriptors.quantity import Kind
from descriptors.tables import figures


def test_every_pellet_was_pressed():
    """A density without its pressure says nothing."""
    assert all(pellet.pressure for own in pellets().values() for pellet in own)


def test_pellets_beyond_the_catalogue_are_estimates():
    """Sheets with binder and figures from memory never pass as measured, nor hide a measurement."""
    assert not BEYOND_THE_CATALOGUE.keys() & figures("relative_density").keys()
    assert {p.kind for own in BEYOND_THE_CATALOGUE.values() for p in own} == {Kind.ESTIMATED}
