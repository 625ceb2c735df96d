"""TypiClust: the most typical sample of each cluster that has no label yet."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skactive.base import Facts, QueryStrategy
from skactive.features import ClusterFeatureMap
from skactive.geometry import (
    check_vectors,
    k_means_labels,
    mean_nearest_distances,
)
from skactive.utils import stack_rows
from skactive.utils._sklearn import HasMethods, Interval, StrOptions


class TypiClust(ClusterFeatureMap, QueryStrategy):
    """Cluster all samples, and take typical ones from clusters without labels.

    There are as many clusters as there will be labels after the query, up to a limit,
    so that enough of them have no label. Clusters with few labels come first, of these
    the largest, and each gives its most typical sample; then each gives another, and so
    on. A sample is typical if its nearest neighbors in the cluster, among those not
    labeled nor picked, are close to it on average. Small clusters come last: their
    samples may be outliers. Given rows count as labeled.

    Parameters
    ----------
    features : transformer, default=None
        The space of the clusters; None means ``Embedding()``.
    max_clusters : int, default=500
        Most clusters; with more labels than that, clusters with few labels have to do.
    min_cluster_size : int, default=6
        Clusters of fewer samples come after all others are used up.
    n_neighbors : int, default=20
        Neighbors that count, at most half of the samples of the cluster.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR}
        Features of the labeled samples.

    Notes
    -----
    Distances are plain, as in the paper; the authors' code squares them. scikit-learn
    does the clustering, in one run, by mini-batches if there are more than 50 clusters.

    References
    ----------
    Hacohen, Dekel and Weinshall (2022), "Active Learning on a Budget: Opposite
    Strategies Suit High and Low Budgets", section 3.

    Examples
    --------
    >>> from skactive.selection import TypiClust
    >>> blobs = [[0.0], [1.0], [2.0], [3.0], [7.9], [8.0], [8.2]]
    >>> strategy = TypiClust(min_cluster_size=2, metric="euclidean", random_state=0)
    >>> strategy.fit([[1.0]]).select(blobs)
    array([5])
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "max_clusters": [Interval(Integral, 1, None, closed="left")],
        "min_cluster_size": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions({"euclidean", "cosine"})],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        features=None,
        max_clusters=500,
        min_cluster_size=6,
        n_neighbors=20,
        metric="cosine",
        random_state=None,
    ):
        self.features = features
        self.max_clusters = max_clusters
        self.min_cluster_size = min_cluster_size
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.random_state = random_state

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _select(self, X, n_queries, given):
        rng = self._rng(X)
        pool = self._map(X)
        check_vectors(pool, type(self).__name__)
        features, n_labeled = pool, 0
        if hasattr(self, "labeled_features_"):
            features = stack_rows(pool, self.labeled_features_)
            n_labeled = self.labeled_features_.shape[0]
        known = np.append(given, np.arange(len(X), len(X) + n_labeled))
        n_clusters = min(len(known) + n_queries, self.max_clusters, features.shape[0])
        clusters = k_means_labels(features, n_clusters, rng=rng)
        sizes = np.bincount(clusters, minlength=n_clusters)
        n_known = np.bincount(clusters[known], minlength=n_clusters)
        small = sizes < self.min_cluster_size
        # Of equal clusters any may be first.
        order = np.lexsort((rng.random(n_clusters), -sizes, n_known, small))
        free = np.ones(len(clusters), dtype=bool)
        free[known] = False
        members = [np.flatnonzero((clusters == c) & free) for c in order]
        n_large = int((~small).sum())
        large, others = members[:n_large], members[n_large:]
        picked = self._in_turns(pool, large, n_queries, rng)
        picked += self._in_turns(pool, others, n_queries - len(picked), rng)
        return np.array(picked, dtype=np.int64)

    def _in_turns(self, features, clusters, n_picks, rng):
        """Typical rows of the clusters in turn, until there are enough or no more."""
        picked = []
        while len(picked) < n_picks and any(map(len, clusters)):
            for turn, rows in enumerate(clusters):
                if len(rows) and len(picked) < n_picks:
                    best = self._most_typical(features, rows, rng)
                    picked.append(rows[best])
                    clusters[turn] = np.delete(rows, best)
        return picked

    def _most_typical(self, features, rows, rng):
        """Which of the rows of a cluster is closest to its neighbors."""
        n_neighbors = max(1, min(self.n_neighbors, len(rows) // 2))
        distances = mean_nearest_distances(features[rows], n_neighbors)
        return rng.choice(np.flatnonzero(distances == distances.min()))
