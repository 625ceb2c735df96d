"""Scores of the course of training: what a net has said of a sample in its epochs."""

from __future__ import annotations

import numpy as np

from skactive.base import Facts, Score
from skactive.geometry import top_k


class PredictionSwitches(Score):
    """Number of epochs at which the predicted class changes.

    What a net learns late, or learns and forgets, it changes its mind about; on labeled
    samples such changes are known as forgetting events. Epochs are those that the
    `~skactive.nets.Snapshots` of the net have kept, and its present state: with fewer
    snapshots, fewer changes show.

    It has few values, so many samples tie: among equals `EpochVariability` decides
    which are asked.

    See Also
    --------
    EpochVariability : A score without ties, from the same passes.

    References
    ----------
    Toneva et al. (2019), "An Empirical Study of Example Forgetting during Deep Neural
    Network Learning"; Benkert, Prabhushankar and AlRegib (2022), "Forgetful Active
    Learning with Switch Events".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import PredictionSwitches
    >>> settled = [[0.6, 0.4], [0.7, 0.3], [0.9, 0.1]]
    >>> torn = [[0.6, 0.4], [0.4, 0.6], [0.9, 0.1]]
    >>> view = ModelView.from_outputs(epochs=[settled, torn])
    >>> PredictionSwitches().score_samples(view).tolist()
    [0.0, 2.0]
    """

    facts = Facts(task="classification", needs=("epochs",))

    def _score(self, X):
        return X.predict_epochs(reduce=switches_and_spread)[:, 0]

    def _select(self, X, n_queries, given):
        scores = self._checked_scores(X)
        # The spread is at most a half: it never makes up for one switch.
        keys = scores + X.predict_epochs(reduce=switches_and_spread)[:, 1]
        rows = top_k(keys, n_queries, rng=self._rng(X, "ties"), exclude=given)
        self.selected_scores_ = scores[rows]
        return rows


class EpochVariability(Score):
    """Spread of the predicted class's probability over the epochs of training.

    The standard deviation over the epochs that the `~skactive.nets.Snapshots` of the
    net have kept, and its present state, whose class it is.

    See Also
    --------
    PredictionSwitches : How often the class itself changed.

    References
    ----------
    Swayamdipta et al. (2020), "Dataset Cartography: Mapping and Diagnosing Datasets
    with Training Dynamics", for the spread, there of the labeled class.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import EpochVariability
    >>> settled, torn = [[0.9, 0.1], [0.9, 0.1]], [[0.5, 0.5], [0.9, 0.1]]
    >>> view = ModelView.from_outputs(epochs=[settled, torn])
    >>> EpochVariability().score_samples(view).round(3).tolist()
    [0.0, 0.2]
    """

    facts = Facts(task="classification", needs=("epochs",))

    def _score(self, X):
        return X.predict_epochs(reduce=switches_and_spread)[:, 1]


def switches_and_spread(answers):
    """Columns (n, 2) of both scores, from probabilities (n, n_epochs, n_classes)."""
    guesses = answers.argmax(axis=2)
    switches = np.count_nonzero(guesses[:, 1:] != guesses[:, :-1], axis=1)
    present = guesses[:, -1, np.newaxis, np.newaxis]
    of_present = np.take_along_axis(answers, present, axis=2)[..., 0]
    return np.column_stack([switches, of_present.std(axis=1, dtype=np.float64)])
