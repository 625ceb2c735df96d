"""LCMD: the farthest sample of the largest cluster."""

from __future__ import annotations

from skactive.base import Facts, QueryStrategy
from skactive.features import FeatureMap, ModelKernel
from skactive.geometry import cluster_maximum
from skactive.utils._sklearn import HasMethods


class LargestClusterMaximum(FeatureMap, QueryStrategy):
    """Pick the farthest sample of the cluster with the largest sum of distances.

    Every sample belongs to the cluster of the nearest one labeled or picked. The
    largest cluster has the largest sum of squared distances to its center, so that
    dense regions are sampled more than empty ones, and outliers not before they are
    all that is left. With nothing labeled the first pick has the longest features.
    Picks are exactly those of the greedy algorithm.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``ModelKernel()``.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression", section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.features import Inputs
    >>> from skactive.selection import LargestClusterMaximum
    >>> pool = np.append(np.full(40, 1.0), 105.0)[:, None]
    >>> strategy = LargestClusterMaximum(Inputs()).fit([[0.0], [100.0]])
    >>> pool[strategy.select(pool, 2)].ravel().tolist()
    [1.0, 105.0]
    """

    facts = Facts(diverse=True, cold_start=True)
    _parameter_constraints = {"features": [None, HasMethods(["fit", "transform"])]}
    _default_features = ModelKernel

    def __init__(self, features=None):
        self.features = features

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _select(self, X, n_queries, given):
        return cluster_maximum(
            self._map(X),
            n_queries,
            centers=getattr(self, "labeled_features_", None),
            given=given,
            rng=self._rng(X, "ties"),
        )
