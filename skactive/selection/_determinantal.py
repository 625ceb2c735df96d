"""Determinantal point processes: samples that span a large volume, drawn at random."""

from __future__ import annotations

from skactive.base import Facts, QueryStrategy
from skactive.features import FeatureMap, gradient_pipeline
from skactive.geometry import sample_kdpp
from skactive.utils._sklearn import HasMethods


class KDPP(FeatureMap, QueryStrategy):
    """Draw a batch with probability proportional to the squared volume that it spans.

    The volume is that of the vectors of features: long ones that point in different
    directions are likely together, and copies never are. The draw is exact. Labeled
    samples play no part; given rows count as part of the batch.

    The features are taken as they are, so their origin counts. Time is linear in the
    pool, with a product of the features with themselves and the eigenvalues of a matrix
    of their width. Once a batch has as many samples as the features have dimensions,
    the rest is random.

    Parameters
    ----------
    features : transformer, default=None
        Vectors whose inner products make the kernel; None means the gradient by the
        model's weights, projected at random where it is wide.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw; a learner fills it.

    See Also
    --------
    LogDet : The greedy choice of the largest volume.
    KMeansPlusPlus : Draws by distance.

    References
    ----------
    Kulesza and Taskar (2011), "k-DPPs: Fixed-Size Determinantal Point Processes"; as a
    baseline for gradient embeddings in Ash et al. (2020), "Deep Batch Active Learning
    by Diverse, Uncertain Gradient Lower Bounds".

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.selection import KDPP
    >>> pool = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    >>> sorted(KDPP(Inputs(), random_state=0).select(pool, 2) // 2)
    [np.int64(0), np.int64(1)]
    """

    facts = Facts(stochastic=True, diverse=True, cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "random_state": ["random_state"],
    }
    _default_features = staticmethod(gradient_pipeline)

    def __init__(self, features=None, random_state=None):
        self.features = features
        self.random_state = random_state

    def _select(self, X, n_queries, given):
        return sample_kdpp(self._map(X), n_queries, given=given, rng=self._rng(X))
