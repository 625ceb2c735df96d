"""Robust k-center: cover the pool, but for a few outliers."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real

import numpy as np

from skactive.base import Facts, QueryStrategy
from skactive.features import MetricFeatureMap
from skactive.geometry import robust_k_center
from skactive.utils._sklearn import HasMethods, Interval, StrOptions

_MAX_EXACT = 2000


class RobustKCenter(MetricFeatureMap, QueryStrategy):
    """Cover the pool with small balls around labeled samples, but for a few outliers.

    Greedy k-center runs after outliers. Here a number of samples need not be covered:
    picks are the centers of balls that hold the most samples, and of the radii tried
    the best counts. It is at most three times the smallest possible, up to 5 %. Where
    fewer picks cover all but the outliers, farthest-first picks among the rows covered
    fill the batch, and outliers come last.

    The time grows with the square of the pool, the memory does not: a pool of more than
    some ten thousand samples belongs into ``Subsample(RobustKCenter())``.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.
    n_outliers : int or float, default=1e-4
        Samples of the pool that may stay uncovered: how many, or what share of the
        pool, rounded up.
    exact : bool, default=False
        Whether to find the smallest radius possible, by integer programs: seconds for a
        pool of two hundred samples, and far more for the 2000 that it is limited to.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        The cosine metric compares directions: every vector is scaled to length one.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples, which are centers already.

    References
    ----------
    Sener and Savarese (2018), "Active Learning for Convolutional Neural Networks: A
    Core-Set Approach", algorithm 2; Charikar et al. (2001), "Algorithms for Facility
    Location Problems with Outliers", section 3.

    Examples
    --------
    >>> from skactive.selection import RobustKCenter
    >>> pool = [[4.0], [5.0], [6.0], [99.0]]
    >>> RobustKCenter(n_outliers=1).fit([[0.0]]).select(pool, 1)
    array([1])
    """

    facts = Facts(diverse=True, cold_start=True, quadratic=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "n_outliers": [
            Interval(Integral, 0, None, closed="left"),
            Interval(Real, 0, 1, closed="left"),
        ],
        "exact": ["boolean"],
        "metric": [StrOptions({"euclidean", "cosine"})],
    }

    def __init__(self, features=None, n_outliers=1e-4, exact=False, metric="euclidean"):
        self.features = features
        self.n_outliers = n_outliers
        self.exact = exact
        self.metric = metric

    def _facts(self):
        # An outlier is asked last of all, after copies of what is covered.
        return replace(super()._facts(), diverse=self.n_outliers == 0)

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _select(self, X, n_queries, given):
        if self.exact and len(X) > _MAX_EXACT:
            raise ValueError(
                f"exact=True is for pools of at most {_MAX_EXACT} samples, and this "
                f"has {len(X)}; pass exact=False, or wrap the strategy in "
                "skactive.compose.Subsample."
            )
        n_outliers = self.n_outliers
        if not isinstance(n_outliers, Integral):
            n_outliers = int(np.ceil(n_outliers * len(X)))
        return robust_k_center(
            self._map(X),
            n_queries,
            n_outliers=n_outliers,
            centers=getattr(self, "labeled_features_", None),
            given=given,
            exact=self.exact,
            rng=self._rng(X, "ties"),
        )
