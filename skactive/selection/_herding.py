"""MaxHerding: batches that stand for the pool, in soft balls; with weights of doubt."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real

from skactive.base import Facts, Score
from skactive.features import MetricFeatureMap
from skactive.geometry import (
    FacilityGains,
    gaussian_kernel,
    smallest_distance,
)
from skactive.selection._submodular import MonotoneSubmodular
from skactive.utils._sklearn import HasMethods, Interval, StrOptions


class MaxHerding(MetricFeatureMap, MonotoneSubmodular):
    """Give each sample of the pool a labeled one that is similar.

    A batch is worth the sum, over the pool, of the similarity to the most similar
    sample that is labeled or picked, weighted: facility location with the similarity
    ``exp(-squared distance / sigma**2)``, which has no 1/2, as in the authors' code.

    Time grows with the square of the pool; put `skactive.compose.Subsample` around it
    where there are more than some ten thousand samples. Similarities are computed again
    when they are needed and never stored. Once all of the pool is covered, the rest of
    the batch is random.

    Parameters
    ----------
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    weight : Score, default=None
        Weight of each sample of the pool; None weighs all alike. Scores that go below
        zero are shifted to begin at zero. Where all are zero, all weigh alike.
    sigma : float or 'labeled', default=1.0
        Reach of a sample. 'labeled' takes the smallest distance between two different
        labeled samples, or 1 as long as there are none: it shrinks as labels come in,
        and the batch turns from coverage to the heaviest samples.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one, as the paper does.
    optimizer : {'lazy', 'stochastic'}, default='lazy'
        The greedy algorithm, or the one that looks at a random part of the pool for
        each pick.
    epsilon : float, default=0.01
        What the stochastic optimizer may lose, as a share of the best worth.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    See Also
    --------
    ProbCover : The same with balls that have an edge.
    FacilityLocation : The same with other similarities.

    References
    ----------
    Bae, Noh and Sutherland (2024), "Generalized Coverage for More Robust Low-Budget
    Active Learning"; with weights: Bae, Oliveira and Sutherland (2025), "Uncertainty
    Herding: One Active Learning Method for All Label Budgets".

    Examples
    --------
    >>> from skactive.selection import MaxHerding
    >>> line = [[0.0], [1.0], [2.0], [7.0], [8.0], [7.9]]
    >>> MaxHerding(metric="euclidean").select(line, 2)
    array([5, 1])
    """

    facts = Facts(diverse=True, cold_start=True, quadratic=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "weight": [None, Score],
        "sigma": [Interval(Real, 0, None, closed="neither"), StrOptions({"labeled"})],
        "metric": [StrOptions({"euclidean", "cosine"})],
        "optimizer": MonotoneSubmodular._parameter_constraints["optimizer"],
        "epsilon": MonotoneSubmodular._parameter_constraints["epsilon"],
    }
    condition_on_labeled = True

    def __init__(
        self,
        features=None,
        weight=None,
        sigma=1.0,
        metric="cosine",
        optimizer="lazy",
        epsilon=0.01,
    ):
        self.features = features
        self.weight = weight
        self.sigma = sigma
        self.metric = metric
        self.optimizer = optimizer
        self.epsilon = epsilon

    def _facts(self):
        facts = super()._facts()
        if self.weight is None:
            return facts
        # Only copies may be left of what has a weight.
        return replace(facts, diverse=False).including(self.weight._facts())

    def _fit(self, X, y):
        super()._fit(X, y)
        self.sigma_ = self.sigma
        if self.sigma == "labeled":
            self.sigma_ = smallest_distance(self.labeled_features_) or 1.0

    def _function(self, X):
        sigma = getattr(self, "sigma_", self.sigma)
        sigma = 1.0 if sigma == "labeled" else sigma  # there are no labels yet
        features = self._map(X)
        kernel = gaussian_kernel(features, sigma)
        return FacilityGains(features, kernel, self._labeled, self._weights(X))

    def _weights(self, X):
        """Weights of all rows, the largest 1; None where all weigh alike."""
        if self.weight is None:
            return None
        weights = self._part("weight").score_samples(X)
        weights = weights - min(weights.min(), 0)
        return weights / weights.max() if weights.any() else None
