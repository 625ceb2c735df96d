"""Class probabilities made softer or sharper before a score sees them."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from skactive.base import Facts, Score
from skactive.utils._sklearn import Interval, StrOptions

# An adapter's stand-in for the log of zero; see ModelView.logits.
_LOG_ZERO = np.log(np.finfo(np.float32).tiny)

# With fewer labels for each class than this a temperature cannot be told from chance.
_N_PER_CLASS = 5

_RANGE = (0.05, 20)


class Tempered(Score):
    """Let a score see the class probabilities at another temperature.

    ``softmax(logits / temperature)``: above 1 they are less sure, below 1 surer. The
    likeliest class stays, and so does what has probability zero; which of two samples
    is the less sure one may change. Draws are left as they are.

    Parameters
    ----------
    score : Score
        Sees the changed probabilities.
    temperature : float or 'fit', default=1.0
        'fit' takes the temperature from 0.05 to 20 under which the labels are likeliest
        (Guo et al. 2017). These are the labeled samples that the model was trained on,
        which it fits better than new ones: the temperature comes out too low, the more
        so the more the model overfits. With fewer than 5 labels of any class it is 1.

    Attributes
    ----------
    temperature_ : float
        The temperature in use.

    References
    ----------
    Guo et al. (2017), "On Calibration of Modern Neural Networks", section 4.2.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.compose import Tempered
    >>> from skactive.scores import LeastConfidence
    >>> view = ModelView.from_outputs(proba=[[0.9, 0.1]])
    >>> Tempered(LeastConfidence(), temperature=2).score_samples(view).round(4).tolist()
    [0.25]
    """

    facts = Facts(task="classification", needs=("logits|proba",), cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "temperature": [
            Interval(Real, 0, None, closed="neither"),
            StrOptions({"fit"}),
        ],
    }

    def __init__(self, score, temperature=1.0):
        self.score = score
        self.temperature = temperature

    def _facts(self):
        inner = self.score._facts()
        others = tuple(n for n in inner.needs if "proba" not in n.split("|"))
        return self.facts.including(replace(inner, needs=others))

    def _fit(self, X, y):
        self.temperature_ = self.temperature
        if self.temperature == "fit":
            self.temperature_ = _fitted_temperature(X, y)

    def _score(self, X):
        temperature = getattr(self, "temperature_", self.temperature)
        if temperature == "fit":
            temperature = 1.0  # there are no labels yet
        proba = softmax(_log_proba(X) / temperature, axis=1)
        return self._part("score").score_samples(X.replacing(proba=proba))


def _log_proba(X):
    """Log-probabilities up to a constant, minus infinity for zero."""
    if X.provides("logits"):
        logs = np.array(X.logits(), dtype=np.float64)
    else:
        proba = X.predict_proba().astype(np.float64)
        logs = np.log(proba, out=np.full_like(proba, _LOG_ZERO), where=proba > 0)
    logs[np.isclose(logs, _LOG_ZERO, rtol=1e-6)] = -np.inf
    return logs


def _fitted_temperature(X, y):
    """The temperature under which labels are likeliest; 1 where they are too few."""
    if y is None:
        return 1.0
    _, counts = np.unique(y, return_counts=True)
    if counts.min() < _N_PER_CLASS:
        return 1.0
    logs, columns = _log_proba(X), np.searchsorted(X.classes, y)

    def loss(log_temperature):
        tempered = log_softmax(logs / np.exp(log_temperature), axis=1)
        # A label of probability zero is as unlikely at any temperature.
        return -np.maximum(tempered[np.arange(len(y)), columns], _LOG_ZERO).mean()

    return float(np.exp(minimize_scalar(loss, bounds=np.log(_RANGE)).x))
