"""The best of each cluster, as many as its share of the pool."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skactive.base import Facts, QueryStrategy, Score
from skactive.features import FeatureMap
from skactive.geometry import check_vectors, top_k
from skactive.selection._k_means import cluster
from skactive.utils._sklearn import HasMethods, Interval


class ClusterQuota(FeatureMap, QueryStrategy):
    """Give each cluster of the pool its share of the batch, and take its best.

    The shares are in proportion to the sizes of the clusters, rounded by largest
    remainder; what a cluster cannot give goes to the others. Given rows count in the
    share of their cluster. The batch is ordered by score.

    Parameters
    ----------
    score : Score
        Ranks the rows of a cluster.
    features : transformer, default=None
        The space of the clusters; None means ``Embedding()``.
    n_clusters : int, default=20
        Number of clusters, by k-means.
    random_state : int, RandomState instance or None, default=None
        Seed of clusters and ties; a learner fills it.

    References
    ----------
    Song, Berthelot and Rostamizadeh (2019), "Combining MixMatch and Active Learning for
    Better Accuracy with Fewer Labels", diversification by k-means.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> from skactive.selection import ClusterQuota
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.6, 0.4], [0.7, 0.3], [0.9, 0.1]],
    ...     embedding=[[0.0], [0.1], [9.0], [9.1]],
    ... )
    >>> quota = ClusterQuota(strategies.margin(), n_clusters=2, random_state=0)
    >>> quota.select(view, 2)
    array([0, 2])
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "features": [None, HasMethods(["fit", "transform"])],
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, score, features=None, n_clusters=20, random_state=None):
        self.score = score
        self.features = features
        self.n_clusters = n_clusters
        self.random_state = random_state

    def _facts(self):
        return super()._facts().including(self.score._facts())

    def _select(self, X, n_queries, given):
        rng = self._rng(X)
        features = self._map(X)
        check_vectors(features, type(self).__name__)
        scores = self._part("score").score_samples(X)
        n_clusters = min(self.n_clusters, len(X))
        clusters, _ = cluster(features, n_clusters, None, 1, rng)
        sizes = np.bincount(clusters)
        taken = np.bincount(clusters[given], minlength=len(sizes))
        quotas = share_out(n_queries, sizes, taken, rng)
        free = np.delete(np.arange(len(X)), given)
        picked = [
            own[top_k(scores[own], quotas[number], rng=rng)]
            for number in np.flatnonzero(quotas)
            for own in [free[clusters[free] == number]]
        ]
        picked = np.concatenate(picked)
        return picked[top_k(scores[picked], n_queries, rng=rng)]


def share_out(n_queries, sizes, taken, rng):
    """Quotas of clusters in proportion to their sizes, by largest remainder.

    Parameters
    ----------
    n_queries : int
        Sum of the quotas; there are so many rows.
    sizes : ndarray of shape (n_clusters,)
        Numbers of rows.
    taken : ndarray of shape (n_clusters,)
        Rows that were picked already; they count, and are not picked again.
    rng : numpy.random.Generator
        Breaks ties of remainders.

    Returns
    -------
    quotas : ndarray of shape (n_clusters,), int64
        At most ``sizes - taken``.
    """
    free = sizes - taken
    quotas = np.zeros(len(sizes), dtype=np.int64)
    while (left := n_queries - quotas.sum()) > 0:
        open_ = quotas < free
        # Shares of all that is picked by now, among the clusters that can give.
        filled = (taken + quotas)[open_].sum()
        ideal = (left + filled) * sizes / sizes[open_].sum()
        wanted = np.where(open_, np.maximum(ideal - taken - quotas, 0), 0)
        wanted *= left / wanted.sum()
        whole = np.minimum(np.floor(wanted + 1e-9).astype(np.int64), free - quotas)
        if not whole.any():
            # Less than one for each: one row to those with the largest remainder.
            order = rng.permutation(len(sizes))
            order = order[np.argsort(-wanted[order], kind="stable")]
            whole[order[open_[order]][:left]] = 1
        quotas += whole
    return quotas
