"""Batches by a weighted sum: a score, the distance to what is chosen, the density."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real

import numpy as np

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import (
    check_finite,
    mean_nearest_cosines,
    min_squared_distances,
)
from skactive.utils._sklearn import HasMethods, Interval

# Sums of three terms between 0 and 1 that are this close are equal, but for rounding.
_TIE = 1e-9

# So are distances whose range is this share of them.
_FLAT = 1e-12

# Cosines are rounded, so that equal neighborhoods are equally dense.
_DECIMALS = 10


class DiverseBatch(FeatureMap, Score):
    """Pick by a weighted sum of the score, the distance and the density.

    Each pick has the largest ``(1 - v - w) * s + v * d + w * c`` with v = `diversity`
    and w = `density`, where s is the score, d the Euclidean distance to the nearest
    labeled or picked sample, and c the mean cosine similarity with the nearest other
    samples of the pool. Each is brought to 0 to 1: the scores once, over the pool, and
    the others before each pick, over the candidates that are left. What is equal for
    all counts as 0; with nothing labeled or picked so is the distance.

    A high score outweighs a small distance, so copies of a picked sample are put back,
    not kept out.

    Parameters
    ----------
    score : Score
        What a sample is worth by itself.
    features : transformer, default=None
        The space of distances and similarities; None means ``Embedding()``.
    diversity : float, default=0.5
        Weight of the distance.
    density : float, default=0.0
        Weight of the similarity. Finding it takes time that grows with the square of
        the pool: put :class:`~skactive.compose.Subsample` around the strategy. The two
        weights are at most 1 together.
    n_neighbors : int, default=10
        Nearest samples that the density looks at.

    Attributes
    ----------
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    Kee, del Castillo and Runger (2018), "Query-by-Committee Improvement with Diversity
    and Density in Batch Active Learning"; Ren et al. (2023), "Does Deep Active Learning
    Work in the Wild?".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Disagreement
    >>> from skactive.selection import DiverseBatch
    >>> view = ModelView.from_outputs(
    ...     draws=[[[0.0], [9.0]], [[0.0], [8.0]], [[0.0], [6.0]]],
    ...     embedding=[[0.0], [0.1], [9.0]],
    ... )
    >>> DiverseBatch(Disagreement()).select(view, 2)
    array([0, 2])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "features": [None, HasMethods(["fit", "transform"])],
        "diversity": [Interval(Real, 0, 1, closed="both")],
        "density": [Interval(Real, 0, 1, closed="both")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self, score, features=None, diversity=0.5, density=0.0, n_neighbors=10
    ):
        self.score = score
        self.features = features
        self.diversity = diversity
        self.density = density
        self.n_neighbors = n_neighbors

    def _facts(self):
        facts = super()._facts().including(self.score._facts())
        return replace(facts, quadratic=facts.quadratic or self.density != 0)

    def _validate_params(self):
        super()._validate_params()
        if self.diversity + self.density > 1:
            raise ValueError(
                f"diversity={self.diversity} and density={self.density} must add up to "
                "1 at most; the rest is the weight of the score."
            )

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _score(self, X):
        return self._worth(*self._terms(X, self._map(X)))

    def _select(self, X, n_queries, given):
        features = self._map(X)
        scores, squares, cosines = self._terms(X, features)
        rank = self._rng(X, "ties").permutation(len(X))  # the first of equals is taken
        left = np.ones(len(X), dtype=bool)
        new, rows = given, []
        while True:
            if len(new):
                nearest = _nearest_squares(features, features[new])
                np.minimum(squares, nearest, out=squares)
                left[new] = False
            if len(rows) == n_queries:
                return np.array(rows)
            candidates = np.flatnonzero(left)
            worth = self._worth(
                scores[candidates], squares[candidates], cosines[candidates]
            )
            tied = candidates[worth >= worth.max() - _TIE]
            new = tied[[rank[tied].argmin()]]
            rows.append(new[0])

    def _terms(self, X, features):
        """Scaled scores, squared distances to labeled samples, mean cosines."""
        scores = _scaled(self._part("score").score_samples(X))
        if hasattr(self, "labeled_features_"):
            squares = _nearest_squares(features, self.labeled_features_)
        else:
            squares = np.full(len(X), np.inf)
        cosines = np.zeros(len(X))
        if self.density > 0:
            cosines = mean_nearest_cosines(features, self.n_neighbors)
        return scores, squares, np.round(cosines, _DECIMALS)

    def _worth(self, scores, squares, cosines):
        distances = np.zeros(len(squares))
        if not np.isinf(squares).all():  # else there is nothing to be far from
            distances = _scaled(np.sqrt(squares))
        return (
            (1 - self.diversity - self.density) * scores
            + self.diversity * distances
            + self.density * _scaled(cosines)
        )


@np.errstate(over="ignore", invalid="ignore")  # the result is checked
def _nearest_squares(features, centers):
    squares = min_squared_distances(features, centers)
    check_finite(squares)
    return squares


def _scaled(values):
    """Bring values to 0 to 1; zeros where they are all equal."""
    least, largest = values.min(), values.max()
    if largest - least <= _FLAT * max(abs(least), abs(largest)):
        return np.zeros(len(values))
    return (values - least) / (largest - least)
