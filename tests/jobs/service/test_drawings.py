from jobs.service.drawings import Drawings


class Counted:
    """Stand in for the process that computes, and for the store's state."""

    def __init__(self):
        self.asked, self.now = [], 1

    def answer(self, *question):
        """Return what was asked, as a picture would be."""
        self.asked.append(question)
        return f"<svg>{len(self.asked)}</svg>"

    def state(self):
        """Return the state of the store."""
        return (self.now,)


def test_a_picture_is_drawn_once_for_each_state():
    """The same question is answered from what is kept, until the store changes."""
    store = Counted()
    drawings = Drawings(store, store)
    first = drawings.svg("window", "LZC")
    again, other = drawings.svg("window", "LZC"), drawings.svg("window", "LPSCl")
    store.now = 2

    assert first == again != other
    assert drawings.svg("window", "LZC") not in {first, other}
    assert store.asked[0] == ("picture", "window", "LZC")


def test_rows_are_handed_over_and_named():
    """What they are of tells them apart; they themselves are only drawn."""
    store = Counted()
    Drawings(store, store).svg("ranking", "wishes", rows=([1], "score"))

    assert store.asked == [("picture", "ranking", [1], "score")]


def test_a_picture_of_old_rows_is_none_of_the_new_state():
    """Rows may be from an earlier state than that of now: their picture is kept under it."""
    store = Counted()
    drawings = Drawings(store, store)
    before, store.now = store.state(), 2
    old = drawings.svg("ranking", "wishes", rows=([1], "score"), state=before)

    assert drawings.svg("ranking", "wishes", rows=([2], "score"), state=store.state()) != old
    assert drawings.svg("ranking", "wishes", rows=([1], "score"), state=before) == old
