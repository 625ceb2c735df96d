"""Scores of regressors."""

from __future__ import annotations

import numpy as np

from skactive.base import Facts, Score


class Variance(Score):
    """Predictive variance, averaged over targets in units of the labels' spread.

    From ``predict(return_std=True)``, the members of an ensemble or dropout, whatever
    the model has. The batch is the top of the list, so neighbours come together: a
    diverse strategy makes better batches.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Variance
    >>> Variance().select(ModelView.from_outputs(std=[0.1, 0.7, 0.3]), 2).tolist()
    [1, 2]
    """

    facts = Facts(task="regression", needs=("std",))

    def _fit(self, X, y):
        self.scale_ = target_scale(y)

    def _score(self, X):
        return mean_variance(
            np.square(X.predict_std(), dtype=np.float64), getattr(self, "scale_", None)
        )


def target_scale(y):
    """Standard deviation of each target; 1 where a target is constant or y is None."""
    if y is None:
        return None
    spread = np.std(np.asarray(y, dtype=np.float64), axis=0)
    return np.where(spread > 0, spread, 1.0)


def mean_variance(variance, scale):
    """Mean over targets of variances, each in units of its target's scale squared."""
    if variance.ndim == 1:
        return variance
    return (variance if scale is None else variance / scale**2).mean(axis=1)
