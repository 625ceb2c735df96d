"""Ranked batches: doubt and distance, mixed by how much is labeled."""

from __future__ import annotations

import numpy as np

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import min_squared_distances, ranked_batch, ranked_worth
from skactive.utils._sklearn import HasMethods


class RankedBatch(FeatureMap, Score):
    """Pick by a mean of the score and the distance to all that is labeled or picked.

    Each pick has the largest ``alpha * (1 - 1 / (1 + d)) + (1 - alpha) * score``, where
    d is the distance to the nearest labeled or picked sample and alpha the share of
    samples that are neither. While little is labeled it explores, later on it trusts
    the score. With nothing labeled the first pick is that of the score.

    Parameters
    ----------
    score : Score
        What a sample is worth by itself, on a scale of 0 to 1 as that of
        ``LeastConfidence()``; others are brought there by
        ``WeightedSum([("part", score)])``.
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.

    Attributes
    ----------
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    After Cardoso et al. (2017), "Ranked Batch-Mode Active Learning", with the Euclidean
    distance.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import LeastConfidence
    >>> from skactive.selection import RankedBatch
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.6, 0.4], [0.9, 0.1]],
    ...     embedding=[[0.0], [0.1], [9.0]],
    ... )
    >>> RankedBatch(LeastConfidence()).select(view, 2)
    array([0, 2])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "features": [None, HasMethods(["fit", "transform"])],
    }

    def __init__(self, score, features=None):
        self.score = score
        self.features = features

    def _facts(self):
        return super()._facts().including(self.score._facts())

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _score(self, X):
        scores = self._part("score").score_samples(X)
        if not hasattr(self, "labeled_features_"):
            return scores
        distances = np.sqrt(min_squared_distances(self._map(X), self.labeled_features_))
        n_labeled = self.labeled_features_.shape[0]
        return ranked_worth(distances, scores, len(X), n_labeled)

    def _select(self, X, n_queries, given):
        return ranked_batch(
            self._map(X),
            self._part("score").score_samples(X),
            n_queries,
            centers=getattr(self, "labeled_features_", None),
            given=given,
            rng=self._rng(X, "ties"),
        )
