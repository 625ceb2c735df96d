"""Batches whose samples are far from one another."""

from __future__ import annotations

from skactive.base import Facts
from skactive.geometry import DisparityGains, unit_rows
from skactive.selection._k_center import KCenterGreedy
from skactive.selection._submodular import SIMILARITY_CONSTRAINTS, SetFunction


class DisparitySum(SetFunction):
    """Pick what is least similar, on the whole, to all that is labeled or picked.

    A batch is worth the sum, over its pairs, of one minus the similarity. It likes the
    rim of the pool, and may take copies there. With nothing labeled the first pick is
    random.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    similarity : {'cosine', 'clipped_cosine', 'rbf'}, default='cosine'
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    gamma : float, default=None
        For ``'rbf'``; None means one over the median squared distance in the pool.
    condition_on_labeled : bool, default=True
        Whether pairs with labeled samples count.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures} or None
        Features of the labeled samples, if they count.

    References
    ----------
    Dasgupta, Kumar and Ravi (2013), "Summarization Through Submodularity and
    Dispersion".

    Examples
    --------
    >>> from skactive.selection import DisparitySum
    >>> DisparitySum().fit([[1.0, 0.0]]).select([[2.0, 1.0], [0.0, 1.0], [-1.0, 1.0]])
    array([2])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        **SetFunction._parameter_constraints,
        **SIMILARITY_CONSTRAINTS,
    }

    def __init__(
        self, features=None, similarity="cosine", gamma=None, condition_on_labeled=True
    ):
        self.features = features
        self.similarity = similarity
        self.gamma = gamma
        self.condition_on_labeled = condition_on_labeled

    def _function(self, X):
        features = self._map(X)
        return DisparityGains(features, self._kernel(X, features), self._labeled)


class DisparityMin(KCenterGreedy):
    """Pick what is at the largest angle from all that is labeled or picked.

    The greedy algorithm for the largest minimal ``1 - cos`` between samples. It is
    `KCenterGreedy` on rows of length one, which with distances in place of angles is
    the method itself. With nothing labeled the first pick is the most central sample.

    Parameters
    ----------
    features : transformer, default=None
        The space of the angles; None means ``Embedding()``.
    condition_on_labeled : bool, default=True
        Whether labeled samples count.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples, of length one; only if they count.

    References
    ----------
    Dasgupta, Kumar and Ravi (2013), "Summarization Through Submodularity and
    Dispersion".

    Examples
    --------
    >>> from skactive.selection import DisparityMin
    >>> DisparityMin().fit([[1.0, 0.0]]).select([[9.0, 0.1], [0.1, 0.1], [0.2, 0.1]])
    array([1])
    """

    _parameter_constraints = {
        **KCenterGreedy._parameter_constraints,
        "condition_on_labeled": ["boolean"],
    }

    def __init__(self, features=None, condition_on_labeled=True):
        super().__init__(features)
        self.condition_on_labeled = condition_on_labeled

    def _fit(self, X, y):
        super()._fit(X, y)
        if not self.condition_on_labeled:
            del self.labeled_features_

    def _map(self, X):
        return unit_rows(super()._map(X))
