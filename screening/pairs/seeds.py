"""Seeds of many streams of random numbers at once: numpy makes them one by one, and slowly.

They are those of :class:`numpy.random.SeedSequence` and :class:`numpy.random.PCG64`, whose
algorithms numpy promises never to change; tests compare them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint32]

_POOL = 4  # Words of entropy that are mixed.
_STATE = 8  # Words that a PCG64 takes.
_INITIAL, _FACTOR = 0x43B0D7E5, 0x931E8875  # Of the hash of entropy.
_INITIAL_STATE, _FACTOR_STATE = 0x8B51F9DD, 0x58F38DED  # Of the hash of the state.
_MIX_LEFT, _MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
_SHIFT = np.uint32(16)
_WORD = 1 << 32
_PCG_FACTOR, _PCG = 0x2360ED051FC65DA44385DF649FCCF645, 1 << 128


class _Hash:
    """A hash whose multiplier changes with each use, in the same way for all rows."""

    def __init__(self, initial: int, factor: int) -> None:
        self._multiplier, self._factor = initial, factor

    def __call__(self, words: Words) -> Words:
        found = words ^ np.uint32(self._multiplier)
        self._multiplier = self._multiplier * self._factor % _WORD
        found = found * np.uint32(self._multiplier)
        return np.asarray(found ^ (found >> _SHIFT))


def pcg64_states(first: int, second: Words) -> list[dict[str, Any]]:
    """Return the states of generators that numpy would seed with ``[first, n]``.

    Parameters
    ----------
    first : int
        What all seeds have in common, below 2 ** 32.
    second : ndarray of uint32, shape (n_seeds,)
        What tells them apart.
    """
    made = []
    for high, low, stream_high, stream_low in seed_words(first, second).view(np.uint64).tolist():
        stream = ((stream_high << 64 | stream_low) << 1 | 1) % _PCG
        state = ((stream + (high << 64 | low)) * _PCG_FACTOR + stream) % _PCG
        made.append(
            {
                "bit_generator": "PCG64",
                "state": {"state": state, "inc": stream},
                "has_uint32": 0,
                "uinteger": 0,
            }
        )
    return made


def seed_words(first: int, second: Words) -> Words:
    """Return what ``SeedSequence([first, n]).generate_state(8)`` gives, for each n of `second`.

    Parameters
    ----------
    first : int
        What all seeds have in common, below 2 ** 32.
    second : ndarray of uint32, shape (n_seeds,)
        What tells them apart.
    """
    nothing = np.zeros_like(second)
    hashed = _Hash(_INITIAL, _FACTOR)
    entropy = (np.full_like(second, first), second, nothing, nothing)
    pool = [hashed(words) for words in entropy]
    for source in range(_POOL):
        for place in range(_POOL):
            if place != source:
                mixed = _MIX_LEFT * pool[place] - _MIX_RIGHT * hashed(pool[source])
                pool[place] = mixed ^ (mixed >> _SHIFT)
    hashed = _Hash(_INITIAL_STATE, _FACTOR_STATE)
    return np.stack([hashed(pool[place % _POOL]) for place in range(_STATE)], axis=1)
