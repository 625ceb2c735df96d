"""Cluster-margin: the most doubtful samples, taken from all clusters in turn."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

from skactive.base import Facts, QueryStrategy, Score
from skactive.features import FeatureMap
from skactive.geometry import (
    average_linkage,
    check_vectors,
    cluster_means,
    nearest_centers,
    top_k,
)
from skactive.utils import look_up, row_keys
from skactive.utils._sklearn import HasMethods, Interval, StrOptions

_MIN_CLUSTERS = 20


class ClusterMargin(FeatureMap, QueryStrategy):
    """Go around the clusters of the best-scored samples, small clusters first.

    Of the candidates with the best scores, each cluster gives one, then each of those
    that have another, and so on until the batch is full. In each turn the cluster with
    the fewest of these candidates comes first, of equal ones that with the best score
    first. A given row counts as a turn of its cluster.

    The pool is clustered once, by agglomeration with average linkage, and the clusters
    are remembered from round to round by the content of the rows. A row met later joins
    the cluster whose mean, over the rows at hand and in the features of that round, is
    nearest. A pool without any row that is remembered is clustered anew.

    Parameters
    ----------
    score : Score
        Ranks the candidates; ``Margin()`` in the paper.
    features : transformer, default=None
        The space of the clusters; None means ``Embedding()``.
    n_clusters : int, default=None
        Number of clusters; None means the number of queries of the first round, at
        least 20.
    factor : float, default=10
        Candidates kept for each query; at least 1.
    order : {'score', 'random'}, default='score'
        Who comes first within a cluster: the best score, or anyone, as in the paper.
    max_clustered : int, default=3000
        Agglomeration looks at all pairs. Of a larger pool so many rows, drawn at
        random, are clustered, and the others join the nearest mean.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; a learner fills it.

    Attributes
    ----------
    row_keys_ : ndarray of shape (n_known,), uint64
        Sorted digests of all rows that have a cluster.
    row_clusters_ : ndarray of shape (n_known,), int64
        Their clusters.

    References
    ----------
    Citovsky et al. (2021), "Batch Active Learning at Scale", algorithms 1 and 2.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import ModelView
    >>> from skactive.scores import Margin
    >>> from skactive.selection import ClusterMargin
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.52, 0.48], [0.54, 0.46], [0.6, 0.4]],
    ...     embedding=[[0.0], [0.1], [0.2], [9.0]],
    ... )
    >>> ClusterMargin(Margin(), n_clusters=2).select(view, 2)
    array([3, 0])
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "features": [None, HasMethods(["fit", "transform"])],
        "n_clusters": [None, Interval(Integral, 1, None, closed="left")],
        "factor": [Interval(Real, 1, None, closed="left")],
        "order": [StrOptions({"score", "random"})],
        "max_clustered": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        score,
        features=None,
        n_clusters=None,
        factor=10,
        order="score",
        max_clustered=3000,
        random_state=None,
    ):
        self.score = score
        self.features = features
        self.n_clusters = n_clusters
        self.factor = factor
        self.order = order
        self.max_clustered = max_clustered
        self.random_state = random_state

    def _facts(self):
        return super()._facts().including(self.score._facts())

    def resume(self, previous):
        """Take over the clusters of an earlier round.

        Parameters
        ----------
        previous : QueryStrategy or None
            The fitted strategy of that round.

        Returns
        -------
        self : ClusterMargin
        """
        super().resume(previous)
        if isinstance(previous, ClusterMargin) and hasattr(previous, "row_keys_"):
            self._inherited = previous.row_keys_, previous.row_clusters_
        return self

    def _fit(self, X, y):
        super()._fit(X, y)
        # Kept apart from what `select` learns: asked again, it answers the same.
        self._known = self.__dict__.pop("_inherited", None)

    def _select(self, X, n_queries, given):
        clusters = self._clusters(X, n_queries)
        scores = self._part("score").score_samples(X)
        n_kept = min(int(np.ceil(self.factor * n_queries)), len(X) - len(given))
        rng = self._rng(X)
        kept = top_k(scores, n_kept, rng=rng, exclude=given)
        if self.order == "random":
            kept = rng.permutation(kept)
        groups, own, sizes = np.unique(
            clusters[kept], return_inverse=True, return_counts=True
        )
        turns = _turns(own, sizes)
        n_given = np.bincount(clusters[given], minlength=clusters.max() + 1)
        turns += n_given[groups][own]
        # The sort is stable: of equal turns and sizes, the first in `kept`.
        return kept[np.lexsort((sizes[own], turns))[:n_queries]]

    def _clusters(self, X, n_queries):
        """The cluster of each row, which is remembered."""
        features = self._map(X)
        check_vectors(features, type(self).__name__)
        keys = row_keys(X.X)
        known = getattr(self, "_known", None)
        clusters = np.full(len(X), -1) if known is None else look_up(keys, *known, -1)
        if (clusters < 0).all():
            known = None
            clusters = self._agglomerated(features, n_queries, self._rng(X, "clusters"))
        if (clusters < 0).any():
            present, own = np.unique(clusters, return_inverse=True)
            means = cluster_means(features, own, len(present))[1:]  # without -1
            nearest = present[1:][nearest_centers(features, means)]
            clusters = np.where(clusters < 0, nearest, clusters)
        old_keys, old_clusters = ([], []) if known is None else known
        keys = np.append(np.asarray(old_keys, dtype=np.uint64), keys)
        self.row_keys_, first = np.unique(keys, return_index=True)
        self.row_clusters_ = np.append(old_clusters, clusters).astype(np.int64)[first]
        return clusters

    def _agglomerated(self, features, n_queries, rng):
        """Clusters of a few rows; -1 for the others."""
        n_rows = features.shape[0]
        size = min(self.max_clustered, n_rows)
        rows = np.sort(rng.choice(n_rows, size, replace=False))
        n_clusters = self.n_clusters or max(_MIN_CLUSTERS, n_queries)
        clusters = np.full(n_rows, -1)
        clusters[rows] = average_linkage(features[rows], min(n_clusters, size))
        return clusters


def _turns(groups, sizes):
    """How many of the same group stand before each position."""
    turns = np.empty(len(groups), dtype=np.int64)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    turns[np.argsort(groups, kind="stable")] = np.arange(len(groups)) - starts
    return turns
