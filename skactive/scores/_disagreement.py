"""Scores of disagreement: from draws of the posterior or a committee's members."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skactive.base import Facts, Score
from skactive.geometry import mutual_information, row_entropy
from skactive.scores._regression import mean_variance, target_scale
from skactive.utils._sklearn import Interval


class BALD(Score):
    """Mutual information between the label and the model, in nats.

    The entropy of the mean prediction minus the mean entropy of the draws: high where
    the draws are sure and disagree, zero where they all doubt alike.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    References
    ----------
    Gal, Islam and Ghahramani (2017), "Deep Bayesian Active Learning with Image Data",
    section 3; Houlsby et al. (2011), "Bayesian Active Learning for Classification and
    Preference Learning".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import BALD
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> view = ModelView.from_outputs(draws=[sure, torn])
    >>> BALD().score_samples(view).round(4).tolist()
    [0.6931, 0.0]
    """

    facts = Facts(task="classification", needs=("draws",))
    _parameter_constraints = {"n_draws": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, n_draws=20):
        self.n_draws = n_draws

    def _score(self, X):
        return mutual_information(X.predict_draws(self.n_draws))


class Disagreement(Score):
    """Query by committee: how much the members disagree.

    For classifiers the entropy of the members' votes, in nats; for regressors the
    variance of their predictions, averaged over the targets in units of the spread of
    the labels.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    References
    ----------
    Seung, Opper and Sompolinsky (1992), "Query by Committee"; Dagan and Engelson
    (1995), vote entropy; Krogh and Vedelsby (1994), regression.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Disagreement
    >>> split, agreed = [[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]
    >>> view = ModelView.from_outputs(draws=[split, agreed])
    >>> Disagreement().score_samples(view).round(4).tolist()
    [0.6931, 0.0]
    """

    facts = Facts(needs=("draws",))
    _parameter_constraints = {"n_draws": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, n_draws=20):
        self.n_draws = n_draws

    def _fit(self, X, y):
        self.scale_ = None if X.task == "classification" else target_scale(y)

    def _score(self, X):
        draws = X.predict_draws(self.n_draws)
        if X.task == "regression" or draws.shape[2] == 1:
            return mean_variance(
                draws.var(axis=1, dtype=np.float64), getattr(self, "scale_", None)
            )
        return vote_entropy(draws)


def vote_counts(draws):
    """How many draws vote for each class, (n, n_classes)."""
    n, _, width = draws.shape
    votes = draws.argmax(axis=2) + width * np.arange(n)[:, None]
    return np.bincount(votes.ravel(), minlength=n * width).reshape(n, width)


def vote_entropy(draws):
    """Entropy of the shares of the votes, row by row."""
    # Sorted, equal splits of the votes tie exactly, whatever classes they are for.
    return row_entropy(np.sort(vote_counts(draws), axis=1) / draws.shape[1])
