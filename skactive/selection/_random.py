"""Uniform choice, the baseline of everything."""

from __future__ import annotations

import numpy as np

from skactive.base import Facts, QueryStrategy


class RandomChoice(QueryStrategy):
    """Choose uniformly without replacement.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed of the choice; a learner fills it.

    Examples
    --------
    >>> from skactive.selection import RandomChoice
    >>> RandomChoice(random_state=0).select([[1.0], [2.0], [3.0]], 3, given=None).size
    3
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {"random_state": ["random_state"]}

    def __init__(self, random_state=None):
        self.random_state = random_state

    def _select(self, X, n_queries, given):
        candidates = np.delete(np.arange(len(X)), given)
        return self._rng(X).choice(candidates, n_queries, replace=False)
