"""A score weighted by how typical a sample is of the pool."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import mean_cosines
from skactive.utils._sklearn import HasMethods, Interval


class Density(FeatureMap, Score):
    """Information density: a score times the mean similarity to the pool.

    ``score * similarity**beta``, where the similarity of a sample is the mean cosine
    with all samples of the pool, itself included. It keeps away from outliers that no
    other sample resembles. A negative mean counts as zero: such a sample points away
    from the pool and comes last. With features centered at the origin half of a pool
    does, so let them be non-negative or shift them.

    Parameters
    ----------
    score : Score
        What a sample is worth by itself; not negative.
    features : transformer, default=None
        The space of the similarities; None means ``Embedding()``.
    beta : float, default=1.0
        Power of the similarity; 0 leaves the score alone.

    References
    ----------
    After Settles and Craven (2008), "An Analysis of Active Learning Strategies for
    Sequence Labeling Tasks", section 3.4.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Density, Entropy
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5]] * 3, embedding=[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    ... )
    >>> Density(Entropy()).score_samples(view).round(4).tolist()
    [0.4621, 0.4621, 0.231]
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "features": [None, HasMethods(["fit", "transform"])],
        "beta": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, score, features=None, beta=1.0):
        self.score = score
        self.features = features
        self.beta = beta

    def _facts(self):
        return super()._facts().including(self.score._facts())

    def _score(self, X):
        scores = self._part("score").score_samples(X)
        if scores.min() < 0:
            raise ValueError(
                f"Density needs scores that are not negative, and "
                f"{type(self.score).__name__} gave {scores.min():.3g}; use Entropy() "
                "or LeastConfidence()."
            )
        # Rounded, so that copies of a sample have equal densities.
        similarity = np.round(mean_cosines(self._map(X)), 12)
        return scores * np.maximum(similarity, 0) ** self.beta
