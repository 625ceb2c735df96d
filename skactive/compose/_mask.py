"""Outliers kept out of the strategy's sight."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skactive.base import Facts, QueryStrategy, Score
from skactive.compose._delegate import Delegate
from skactive.geometry import top_k
from skactive.scores import NeighborDistance
from skactive.utils._sklearn import Interval


class Mask(Delegate):
    """Leave the samples that are farthest out to nobody.

    Strategies that spread out, and those that ask in doubt, like nothing better than
    samples that belong to no class: broken measurements, empty pages. A score says
    which samples are such, and the strategy sees the pool without them. They are left
    out of this query alone, and the learner's record of the query names them,
    ``learner.last_query_.notes["masked"]``, the most suspicious first: look at them.

    So many samples are left out, whether they are outliers or not. If fewer candidates
    would be left than there are queries, the least suspicious are let in again.

    Parameters
    ----------
    strategy : QueryStrategy
        Chooses among the others.
    detector : Score, default=None
        Higher means farther out; None means ``NeighborDistance()``. Or
        ``skactive.scores.Isolation()`` for large pools, ``Mahalanobis()``, ``Energy()``
        for what the model itself has never seen.
    contamination : float, default=0.01
        Share of the labeled samples and the pool together that are taken for outliers:
        labels make the pool smaller, and the outliers stay in it.

    Attributes
    ----------
    notes_ : dict of str to ndarray of int64
        Rows of the last pool that were "masked".

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import strategies
    >>> from skactive.compose import Mask
    >>> pool = np.append(np.linspace(0, 1, 99), 50.0)[:, None]
    >>> masked = Mask(strategies.coreset())
    >>> 99 in masked.select(pool, 10), masked.notes_
    (False, {'masked': array([99])})
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "strategy": [QueryStrategy],
        "detector": [None, Score],
        "contamination": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(self, strategy, detector=None, contamination=0.01):
        self.strategy = strategy
        self.detector = detector
        self.contamination = contamination

    def _facts(self):
        return self.facts.including(self.strategy._facts(), self._detector()._facts())

    def _detector(self):
        return NeighborDistance() if self.detector is None else self.detector

    def _fit(self, X, y):
        self.n_labels_ = len(X)
        if self.detector is None:
            self.default_detector_ = NeighborDistance().fit(X, y)

    def _choose(self, X, n_queries, given):
        scores = self._outlyingness(X)
        n_all = len(X) + getattr(self, "n_labels_", 0)
        n_masked = int(self.contamination * n_all + 1e-9)
        n_masked = min(n_masked, len(X) - len(given) - n_queries)
        masked = np.empty(0, dtype=np.int64)
        if n_masked > 0:
            rng = self._rng(X, "ties")
            masked = top_k(scores, n_masked, rng=rng, exclude=given)
        kept = np.setdiff1d(np.arange(len(X)), np.append(masked, given))
        self._note("masked", masked)
        return self._ask(self._part("strategy"), X, n_queries, given, candidates=kept)

    def _outlyingness(self, X):
        if self.detector is None:
            detector = getattr(self, "default_detector_", NeighborDistance())
            return detector.score_samples(X)
        return self._part("detector").score_samples(X)
