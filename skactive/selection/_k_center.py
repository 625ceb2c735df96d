"""Greedy k-center: the sample farthest from everything labeled or picked."""

from __future__ import annotations

import numpy as np

from skactive.base import Facts, Score
from skactive.features import MetricFeatureMap
from skactive.geometry import (
    farthest_first,
    min_squared_distances,
    squared_distances_to_mean,
)
from skactive.utils._sklearn import HasMethods, StrOptions


class KCenterGreedy(MetricFeatureMap, Score):
    """Farthest-first traversal: cover the pool with balls around labeled samples.

    Each pick is the sample farthest from its nearest labeled or picked one. With
    nothing labeled the first pick is the sample closest to the mean. Picks are exactly
    those of the greedy algorithm, whose radius is at most twice the best possible.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``. Any scikit-learn
        transformer will do; foreign ones get ``view.inputs()``.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        The cosine metric compares directions: every vector is scaled to length one, so
        that long ones are no outliers. Vectors of zeros stay where they are.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    Sener and Savarese (2018), "Active Learning for Convolutional Neural Networks: A
    Core-Set Approach", section 4, algorithm 1; Gonzalez (1985).

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import KCenterGreedy
    >>> line = np.arange(11.0)[:, None]
    >>> KCenterGreedy().fit([[0.0]]).select(line, 2)
    array([10,  5])
    """

    facts = Facts(diverse=True, cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "metric": [StrOptions({"euclidean", "cosine"})],
    }

    def __init__(self, features=None, metric="euclidean"):
        self.features = features
        self.metric = metric

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _score(self, X):
        features = self._map(X)
        if hasattr(self, "labeled_features_"):
            return np.sqrt(min_squared_distances(features, self.labeled_features_))
        # Nothing labeled: the first center is the most central sample.
        return -np.sqrt(squared_distances_to_mean(features))

    def _select(self, X, n_queries, given):
        return farthest_first(
            self._map(X),
            n_queries,
            centers=getattr(self, "labeled_features_", None),
            given=given,
            rng=self._rng(X, "ties"),
        )
