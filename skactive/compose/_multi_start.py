"""The best of several batches that were drawn at random."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from sklearn.base import clone

from skactive.base import Facts, QueryStrategy
from skactive.compose._delegate import Delegate
from skactive.features import FeatureMap
from skactive.geometry import FacilityGains, similarity_kernel
from skactive.selection import RandomChoice
from skactive.utils import reseed_nested
from skactive.utils._sklearn import HasMethods, Interval, StrOptions


class MultiStart(FeatureMap, Delegate):
    """Let a strategy draw several batches, and take the one that covers the pool best.

    Against an unlucky seed set: ``simulate(..., initial=MultiStart())``. A batch covers
    the pool by the mean, over all its samples, of the similarity to the most similar
    one that is labeled, given or in the batch. No label and no model is needed. Time
    grows with pool times batch times starts, memory with the pool.

    A `Mix` belongs around it: its random picks in the batch that is kept are those that
    cover well, no fair sample of the pool, and are not noted.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        Draws the batches; None means at random. One that draws nothing gives the same
        batch every time.
    n_starts : int, default=10
        Number of batches.
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    gamma : float, default=None
        For ``'rbf'``; None means one over the median squared distance in the pool.
    random_state : int, RandomState instance or None, default=None
        Gives each start a seed, in place of the strategy's own; a learner fills it.

    Attributes
    ----------
    coverages_ : ndarray of shape (n_starts,)
        Coverage of the batches of the last call of `select`, from 0 to 1; the first
        largest was taken.
    notes_ : dict of str to ndarray of int64
        Rows of the last pool, by what the strategy wants known of them in that batch.
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    Prendki, "9 Reasons Why Active Learning is Not Widely Adopted": run several first
    loops and keep the best. Here no labels are spent on those that are not kept.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.compose import MultiStart
    >>> pool = np.repeat([[1.0, 0.0], [0.0, 1.0]], 20, axis=0)
    >>> start = MultiStart(random_state=0)
    >>> sorted((start.select(pool, 2) // 20).tolist())  # a row of each kind
    [0, 1]
    >>> start.coverages_.min(), start.coverages_.max()
    (np.float64(0.75), np.float64(1.0))
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "strategy": [None, QueryStrategy],
        "n_starts": [Interval(Integral, 1, None, closed="left")],
        "features": [None, HasMethods(["fit", "transform"])],
        "similarity": [StrOptions({"cosine", "clipped_cosine", "rbf"})],
        "gamma": [None, Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        strategy=None,
        n_starts=10,
        features=None,
        similarity="cosine",
        gamma=None,
        random_state=None,
    ):
        self.strategy = strategy
        self.n_starts = n_starts
        self.features = features
        self.similarity = similarity
        self.gamma = gamma
        self.random_state = random_state

    def _facts(self):
        facts = super()._facts()
        return (
            facts if self.strategy is None else facts.including(self.strategy._facts())
        )

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)
        self.starts_ = [start.fit(X, y) for start in self._starts(X)]

    def _starts(self, X):
        """The strategy, once with each seed."""
        strategy = RandomChoice() if self.strategy is None else self.strategy
        seeds = self._rng(X, "starts").integers(2**31 - 1, size=self.n_starts)
        return [reseed_nested(clone(strategy), int(seed)) for seed in seeds]

    def _choose(self, X, n_queries, given):
        features = self._map(X)
        kernel = similarity_kernel(
            self.similarity, features, gamma=self.gamma, rng=self._rng(X, "gamma")
        )
        labeled = getattr(self, "labeled_features_", None)
        function = FacilityGains(features, kernel, labeled)
        if len(given):
            function.add(given)
        before = function.covered
        batches, coverages = [], []
        starts = getattr(self, "starts_", None) or self._starts(X)
        for start in starts:
            batches.append(start.select(X, n_queries, given=given))
            function.covered = before.copy()
            function.add(batches[-1])
            coverages.append(function.covered.mean())
        self.coverages_ = np.array(coverages)
        best = self.coverages_.argmax()
        self._hand_on(starts[best])
        return batches[best]
