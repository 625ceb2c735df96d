"""k-means sampling: the samples in the middle of clusters."""

from __future__ import annotations

import warnings
from dataclasses import replace
from numbers import Integral

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skactive.base import Facts, QueryStrategy, Score
from skactive.features import FeatureMap
from skactive.geometry import (
    assigned_squared_distances,
    check_vectors,
    farthest_first,
)
from skactive.utils._sklearn import HasMethods, Interval

# From this number of distances per iteration on, batches of rows have to do.
_MINI_BATCH = 5e7
_BATCH_SIZE = 1024

# Distances from the centers are told apart to so many digits of the largest.
_DECIMALS = 6

# More iterations move the centers by next to nothing, and can take twice the time.
_MAX_ITER = 100


class KMeansSampling(FeatureMap, QueryStrategy):
    """Cluster the pool, and take from each cluster the sample nearest to its center.

    The heaviest cluster comes first. A given row takes up a cluster: there is one more
    for each, and none that holds a given row is asked. Clusters that come out empty,
    as they do where there are fewer different samples than clusters, are made up for
    by the samples farthest from the picks. Labeled samples play no part.

    Parameters
    ----------
    features : transformer, default=None
        The space of the clusters; None means ``Embedding()``.
    weight : Score, default=None
        Weight of each sample in the clustering; None weighs all alike. Scores that go
        below zero are shifted to begin at zero. A sample of weight zero plays no part,
        unless too few others are left; where all are zero, all weigh alike.
    n_init : int, default=1
        Runs of k-means, of which the tightest counts.
    random_state : int, RandomState instance or None, default=None
        Seed of the centers; a learner fills it.

    Notes
    -----
    scikit-learn does the clustering, by mini-batches where pool and batch are large.
    ``Prefilter(score, KMeansSampling(weight=score))`` is the method of Zhdanov (2019).

    References
    ----------
    Zhdanov (2019), "Diverse Mini-Batch Active Learning", section 3.

    Examples
    --------
    >>> from skactive.selection import KMeansSampling
    >>> blobs = [[0.0], [1.0], [2.0], [8.0], [9.0], [9.5], [9.8]]
    >>> KMeansSampling(random_state=0).select(blobs, 2)
    array([4, 1])
    """

    facts = Facts(stochastic=True, diverse=True, cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "weight": [None, Score],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, features=None, weight=None, n_init=1, random_state=None):
        self.features = features
        self.weight = weight
        self.n_init = n_init
        self.random_state = random_state

    def _facts(self):
        if self.weight is None:
            return super()._facts()
        # Only copies may be left of what has a weight.
        return replace(super()._facts(), diverse=False).including(self.weight._facts())

    def _select(self, X, n_queries, given):
        rng = self._rng(X)
        features = self._map(X)
        check_vectors(features, type(self).__name__)
        weights = self._weights(X, n_queries, given, rng)
        rows = np.flatnonzero(weights)
        if len(rows) < len(X):
            features, weights = features[rows], weights[rows]
        taken = np.searchsorted(rows, given)
        middle = middle_rows(
            features, n_queries, weights, taken, n_init=self.n_init, rng=rng
        )
        return rows[middle]

    def _weights(self, X, n_queries, given, rng):
        """Weights of all rows, not zero for `given` and enough candidates."""
        if self.weight is None:
            return np.ones(len(X))
        weights = self._part("weight").score_samples(X)
        weights = weights - min(weights.min(), 0)
        weights[given] = 0
        if not weights.any():
            return np.ones(len(X))
        weightless = np.setdiff1d(np.flatnonzero(weights == 0), given)
        n_missing = n_queries + len(weightless) + len(given) - len(X)
        if n_missing > 0:
            lightest = weights[weights > 0].min()
            weights[rng.choice(weightless, n_missing, replace=False)] = lightest
        # As heavy as the best, so that a center stays near them.
        weights[given] = weights.max()
        return weights


def middle_rows(features, n_picks, weights, taken, *, n_init=1, rng):
    """Row nearest to the center of each cluster, the heaviest cluster first.

    There is one more cluster for each of the rows `taken`, and none that holds one of
    them is asked. Empty clusters are made up for by the rows farthest from the picks.
    """
    n_clusters = n_picks + len(taken)
    labels, centers = cluster(features, n_clusters, weights, n_init, rng)
    distances = assigned_squared_distances(features, centers, labels)
    # Cluster by cluster, the nearest first; equals in random order. The two samples of
    # a pair are equals, whatever rounding says.
    distances = np.round(distances / (distances.max() or 1), _DECIMALS)
    order = rng.permutation(len(labels))
    order = order[np.lexsort((distances[order], labels[order]))]
    clusters, first = np.unique(labels[order], return_index=True)
    free = ~np.isin(clusters, labels[taken])
    middle = order[first[free]]
    masses = np.bincount(labels, weights)[clusters[free]]
    shuffled = rng.permutation(len(middle))
    heaviest = shuffled[np.argsort(-masses[shuffled], kind="stable")]
    picked = middle[heaviest[:n_picks]]
    n_missing = n_picks - len(picked)
    if n_missing:
        taken = np.append(taken, picked)
        rest = farthest_first(features, n_missing, given=taken, rng=rng)
        picked = np.append(picked, rest)
    return picked


def cluster(features, n_clusters, weights, n_init, rng):
    """Labels of the rows and centers of the clusters, some of which are empty."""
    # Half a second to load, and few need it.
    from sklearn.cluster import KMeans, MiniBatchKMeans

    model = KMeans(n_clusters, max_iter=_MAX_ITER)
    if features.shape[0] * n_clusters > _MINI_BATCH:
        batch_size = max(_BATCH_SIZE, 2 * n_clusters)
        model = MiniBatchKMeans(n_clusters, batch_size=batch_size)
    seed = int(rng.integers(np.iinfo(np.int32).max))
    model.set_params(n_init=n_init, random_state=seed)
    with warnings.catch_warnings():
        # That there are fewer different rows than clusters is no news.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, sample_weight=weights)
    return model.labels_, model.cluster_centers_
