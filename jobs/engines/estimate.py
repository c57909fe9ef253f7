"""How long a batch will take: a sample of its chunks is computed, and the time of that taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from jobs.store.spec import Span
from jobs.work.chunk import composites_of, evaluate_chunk, phases_of
from screening.results.compiled_ahead import compile_ahead

if TYPE_CHECKING:
    from jobs.engines.choice import Choice
    from jobs.store.spec import Spec

_SAMPLE = 2.0  # [s] Processor time that a sample takes, if the batch is not done by then.
_MOST = 8  # Chunks of a sample; they lie evenly over the batch, as SSEs differ.
_WRITING = 0.1  # Part of the time of a pair that the driver takes to write and rank it.


class Estimate(NamedTuple):
    """What computing a batch will take on processors that have nothing else to do."""

    start: float
    """Before the first pair. [s]"""
    per_pair: float
    """Processor time of a pair. [s]"""
    seconds: float
    """From start to end. [s]"""


def estimated(spec: Spec, choice: Choice, done: int) -> Estimate:
    """Return what the rest of a batch will take, from a sample of its chunks.

    Parameters
    ----------
    spec : Spec
        The batch.
    choice : Choice
        What computes it.
    done : int
        Pairs that are there already.
    """
    compile_ahead(spec.own)  # Done once for a machine: no part of what is to come.
    began = time.process_time()
    composites, phases = composites_of(spec), phases_of(spec)
    evaluate_chunk(spec, phases, composites, Span(0, 1))  # It loads all that is known of materials.
    loading = time.process_time() - began
    n = min(_MOST, spec.n_chunks)
    pairs, spent = 0, 0.0
    for number in range(n):
        if spent > _SAMPLE:
            break
        span = spec.chunk(number * spec.n_chunks // n)
        began = time.process_time()
        evaluate_chunk(spec, phases, composites, span)
        spent += time.process_time() - began
        pairs += span.n_pairs
    per_pair = spent / pairs
    work = (spec.n_pairs - done) * per_pair
    start = loading + _START
    side_by_side = min(choice.cpus, spec.n_chunks)
    return Estimate(start, per_pair, start + work / side_by_side + _WRITING * work)


_START = 6.0
