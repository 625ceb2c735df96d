"""k-means++ sampling: far from everything picked, at random."""

from __future__ import annotations

from skactive.base import Facts, QueryStrategy
from skactive.features import MetricFeatureMap
from skactive.geometry import kmeans_plusplus
from skactive.utils._sklearn import HasMethods, StrOptions


class KMeansPlusPlus(MetricFeatureMap, QueryStrategy):
    """Draw each pick with probability proportional to its squared distance.

    The distance is that to the nearest sample picked before. Labeled samples play no
    part. The draws follow the exact sequential law, at the price of a few sweeps over
    the pool.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.
    first : {'max_norm', 'uniform'}, default='max_norm'
        The first pick: the longest feature vector, or any sample.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        The cosine metric compares directions: every vector is scaled to length one.
        None is the longest then, and any sample comes first.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; a learner fills it.

    References
    ----------
    Arthur and Vassilvitskii (2007), "k-means++: The Advantages of Careful Seeding".

    Examples
    --------
    >>> from skactive.selection import KMeansPlusPlus
    >>> blobs = [[0.0], [0.0], [5.0], [5.0]]
    >>> sorted(KMeansPlusPlus(random_state=0).select(blobs, 2) // 2)
    [np.int64(0), np.int64(1)]
    """

    facts = Facts(stochastic=True, diverse=True, cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "first": [StrOptions({"max_norm", "uniform"})],
        "metric": [StrOptions({"euclidean", "cosine"})],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        features=None,
        first="max_norm",
        metric="euclidean",
        random_state=None,
    ):
        self.features = features
        self.first = first
        self.metric = metric
        self.random_state = random_state

    def _select(self, X, n_queries, given):
        # Unit vectors differ in length by rounding alone.
        first = "uniform" if self.metric == "cosine" else self.first
        return kmeans_plusplus(
            self._map(X), n_queries, given=given, first=first, rng=self._rng(X)
        )
