"""A strategy that chooses from one part of the pool after the other."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skactive.base import Facts, QueryStrategy
from skactive.compose._delegate import Delegate
from skactive.utils._sklearn import Interval


class Partition(Delegate):
    """Split the pool at random, and let a strategy choose a share of the batch in each.

    For strategies whose time grows with pool times batch: with `n_parts` parts it is
    divided by that number, as is the memory of a part. Parts know nothing of each
    other's picks, but all see the given rows.

    A strategy that remembers, such as cluster-margin, takes each part for a pool of its
    own, and remembers the last.

    Parameters
    ----------
    strategy : QueryStrategy
        Chooses in each part.
    n_parts : int, default=10
        Number of parts; at most as many as there are queries. Sizes, and numbers of
        picks, differ by at most one. A single part is the strategy itself.
    random_state : int, RandomState instance or None, default=None
        Seed of the split; a learner fills it.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import strategies
    >>> from skactive.compose import Partition
    >>> parts = Partition(strategies.coreset(), n_parts=3, random_state=0)
    >>> parts.select(np.arange(100.0)[:, None], 7).shape
    (7,)
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "strategy": [QueryStrategy],
        "n_parts": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, strategy, n_parts=10, random_state=None):
        self.strategy = strategy
        self.n_parts = n_parts
        self.random_state = random_state

    def _facts(self):
        return self.facts.including(self.strategy._facts())

    def _choose(self, X, n_queries, given):
        strategy = self._part("strategy")
        n_parts = min(self.n_parts, n_queries)
        if n_parts == 1:
            return self._ask(strategy, X, n_queries, given)
        candidates = np.delete(np.arange(len(X)), given)
        # Parts stay shuffled: the strategy has the same seed in all of them, and would
        # draw the same positions of each, the same class if the pool is sorted.
        shuffled = self._rng(X, "partition").permutation(candidates)
        picked = [
            self._ask(strategy, X, len(shares), given, candidates=part)
            for part, shares in zip(
                np.array_split(shuffled, n_parts),
                np.array_split(np.arange(n_queries), n_parts),
                strict=True,
            )
        ]
        # The first picks of all parts, then the second ones.
        ranks = np.concatenate([np.arange(len(picks)) for picks in picked])
        return np.concatenate(picked)[np.argsort(ranks, kind="stable")]
