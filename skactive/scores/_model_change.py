"""Expected model change of regressors."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import squared_norms
from skactive.scores._regression import target_scale
from skactive.utils._sklearn import HasMethods, Interval


class ExpectedModelChange(FeatureMap, Score):
    """How far the label of a sample is expected to move the model's weights.

    A step of gradient descent on the squared error of a linear last layer is as long as
    the error times the embedding with a one for the bias. The labels that the draws
    predict stand for the unknown one: the score is the mean over draws of
    ``|f(x) - f_t(x)|``, times the length of that vector. Several targets are averaged
    in units of the spread of their labels.

    The batch is the top of the list, so copies come together.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.
    features : transformer, default=None
        The input of the linear layer, without the one; None means ``Embedding()``.

    References
    ----------
    Cai, Zhang and Zhou (2013), "Maximizing Expected Model Change for Active Learning in
    Regression".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import ExpectedModelChange
    >>> view = ModelView.from_outputs(
    ...     prediction=[1.0, 1.0, 1.0],
    ...     draws=[[0.0, 2.0], [0.0, 2.0], [1.0, 1.0]],
    ...     embedding=[[0.0, 0.0], [2.0, 2.0], [9.0, 9.0]],
    ... )
    >>> ExpectedModelChange().score_samples(view)
    array([1., 3., 0.])
    """

    facts = Facts(task="regression", needs=("draws", "prediction"))
    _parameter_constraints = {
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "features": [None, HasMethods(["fit", "transform"])],
    }

    def __init__(self, n_draws=20, features=None):
        self.n_draws = n_draws
        self.features = features

    def _fit(self, X, y):
        super()._fit(X, y)
        self.scale_ = target_scale(y)

    def _score(self, X):
        draws = X.predict_draws(self.n_draws)
        prediction = np.asarray(X.predict(), dtype=np.float64).reshape(len(X), -1)
        errors = np.zeros(prediction.shape)
        for t in range(draws.shape[1]):  # no second array of the size of the draws
            errors += np.abs(draws[:, t] - prediction)
        errors /= draws.shape[1]
        scale = getattr(self, "scale_", None)
        errors = (errors if scale is None else errors / scale).mean(axis=1)
        return errors * np.sqrt(squared_norms(self._map(X)) + 1)
