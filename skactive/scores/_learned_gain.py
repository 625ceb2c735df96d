"""Learning active learning: a regressor predicts what each label is worth."""

from __future__ import annotations

import os
from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.geometry._blocks import row_bytes, row_chunks
from skactive.scores._lal_training import describe, gain_regressor
from skactive.utils._sklearn import Interval


class LearnedGain(Score):
    """By how much the error will fall, as learned from made-up tasks.

    A random forest of its own is trained on the inputs and labels, whatever the model
    is. A regressor looks at what the forest says of a sample (the mean and the spread
    of the probability over the trees) and at the state of the forest (balance of the
    labels, out-of-bag accuracy, importances, depth, mean spread, number of labels), and
    predicts by how much the squared error of the probabilities falls if this sample is
    labeled.

    The regressor has learned that from labels added at random to forests on made-up
    tasks with two classes. It is trained when it is first needed, which takes some
    seconds, and kept for the process, or in a folder for later ones. For several
    classes, each is set against the rest in the same forest, and the score is the mean.

    Where the labels are all of one class, nothing is learned and the choice is random.
    A batch is the best samples one by one; copies fill it.

    Parameters
    ----------
    n_tasks : int, default=32
        Number of made-up tasks.
    n_estimators : int, default=50
        Number of trees of each forest.
    data_home : path-like, default=None
        Folder to keep what the regressor is trained on; None keeps it in memory alone.
    random_state : int, RandomState instance or None, default=None
        Seed of the forest; a learner fills it.

    Attributes
    ----------
    forest_ : RandomForestClassifier or None
        The forest on the labels; None if there is but one class.
    class_shares_ : ndarray of shape (n_classes,)
        Share of each class in the labels.

    References
    ----------
    Konyushkova, Sznitman and Fua (2017), "Learning Active Learning from Data",
    LAL-independent.

    Examples
    --------
    >>> from skactive.scores import LearnedGain
    >>> X = [[0.0, 0.0], [0.1, 0.3], [1.0, 1.0], [0.9, 0.8]]
    >>> score = LearnedGain(n_tasks=2, random_state=0).fit(X, [0, 0, 1, 1])
    >>> score.score_samples([[0.0, 0.1], [0.5, 0.5]]).shape
    (2,)
    """

    facts = Facts(task="classification", needs=("inputs",), stochastic=True)
    _parameter_constraints = {
        "n_tasks": [Interval(Integral, 1, None, closed="left")],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "data_home": [str, os.PathLike, None],
        "random_state": ["random_state"],
    }

    def __init__(self, n_tasks=32, n_estimators=50, data_home=None, random_state=None):
        self.n_tasks = n_tasks
        self.n_estimators = n_estimators
        self.data_home = data_home
        self.random_state = random_state

    def _fit(self, X, y):
        if y is None:
            raise ValueError("LearnedGain needs the labels: fit(X, y).")
        _, codes = np.unique(y, return_inverse=True)
        counts = np.bincount(codes)
        self.class_shares_ = counts / len(codes)
        self.forest_ = None
        if len(counts) > 1:
            seed = int(self._rng(X).integers(2**31))
            self.forest_ = RandomForestClassifier(
                self.n_estimators, oob_score=True, random_state=seed
            ).fit(_float32(X.inputs()), codes)
            self._describe_forest(codes)

    def _describe_forest(self, codes):
        own = np.arange(len(self.class_shares_))
        positive = codes[:, np.newaxis] == own
        out_of_bag = self.forest_.oob_decision_function_
        known = out_of_bag.any(axis=1)  # few trees leave some samples without a vote
        right = (out_of_bag > 0.5) == positive
        self._oob_scores = right[known].mean(axis=0) if known.any() else 0 * own
        self._importances = self.forest_.feature_importances_
        self._depth = np.mean([t.get_depth() for t in self.forest_.estimators_])
        self._n_labeled = len(codes)

    def _score(self, X):
        check_is_fitted(self, "forest_")
        inputs = X.inputs()
        if self.forest_ is None:
            return np.zeros(len(X))
        home = None if self.data_home is None else os.fspath(self.data_home)
        regressor = gain_regressor(self.n_tasks, self.n_estimators, home)
        proba, spread = self._opinions(inputs)
        descriptions = [
            describe(
                1 - proba[:, own],
                spread[:, own],
                share,
                self._oob_scores[own],
                self._importances,
                self._depth,
                self._n_labeled,
            )
            for own, share in enumerate(self.class_shares_)
        ]
        gains = regressor.predict(np.concatenate(descriptions))
        gains = gains.reshape(len(descriptions), -1)
        # In the order of their sizes: that of the classes must not break ties.
        return np.sort(gains, axis=0).mean(axis=0)

    def _opinions(self, inputs):
        """Mean and standard deviation of the class probabilities over the trees."""
        shape = inputs.shape[0], len(self.class_shares_)
        proba, spread = np.zeros(shape), np.zeros(shape)
        for rows in row_chunks(inputs.shape[0], row_bytes(inputs)):
            part = _float32(inputs[rows])
            for tree in self.forest_.estimators_:
                opinion = tree.predict_proba(part, check_input=False)
                proba[rows] += opinion
                spread[rows] += opinion**2
        proba /= len(self.forest_.estimators_)
        spread /= len(self.forest_.estimators_)
        return proba, np.sqrt(np.maximum(spread - proba**2, 0))


def _float32(inputs):
    """What trees work with."""
    if sparse.issparse(inputs):
        return inputs.tocsr().astype(np.float32)
    return np.asarray(inputs, dtype=np.float32)
