"""Strategies that ask what a model has learned about itself."""

from __future__ import annotations

from skactive.scores import PredictedLoss
from skactive.strategies._registry import recipe


@recipe
def learning_loss():
    """Largest loss, as predicted by a net that learns its own losses.

    Returns
    -------
    strategy : PredictedLoss

    References
    ----------
    Yoo and Kweon (2019), "Learning Loss for Active Learning".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> view = ModelView.from_outputs(predicted_loss=[-0.4, 2.1, 0.3])
    >>> strategies.learning_loss().select(view)
    array([1])
    """
    return PredictedLoss()
