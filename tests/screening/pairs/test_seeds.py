import numpy as np

from screening.pairs.seeds import pcg64_states, seed_words

SECOND = np.array([0, 1, 77, 2**31, 2**32 - 1], np.uint32)


def test_the_words_are_those_of_numpy():
    """Each row is what numpy makes of the two seeds, zero and the largest word included."""
    words = seed_words(2024, SECOND)

    expected = [np.random.SeedSequence([2024, n]).generate_state(8) for n in SECOND.tolist()]
    assert np.array_equal(words, expected)


def test_the_states_are_those_of_generators_that_numpy_has_seeded():
    """A generator that is put into one draws what numpy's own would draw."""
    states = pcg64_states(2024, SECOND)

    expected = [np.random.default_rng([2024, n]).bit_generator.state for n in SECOND.tolist()]
    assert states == expected
