"""Where candidates come from: a fixed pool, or a new one in every round."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np

from skactive.utils import count_rows, derive_seed, take_rows


class Labeled(NamedTuple):
    """Samples with the labels that were asked for."""

    rows: np.ndarray  # of what they were taken from
    places: np.ndarray  # what tells the samples apart: row numbers or coordinates
    X: object
    y: np.ndarray


def label(problem, X):
    """Ask a problem; refuse answers that no model can learn from.

    Raises
    ------
    ValueError
        If a label is not finite.
    """
    y = problem(X)
    if not np.issubdtype(y.dtype, np.number):
        return y
    failed = ~np.isfinite(y.reshape(len(y), -1)).all(axis=1)
    if failed.any():
        raise ValueError(
            f"{problem.name} gave labels that are not finite for {failed.sum()} of "
            f"{len(X)} points, the first {X[failed.argmax()].tolist()}; narrow its "
            "bounds, or let its function say what a failed run is worth."
        )
    return y


class FixedPool:
    """One pool; what was asked once is no candidate any more.

    Parameters
    ----------
    X : container of n_samples rows
    oracle : callable
        Takes row numbers, returns their labels.
    places : ndarray of shape (n_samples,) or (n_samples, n_inputs)
        What tells the samples apart.
    """

    def __init__(self, X, oracle, places):
        self.X = X
        self.oracle = oracle
        self.places = places
        self._open = np.ones(count_rows(X), dtype=bool)

    def candidates(self, n_queries):
        """Return samples and which of them may be asked."""
        return self.X, self._open

    def unlabeled(self):
        """Return the samples that were not asked so far, or None."""
        return take_rows(self.X, self._open) if self._open.any() else None

    def answer(self, rows):
        """Label rows of the samples that `candidates` returned."""
        self._open[rows] = False
        X = take_rows(self.X, rows)
        return Labeled(rows, self.places[rows], X, self.oracle(rows))


class FreshPools:
    """A new pool in every round, thrown away after it.

    Parameters
    ----------
    problem : Problem
    ratio : float
        Candidates for each sample that is asked.
    seed : int
        The same seed gives the same pools, whoever asks. A pool of a smaller ratio is
        the beginning of that of a larger one.
    """

    def __init__(self, problem, ratio, seed):
        self.problem = problem
        self.ratio = ratio
        self.seed = seed
        self._n_pools = 0

    def candidates(self, n_queries):
        """Return samples and which of them may be asked: all of them."""
        seed = derive_seed(self.seed, self._n_pools)
        self._n_pools += 1
        self._X = self.problem.sample(ceil(self.ratio * n_queries), seed)
        return self._X, None

    def unlabeled(self):
        """Return None: what is not asked is thrown away."""
        return None

    def answer(self, rows):
        """Label rows of the samples that `candidates` returned."""
        X = self._X[rows]
        return Labeled(rows, X, X, label(self.problem, X))
