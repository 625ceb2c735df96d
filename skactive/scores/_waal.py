"""Doubt, and distance from the labeled samples as a critic sees it."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skactive.base import Facts, Score
from skactive.utils._sklearn import Interval

_LEAST = 1e-8


class CriticAndDoubt(Score):
    """Evenness of the class probabilities, plus the value of the critic.

    The evenness is minus half the length of the vector of their logarithms, minus half
    the sum of its absolute values; classes without any probability are left out.

    Parameters
    ----------
    critic_weight : float, default=10.0
        Weight of the critic.

    References
    ----------
    Shui, Zhou, Gagné and Wang (2020), "Deep Active Learning: Unified and Principled
    Method for Query and Training", section 4.3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import CriticAndDoubt
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.5, 0.5], [0.9, 0.1]], critic=[0.1, 0.3, 0.3]
    ... )
    >>> CriticAndDoubt().select(view, 3)
    array([1, 2, 0])
    """

    facts = Facts(task="classification", needs=("proba", "critic"))
    _parameter_constraints = {"critic_weight": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, critic_weight=10.0):
        self.critic_weight = critic_weight

    def _score(self, X):
        proba = X.predict_proba()
        proba = proba[:, proba.any(axis=0)].astype(np.float64, copy=False)
        logs = np.log(np.maximum(proba, _LEAST))
        lengths = np.sqrt(np.square(logs).sum(axis=1)) + np.abs(logs).sum(axis=1)
        critic = X.output("critic").astype(np.float64, copy=False)
        return self.critic_weight * critic - lengths / 2
