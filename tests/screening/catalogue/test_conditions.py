from screening.catalogue.conditions import USUAL, Conditions, stated_conditions


def test_what_is_not_stated_is_usual():
    """C/10 and 2 mAh/cm2; each is replaced by itself."""
    assert stated_conditions(None, None) == USUAL == Conditions(0.1, 2.0, limited=True)
    assert stated_conditions(2.0, None) == Conditions(2.0, USUAL.areal_capacity)
    assert stated_conditions(None, 7.0) == Conditions(USUAL.rate, 7.0)
