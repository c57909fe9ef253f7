import os
import signal
import threading

import pytest

from jobs.process.interruption import interruptible


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_is_noted_and_not_followed(number, code):
    """The body goes on, and knows; afterwards signals do what they did before."""
    before = signal.getsignal(number)

    with interruptible() as interruption:
        assert not interruption
        os.kill(os.getpid(), number)
        assert interruption
        assert interruption.exit_code == code

    assert signal.getsignal(number) is before


def test_a_start_is_left_at_once():
    """What takes long to begin does not keep whoever wants to stop."""
    ended = []

    def start():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            ended.append(True)
        return "begun"  # Not reached.

    with interruptible() as interruption:
        assert interruption.begun(start) is None
        assert interruption.begun(lambda: "second") is None
        os.kill(os.getpid(), signal.SIGINT)  # Noted again, not raised.

    assert ended == [True]
    assert interruption.signal is signal.SIGINT


def test_without_a_signal_a_start_is_a_call():
    """Its result comes back, and handlers that it sets are replaced by ours."""

    def start():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return "begun"

    with interruptible() as interruption:
        assert interruption.begun(start) == "begun"
        os.kill(os.getpid(), signal.SIGTERM)
        assert interruption.exit_code == 143


def test_another_thread_leaves_signals_alone():
    """Only the main thread may set handlers."""
    found = []

    def body():
        with interruptible() as interruption:
            found.append(bool(interruption))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()

    assert found == [False]
    assert signal.getsignal(signal.SIGTERM) is before
