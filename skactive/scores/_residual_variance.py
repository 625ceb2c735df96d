"""Predictive variance of a Bayesian linear model on top of features."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skactive.base import Facts, Score
from skactive.features import FeatureMap, ModelKernel
from skactive.geometry import residual_variances, squared_norms
from skactive.utils._sklearn import HasMethods, Interval


class ResidualVariance(FeatureMap, Score):
    """Variance that the labeled samples leave to a linear model on the features.

    The linear model has a standard normal prior over its weights and has seen the
    labeled samples; labels play no part. Features of a model's gradients make it the
    Gaussian process whose kernel is the neural tangent kernel of the trained net.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means ``ModelKernel()``.
    noise : float, default=1e-6
        Variance of the noise, as a share of the mean squared length of the labeled
        samples' features.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression", sections 3.2 and 4.2.

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.scores import ResidualVariance
    >>> score = ResidualVariance(Inputs(), noise=0.25).fit([[2.0, 0.0]])
    >>> score.score_samples([[2.0, 0.0], [0.0, 3.0]])
    array([0.8, 9. ])
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "noise": [Interval(Real, 0, None, closed="left")],
    }
    _default_features = ModelKernel

    def __init__(self, features=None, noise=1e-6):
        self.features = features
        self.noise = noise

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _process(self, features):
        """The Gaussian process, as arguments."""
        labeled = getattr(self, "labeled_features_", None)
        seen = features if labeled is None or not labeled.shape[0] else labeled
        scale = float(np.mean(squared_norms(seen)))
        own = getattr(features, "noise", 0.0)
        return {"noise": own + self.noise * scale, "centers": labeled}

    def _score(self, X):
        features = self._map(X)
        return residual_variances(features, **self._process(features))
