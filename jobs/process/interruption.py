"""Signals that ask a driver to stop: it finishes what it is writing, and stops."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_OFFSET = 128  # A process that a signal has ended leaves 128 and its number.


class Interruption:
    """Whether, and by which signal, this process has been asked to stop."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self._raising = False

    def __bool__(self) -> bool:
        """Return whether it has."""
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """Exit code that says so: 130 for Ctrl-C, 143 for a polite kill."""
        return _OFFSET + self.signal if self.signal else 0

    def begun(self, start: Callable[[], _T]) -> _T | None:
        """Return what a function returns; None if a signal comes first, which ends it at once.

        Handlers that the function installs, as Ray does, are replaced by ours.

        Parameters
        ----------
        start : callable
            It cleans up after itself when it is interrupted.

        Raises
        ------
        KeyboardInterrupt
            If the function raises it by itself.
        SystemExit
            If the function ends the program, other than by a signal.
        """
        self._raising = True
        try:
            return None if self else start()
        except KeyboardInterrupt:
            if not self:
                raise
            return None
        except SystemExit as ended:
            if ended.code != signal.SIGTERM:
                raise
            self.signal = signal.SIGTERM  # The way in which Ray follows it while it starts.
            return None
        finally:
            self._raising = False
            self.install()

    def install(self) -> None:
        """Have signals noted here, if this is the main thread."""
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        """Note a signal.

        Raises
        ------
        KeyboardInterrupt
            If it is to be followed at once.
        """
        self.signal = signal.Signals(number)
        if self._raising:
            raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Note signals instead of following them, while the body runs.

    In a thread other than the main one signals are left as they are.
    """
    interruption = Interruption()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    interruption.install()
    try:
        yield interruption
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)
