"""The one active learning loop: a seed set, then a query and its answers, repeated."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np


class Round(NamedTuple):
    """What one round asked and what it took."""

    places: np.ndarray  # of the samples asked in this round, most wanted first
    n_labeled: int
    fit_time: float  # seconds
    query_time: float  # seconds


def draw_seed_set(y, n_initial, rng, *, two_classes):
    """Random rows to label first.

    Parameters
    ----------
    y : ndarray of shape (n_samples, ...)
        Read only where a row is drawn.
    n_initial : int
    rng : numpy.random.Generator
    two_classes : bool
        Draw on, one row at a time, until two classes are seen or no rows are left.

    Returns
    -------
    rows : ndarray of shape (>= n_initial,)
    """
    order = rng.permutation(len(y))
    size = n_initial
    if two_classes and y.ndim == 1 and len(np.unique(y[order[:size]])) == 1:
        while size < len(y):
            size += 1
            if y[order[size - 1]] != y[order[0]]:
                break
    return order[:size]


def label_totals(n_initial, n_queries, budget):
    """Count the labels held after each round; the last batch is cut to fit."""
    return [*range(n_initial, budget, n_queries), budget]


def run_rounds(learner, first, pool, totals):
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

    Yields
    ------
    round : Round
        The learner holds the labels of this round when it is yielded.
    """
    start = perf_counter()
    learner.fit(first.X, first.y)
    n_labeled = len(first.y)
    yield Round(first.places, n_labeled, perf_counter() - start, 0.0)
    for total in totals[1:]:
        if total <= n_labeled:
            yield Round(first.places[:0], n_labeled, 0.0, 0.0)
            continue
        X, candidates = pool.candidates(total - n_labeled)
        start = perf_counter()
        rows = learner.query(X, total - n_labeled, candidates=candidates)
        query_time = perf_counter() - start
        asked = pool.answer(rows)
        start = perf_counter()
        learner.teach(asked.X, asked.y)
        n_labeled += len(rows)
        yield Round(asked.places, n_labeled, perf_counter() - start, query_time)
