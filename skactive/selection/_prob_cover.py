"""ProbCover: balls around few samples that hold as much of the pool as they can."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real

import numpy as np

from skactive.base import Facts, Score
from skactive.features import ClusterFeatureMap
from skactive.geometry import (
    CoverGains,
    distances_to_other_labels,
    greedy_cover,
    k_means_labels,
)
from skactive.utils._sklearn import HasMethods, Interval, StrOptions

# Clusters where nothing tells how many classes there are.
_N_CLUSTERS = 10

# Share of a distance that is shorter than it whatever the rounding.
INSIDE = 1 - 1e-9

# Rows whose balls say how pure balls of a radius are.
_N_SAMPLED = 2000

BALL_CONSTRAINTS = {
    "features": [None, HasMethods(["fit", "transform"])],
    "delta": [Interval(Real, 0, None, closed="neither"), StrOptions({"purity"})],
    "purity": [Interval(Real, 0, 1, closed="right")],
    "n_clusters": [None, Interval(Integral, 1, None, closed="left")],
    "metric": [StrOptions({"euclidean", "cosine"})],
    "random_state": ["random_state"],
}


class ProbCover(ClusterFeatureMap, Score):
    """Cover as many samples as possible with balls around the labeled ones.

    Each pick is the sample whose ball holds the most samples that are in no ball of a
    labeled or picked one. Once all samples are covered, each pick is the sample
    farthest from its nearest labeled or picked one. For batches so small that the pool
    cannot be covered, such as the first one: picks lie in dense regions, apart from
    each other.

    Time grows with the square of the pool; put `skactive.compose.Subsample` around it
    where there are more than some ten thousand samples. Who is in whose ball is stored
    for at most four million pairs, in 100 MB; otherwise it is found out again when it
    is needed.

    Parameters
    ----------
    features : transformer, default=None
        The space of the balls; None means ``Embedding()``.
    delta : float or 'purity', default='purity'
        Radius of the balls. 'purity' takes the largest one with which the balls of a
        share `purity` of the samples hold samples of one k-means cluster only.
    purity : float, default=0.95
        That share.
    n_clusters : int, default=None
        Number of clusters for 'purity'; None means the number of classes that have a
        label, at least 2, or 10 before there are labels and for regressors.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does; `delta` is the
        length of a chord then, at most 2.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    See Also
    --------
    MaxHerding : The same with balls that have no edge.

    References
    ----------
    Yehuda et al. (2022), "Active Learning Through a Covering Lens", algorithm 1 and
    section 3.3.

    Examples
    --------
    >>> from skactive.selection import ProbCover
    >>> line = [[0.0], [1.0], [2.0], [8.0], [9.0], [9.5], [10.0], [30.0]]
    >>> ProbCover(delta=1.5, metric="euclidean").select(line, 3)
    array([4, 1, 7])
    """

    facts = Facts(diverse=True, cold_start=True, quadratic=True)
    _parameter_constraints = BALL_CONSTRAINTS

    def __init__(
        self,
        features=None,
        delta="purity",
        purity=0.95,
        n_clusters=None,
        metric="cosine",
        random_state=None,
    ):
        self.features = features
        self.delta = delta
        self.purity = purity
        self.n_clusters = n_clusters
        self.metric = metric
        self.random_state = random_state

    def _facts(self):
        # Clusters depend on where k-means starts.
        return replace(super()._facts(), stochastic=self.delta == "purity")

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)
        self.n_classes_ = n_classes(X, y)

    def _function(self, X):
        features = self._map(X)
        delta = self.delta
        if delta == "purity":
            delta = self._pure_radius(X, features)
        return CoverGains(features, delta, getattr(self, "labeled_features_", None))

    def _pure_radius(self, X, features):
        n_clusters = self.n_clusters or getattr(self, "n_classes_", _N_CLUSTERS)
        rng = self._rng(X, "clusters")
        return pure_radius(features, n_clusters, self.purity, rng)

    def _score(self, X):
        return self._function(X).counts

    def _select(self, X, n_queries, given):
        return greedy_cover(
            self._function(X),
            n_queries,
            centers=getattr(self, "labeled_features_", None),
            given=given,
            rng=self._rng(X, "ties"),
        )


def n_classes(X, y):
    """How many classes have a label, at least 2; a guess where there are none."""
    if y is None or X.task != "classification":
        return _N_CLUSTERS
    return max(2, len(np.unique(y)))


def pure_radius(features, n_clusters, purity, rng):
    """The largest radius with which a share of the balls is within one cluster."""
    n_rows = features.shape[0]
    labels = k_means_labels(features, min(n_clusters, n_rows), rng=rng)
    sampled = rng.permutation(n_rows)[:_N_SAMPLED]
    # A ball is pure as long as its radius is at most this; less a little, lest rounding
    # lets the row at its edge in.
    radii = np.sort(distances_to_other_labels(features, labels, sampled))
    n_impure = int((1 - purity) * len(radii) + 1e-9)
    return radii[n_impure] * INSIDE
