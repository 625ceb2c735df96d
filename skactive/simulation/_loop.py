"""The one active learning loop: a seed set, then a query and its answers, repeated."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np

from skactive.utils import count_rows, take_rows


class Round(NamedTuple):
    """What one round asked and what it took."""

    rows: np.ndarray  # asked in this round, most wanted first
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


def run_rounds(learner, X, y, seed_rows, totals):
    """Teach the seed set, then query and teach until each total is reached in turn.

    Parameters
    ----------
    learner : ActiveLearner
        Fitted in place.
    X : container of n_samples rows
    y : ndarray of shape (n_samples, ...)
        Read only where the learner asks.
    seed_rows : ndarray of int
        May be more than the first totals; the rounds up to there then ask nothing, so
        that every repeat of a simulation has the same rounds.
    totals : list of int
        Number of labels after the seed set and after each round.

    Yields
    ------
    round : Round
        The learner holds the labels of this round when it is yielded.
    """
    start = perf_counter()
    learner.fit(take_rows(X, seed_rows), y[seed_rows])
    n_labeled = len(seed_rows)
    yield Round(seed_rows, n_labeled, perf_counter() - start, 0.0)
    candidates = np.ones(count_rows(X), dtype=bool)
    candidates[seed_rows] = False
    for total in totals[1:]:
        if total <= n_labeled:
            yield Round(np.empty(0, dtype=np.int64), n_labeled, 0.0, 0.0)
            continue
        start = perf_counter()
        rows = learner.query(X, total - n_labeled, candidates=candidates)
        asked = perf_counter()
        learner.teach(take_rows(X, rows), y[rows])
        taught = perf_counter()
        candidates[rows] = False
        n_labeled += len(rows)
        yield Round(rows, n_labeled, taught - asked, asked - start)
