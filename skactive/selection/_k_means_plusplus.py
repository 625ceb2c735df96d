"""k-means++ sampling: far from everything picked, at random."""

from __future__ import annotations

from skactive.base import Facts, QueryStrategy
from skactive.features import MetricFeatureMap
from skactive.geometry import kmeans_plusplus
from skactive.utils._sklearn import HasMethods, StrOptions


class KMeansPlusPlus(MetricFeatureMap, QueryStrategy):
    """Draw each pick with probability proportional to its squared distance.

    The distance is that to the nearest sample picked before. The draws follow the exact
    sequential law, at the price of a few sweeps over the pool.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.
    first : {'max_norm', 'uniform'}, default='max_norm'
        The first pick: the longest feature vector, or any sample.
    metric : {'euclidean', 'cosine'}, default='euclidean'
        The cosine metric compares directions: every vector is scaled to length one.
        None is the longest then, and any sample comes first.
    condition_on_labeled : bool, default=False
        Whether the labeled samples count as picked. With them no pick is the first.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; a learner fills it.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures} or None
        Features of the labeled samples, if they count.

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
        "condition_on_labeled": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        features=None,
        first="max_norm",
        metric="euclidean",
        condition_on_labeled=False,
        random_state=None,
    ):
        self.features = features
        self.first = first
        self.metric = metric
        self.condition_on_labeled = condition_on_labeled
        self.random_state = random_state

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X) if self.condition_on_labeled else None

    def _select(self, X, n_queries, given):
        # Unit vectors differ in length by rounding alone.
        first = "uniform" if self.metric == "cosine" else self.first
        return kmeans_plusplus(
            self._map(X),
            n_queries,
            centers=getattr(self, "labeled_features_", None),
            given=given,
            first=first,
            rng=self._rng(X),
        )
