"""The one active learning loop: a seed set, then a query and its answers, repeated."""

from __future__ import annotations

from contextlib import nullcontext
from functools import reduce
from time import perf_counter
from typing import NamedTuple

import numpy as np

from skactive import strategies as registry
from skactive.base import has_memory
from skactive.semisupervised import takes_unlabeled
from skactive.utils import continues_training, stack_rows


class Round(NamedTuple):
    """What one round asked and what it took."""

    rows: np.ndarray  # of the pool, asked in this round, most wanted first
    places: np.ndarray  # what tells these samples apart
    n_labeled: int
    fit_time: float  # seconds
    query_time: float  # seconds


def label_totals(n_initial, n_queries, budget):
    """Count the labels held after each round; the last batch is cut to fit."""
    return [*range(n_initial, budget, n_queries), budget]


def run_rounds(learner, first, pool, totals, *, start=0, learning=nullcontext):
    """Teach the seed set, then query and teach until each total is reached in turn.

    Parameters
    ----------
    learner : ActiveLearner
        Fitted in place.
    first : Labeled
        The seed set. May be more than the first totals; the rounds up to there then ask
        nothing, so that every repeat of a simulation has the same rounds.
    pool : FixedPool or FreshPools
        Where candidates come from, and their labels when they are asked.
    totals : list of int
        Number of labels after the seed set and after each round.
    start : int, default=0
        The round to begin with. If not 0, `replay_rounds` brought the learner there.
    learning : callable, default=nullcontext
        Gives a context in which the learner is fitted and taught.

    Yields
    ------
    round : Round
        The learner holds the labels of this round when it is yielded.
    """
    if start:
        n_labeled = learner.n_labeled_
    else:
        began = perf_counter()
        with learning():
            learner.fit(first.X, first.y, **_unlabeled(learner, pool))
        n_labeled = len(first.y)
        fit_time = perf_counter() - began
        yield Round(first.rows, first.places, n_labeled, fit_time, 0.0)
    for total in totals[max(start, 1) :]:
        if total <= n_labeled:
            yield Round(first.rows[:0], first.places[:0], n_labeled, 0.0, 0.0)
            continue
        X, candidates = pool.candidates(total - n_labeled)
        began = perf_counter()
        rows = learner.query(X, total - n_labeled, candidates=candidates)
        query_time = perf_counter() - began
        asked = pool.answer(rows)
        began = perf_counter()
        with learning():
            learner.teach(asked.X, asked.y, **_unlabeled(learner, pool))
        n_labeled += len(rows)
        fit_time = perf_counter() - began
        yield Round(rows, asked.places, n_labeled, fit_time, query_time)


def replay_rounds(learner, first, pool, asked):
    """Bring a learner to where it was after rounds whose answers are known.

    A learner that starts afresh in every round is trained once, on all labels. Where
    training goes on, or the strategy has a memory, every round is played again.

    Parameters
    ----------
    learner : ActiveLearner
        Fitted in place.
    first : Labeled
    pool : FixedPool or FreshPools
        As for `run_rounds`; left as the rounds have left it.
    asked : list of ndarray
        Rows of the pool asked in each round after the seed set.

    Raises
    ------
    RuntimeError
        If the learner does not ask the same again.
    """
    remembers = _remembers(learner)
    parts = [first]
    if remembers:
        learner.fit(first.X, first.y, **_unlabeled(learner, pool))
    for rows in asked:
        if not len(rows):
            continue
        X, candidates = pool.candidates(len(rows))
        if remembers and not np.array_equal(
            learner.query(X, len(rows), candidates=candidates), rows
        ):
            raise RuntimeError(
                "The learner asks other samples than it asked before it was "
                "interrupted, so its campaign cannot go on; start it anew."
            )
        parts.append(pool.answer(rows))
        if remembers:
            learner.teach(parts[-1].X, parts[-1].y, **_unlabeled(learner, pool))
    if not remembers:
        X = reduce(stack_rows, [part.X for part in parts])
        y = np.concatenate([part.y for part in parts])
        learner.fit(X, y, **_unlabeled(learner, pool))


def _unlabeled(learner, pool):
    """What of the pool ``fit`` and ``teach`` get besides the labels."""
    if not takes_unlabeled(learner):
        return {}
    return {"X_unlabeled": pool.unlabeled()}


def _remembers(learner):
    """Whether the state of a learner depends on the rounds before the last."""
    if continues_training(learner.estimator):
        return True
    strategy = learner.strategy
    if isinstance(strategy, str):
        strategy = registry.get(strategy)
    return strategy is not None and has_memory(strategy)
