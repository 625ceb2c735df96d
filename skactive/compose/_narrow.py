"""Strategies that choose from a part of the pool."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real

import numpy as np

from skactive.base import Facts, QueryStrategy, Score
from skactive.compose._delegate import Delegate
from skactive.geometry import top_k
from skactive.utils._sklearn import Interval


class _Narrow(Delegate):
    """Let `strategy` choose among the rows that `_keep` leaves."""

    def _choose(self, X, n_queries, given):
        kept = np.sort(self._keep(X, n_queries, given))
        return self._ask(self._part("strategy"), X, n_queries, given, candidates=kept)


class Prefilter(_Narrow):
    """Keep the best candidates of a score, then let a strategy choose among them.

    Parameters
    ----------
    score : Score
        Ranks the candidates.
    strategy : QueryStrategy
        Chooses among those kept.
    factor : float, default=10
        Candidates kept for each query; at least 1.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> from skactive.compose import Prefilter
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.9, 0.1], [0.6, 0.4]], embedding=[[0.0], [9.0], [2.0]]
    ... )
    >>> chain = Prefilter(strategies.margin(), strategies.coreset(), factor=2)
    >>> chain.fit(ModelView.from_outputs(embedding=[[0.0]])).select(view)
    array([2])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "strategy": [QueryStrategy],
        "factor": [Interval(Real, 1, None, closed="left")],
    }

    def __init__(self, score, strategy, factor=10):
        self.score = score
        self.strategy = strategy
        self.factor = factor

    def _facts(self):
        score = self.score._facts()
        facts = self.facts.including(score, self.strategy._facts())
        # The strategy never sees the whole pool.
        return replace(facts, quadratic=score.quadratic)

    def _keep(self, X, n_queries, given):
        n_kept = min(int(np.ceil(self.factor * n_queries)), len(X) - len(given))
        scores = self._part("score").score_samples(X)
        return top_k(scores, n_kept, rng=self._rng(X, "prefilter"), exclude=given)


class Subsample(_Narrow):
    """Let a strategy choose from a random part of the pool.

    For pools too large to look at whole, and for the studies that vary the pool: the
    model is asked about the part only.

    Parameters
    ----------
    strategy : QueryStrategy
        Chooses among those drawn.
    n_candidates : int, default=10_000
        Candidates drawn; all of them if there are no more. Raised to the number of
        queries if that is larger.
    pool_ratio : float, default=None
        Candidates drawn for each query, at least 1; takes the place of `n_candidates`.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw; a learner fills it.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import strategies
    >>> from skactive.compose import Subsample
    >>> part = Subsample(strategies.coreset(), pool_ratio=4, random_state=0)
    >>> part.select(np.arange(100.0)[:, None], 5).shape
    (5,)
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "strategy": [QueryStrategy],
        "n_candidates": [Interval(Integral, 1, None, closed="left")],
        "pool_ratio": [None, Interval(Real, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self, strategy, n_candidates=10_000, pool_ratio=None, random_state=None
    ):
        self.strategy = strategy
        self.n_candidates = n_candidates
        self.pool_ratio = pool_ratio
        self.random_state = random_state

    def _facts(self):
        facts = self.facts.including(self.strategy._facts())
        return replace(facts, quadratic=False)

    def _keep(self, X, n_queries, given):
        wanted = self.n_candidates
        if self.pool_ratio is not None:
            wanted = int(np.ceil(self.pool_ratio * n_queries))
        candidates = np.delete(np.arange(len(X)), given)
        size = min(max(wanted, n_queries), len(candidates))
        # A role of its own: the strategy may have the same seed.
        return self._rng(X, "subsample").choice(candidates, size, replace=False)
