"""Batches that span a large volume."""

from __future__ import annotations

from numbers import Real

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import pivoted_cholesky, residual_variances, similarity_kernel
from skactive.utils._sklearn import HasMethods, Interval, StrOptions


class LogDet(FeatureMap, Score):
    """Pick what the samples labeled or picked tell least about.

    A batch is worth the log-determinant of its matrix of similarities plus noise. Each
    pick is the sample of the largest variance, in a Gaussian process with this kernel
    that is observed in the labeled samples and those picked before. Time is linear in
    the pool. Memory grows with the square of the number of samples labeled or picked,
    and for each sample looked at again with that number; with the similarity
    ``'cosine'`` and dense features, no more labeled samples count than there are
    features.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    similarity : {'cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2`` or ``exp(-gamma * squared distance)``.
    gamma : float, default=None
        For ``'rbf'``; None means one over the median squared distance in the pool.
    noise : float, default=0.01
        Variance of the noise, as a share of that of a sample. The larger, the sooner a
        copy of a picked sample is taken again. With 0 a copy gains nothing; once
        nothing gains, the rest of the batch is random.
    condition_on_labeled : bool, default=True
        Whether the labeled samples count as observed.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Chen, Zhang and Zhou (2018), "Fast Greedy MAP Inference for Determinantal Point
    Process to Improve Recommendation Diversity"; Krause, Singh and Guestrin (2008),
    "Near-Optimal Sensor Placements in Gaussian Processes".

    Examples
    --------
    >>> from skactive.selection import LogDet
    >>> pool = [[1.0, 0.1], [0.0, 1.0], [-1.0, 0.2]]
    >>> LogDet().fit([[1.0, 0.0]]).select(pool, 2)
    array([2, 1])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "similarity": [StrOptions({"cosine", "rbf"})],
        "gamma": [None, Interval(Real, 0, None, closed="neither")],
        "noise": [Interval(Real, 0, None, closed="left")],
        "condition_on_labeled": ["boolean"],
    }

    def __init__(
        self,
        features=None,
        similarity="cosine",
        gamma=None,
        noise=0.01,
        condition_on_labeled=True,
    ):
        self.features = features
        self.similarity = similarity
        self.gamma = gamma
        self.noise = noise
        self.condition_on_labeled = condition_on_labeled

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X) if self.condition_on_labeled else None

    def _process(self, X, features):
        """The Gaussian process, as arguments."""
        rng = self._rng(X, "gamma")
        return {
            "kernel": similarity_kernel(
                self.similarity, features, gamma=self.gamma, rng=rng
            ),
            "noise": self.noise,
            "centers": getattr(self, "labeled_features_", None),
        }

    def _score(self, X):
        features = self._map(X)
        return residual_variances(features, **self._process(X, features))

    def _select(self, X, n_queries, given):
        features = self._map(X)
        return pivoted_cholesky(
            features,
            n_queries,
            **self._process(X, features),
            given=given,
            rng=self._rng(X, "ties"),
        )
