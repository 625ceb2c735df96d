"""How far out a sample is: scores for `skactive.compose.Mask`."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from scipy.special import logsumexp

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import check_vectors, dense_rows, mean_nearest_distances
from skactive.utils import stack_rows
from skactive.utils._sklearn import HasMethods, Interval


class NeighborDistance(FeatureMap, Score):
    """Mean distance to the nearest samples, labeled or in the pool.

    An outlier is far from everything. So many of them that they are each other's
    nearest neighbors are none to this score: take more neighbors than there may be of a
    kind. Looks at all pairs of samples.

    Parameters
    ----------
    n_neighbors : int, default=10
        How many samples count.
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.

    Examples
    --------
    >>> from skactive.scores import NeighborDistance
    >>> NeighborDistance(n_neighbors=1).score_samples([[0.0], [1.0], [5.0]]).tolist()
    [1.0, 1.0, 4.0]
    """

    facts = Facts(cold_start=True, quadratic=True)
    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "features": [None, HasMethods(["fit", "transform"])],
    }

    def __init__(self, n_neighbors=10, features=None):
        self.n_neighbors = n_neighbors
        self.features = features

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _score(self, X):
        features = self._map(X)
        check_vectors(features, type(self).__name__)
        if hasattr(self, "labeled_features_"):
            features = stack_rows(features, self.labeled_features_)
        return mean_nearest_distances(features, self.n_neighbors)[: len(X)]


class Isolation(FeatureMap, Score):
    """How few random cuts set a sample apart from the pool: an isolation forest.

    It looks at one feature at a time, and takes little time in large pools.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    features : transformer, default=None
        The space of the cuts; None means ``Embedding()``.
    random_state : int, RandomState instance or None, default=None
        Seed of the cuts; a learner fills it.

    References
    ----------
    Liu, Ting and Zhou (2008), "Isolation Forest".

    Examples
    --------
    >>> from skactive.scores import Isolation
    >>> pool = [[0.0], [0.1], [0.2], [0.3], [9.0]]
    >>> Isolation(random_state=0).select(pool)
    array([4])
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "features": [None, HasMethods(["fit", "transform"])],
        "random_state": ["random_state"],
    }

    def __init__(self, n_estimators=100, features=None, random_state=None):
        self.n_estimators = n_estimators
        self.features = features
        self.random_state = random_state

    def _score(self, X):
        # Half a second to load, and few need it.
        from sklearn.ensemble import IsolationForest

        features = self._map(X)
        check_vectors(features, type(self).__name__)
        seed = int(self._rng(X).integers(np.iinfo(np.int32).max))
        forest = IsolationForest(n_estimators=self.n_estimators, random_state=seed)
        return -forest.fit(features).score_samples(features)


class Mahalanobis(FeatureMap, Score):
    """Distance to the mean of the pool, in standard deviations of each direction.

    For pools that form one cloud. The covariance is shrunk towards a sphere as
    Ledoit and Wolf (2004) do.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import Mahalanobis
    >>> pool = np.linspace([-9.0, -9.0], [9.0, 9.0], 101)
    >>> pool[50] = [3, -3]
    >>> Mahalanobis().select(pool)
    array([50])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {"features": [None, HasMethods(["fit", "transform"])]}

    def __init__(self, features=None):
        self.features = features

    def _score(self, X):
        # Half a second to load, and few need it.
        from sklearn.covariance import LedoitWolf

        rows = dense_rows(self._map(X), type(self).__name__).astype(np.float64)
        if len(rows) == 1:
            return np.zeros(1)
        cloud = LedoitWolf().fit(rows)
        # Rounded, so that copies are equally far.
        return np.round(np.sqrt(np.maximum(cloud.mahalanobis(rows), 0)), 9)


class Energy(Score):
    """Minus the log of the sum of the exponentials of all logits.

    High where no class has a large logit. For nets and linear models; where the logits
    are but the logs of probabilities, as a forest's, it is zero everywhere.

    References
    ----------
    Liu et al. (2020), "Energy-based Out-of-distribution Detection".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Energy
    >>> view = ModelView.from_outputs(logits=[[9.0, 1.0], [0.0, 0.0]])
    >>> Energy().score_samples(view).round(2).tolist()
    [-9.0, -0.69]
    """

    facts = Facts(task="classification", needs=("logits",))

    def _score(self, X):
        return -logsumexp(X.logits().astype(np.float64), axis=1)
