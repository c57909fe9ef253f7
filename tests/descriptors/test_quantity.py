from hypothesis import given
from hypothesis import strategies as st

from descriptors.quantity import Kind, weakest

kinds = st.sampled_from(Kind)


def test_evidence_weakens_from_measured_to_assumed():
    """A computed number beats an estimate, and nothing is weaker than an assumption."""
    assert weakest(Kind.MEASURED, Kind.COMPUTED) is Kind.COMPUTED
    assert weakest(Kind.ESTIMATED, Kind.COMPUTED) is Kind.ESTIMATED
    assert weakest(*Kind) is Kind.ASSUMED


@given(kinds, kinds, kinds)
def test_the_order_of_the_evidence_does_not_matter(one, two, three):
    """The weakest of three is the weakest of the third and the weakest of the others."""
    assert weakest(one, two, three) is weakest(three, weakest(two, one))
