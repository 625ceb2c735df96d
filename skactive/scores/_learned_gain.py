"""Learning active learning: a regressor predicts what each label is worth."""

from __future__ import annotations

import os
import warnings
from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.geometry._blocks import row_bytes, row_chunks
from skactive.scores._lal_training import (
    describe,
    describe_numbers,
    gain_regressor,
    oob_r2,
)
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

    Labels that are numbers have a forest of regression trees, and a regressor that has
    learned on made-up functions by which share the squared error falls. It is told the
    same of sample and forest, in units of the standard deviation of the labels. Without
    a model or a view that says what the labels are, integers are classes.

    Where the labels are all equal, nothing is learned and the choice is random. A batch
    is the best samples one by one; copies fill it.

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
    forest_ : RandomForestClassifier, RandomForestRegressor or None
        The forest on the labels; None if all labels are equal.
    class_shares_ : ndarray of shape (n_classes,)
        Share of each class in the labels; only of classes.

    References
    ----------
    Konyushkova, Sznitman and Fua (2017), "Learning Active Learning from Data",
    LAL-independent. For numbers, this library's own.

    Examples
    --------
    >>> from skactive.scores import LearnedGain
    >>> X = [[0.0, 0.0], [0.1, 0.3], [1.0, 1.0], [0.9, 0.8]]
    >>> score = LearnedGain(n_tasks=2, random_state=0).fit(X, [0, 0, 1, 1])
    >>> score.score_samples([[0.0, 0.1], [0.5, 0.5]]).shape
    (2,)
    """

    facts = Facts(needs=("inputs",), stochastic=True)
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
        task = X.task
        if task is None:
            is_number = type_of_target(y).startswith("continuous")
            task = "regression" if is_number else "classification"
        self._task = task
        self.forest_ = None
        if task == "regression":
            return self._fit_numbers(X, y)
        _, codes = np.unique(y, return_inverse=True)
        counts = np.bincount(codes)
        self.class_shares_ = counts / len(codes)
        if len(counts) > 1:
            self._grow(RandomForestClassifier, X, codes)
            positive = codes[:, np.newaxis] == np.arange(len(counts))
            out_of_bag = self.forest_.oob_decision_function_
            known = out_of_bag.any(axis=1)
            right = (out_of_bag > 0.5) == positive
            none = np.zeros(len(counts))
            self._oob_scores = right[known].mean(axis=0) if known.any() else none

    def _fit_numbers(self, X, y):
        columns = y.reshape(len(y), -1).astype(np.float64)
        columns = columns[:, np.ptp(columns, axis=0) > 0]
        columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
        # Rounded: cuts that are equally good must not be decided by the units.
        columns = np.round(columns, 9)
        if columns.size:
            flat = columns[:, 0] if columns.shape[1] == 1 else columns
            self._grow(RandomForestRegressor, X, flat, max_features="sqrt")
            predicted = self.forest_.oob_prediction_.reshape(columns.shape)
            pairs = zip(predicted.T, columns.T, strict=True)
            self._oob_scores = [oob_r2(*pair) for pair in pairs]

    def _grow(self, make, X, labels, **params):
        seed = int(self._rng(X).integers(2**31))
        params |= {"oob_score": True, "random_state": seed}
        forest = make(self.n_estimators, **params)
        with warnings.catch_warnings():
            # Few trees leave rows without a vote: those are not counted.
            warnings.filterwarnings(
                "ignore", "Some inputs do not have OOB", UserWarning
            )
            self.forest_ = forest.fit(_float32(X.inputs()), labels)
        depth = np.mean([tree.get_depth() for tree in forest.estimators_])
        self._state = forest.feature_importances_, depth, len(labels)

    def _score(self, X):
        check_is_fitted(self, "forest_")
        inputs = X.inputs()
        if self.forest_ is None:
            return np.zeros(len(X))
        home = None if self.data_home is None else os.fspath(self.data_home)
        regressor = gain_regressor(self.n_tasks, self.n_estimators, home, self._task)
        mean, spread = self._opinions(inputs)
        if self._task == "regression":
            descriptions = [
                describe_numbers(*own, score, *self._state)
                for *own, score in zip(mean.T, spread.T, self._oob_scores, strict=True)
            ]
        else:
            descriptions = [
                describe(1 - proba, own_spread, share, score, *self._state)
                for proba, own_spread, share, score in zip(
                    mean.T, spread.T, self.class_shares_, self._oob_scores, strict=True
                )
            ]
        gains = regressor.predict(np.concatenate(descriptions))
        gains = gains.reshape(len(descriptions), -1)
        # In the order of their sizes: that of the classes must not break ties.
        return np.sort(gains, axis=0).mean(axis=0)

    def _opinions(self, inputs):
        """Mean and standard deviation of what the trees say: probabilities, numbers."""
        shape = inputs.shape[0], len(self._oob_scores)
        mean, spread = np.zeros(shape), np.zeros(shape)
        for rows in row_chunks(inputs.shape[0], row_bytes(inputs)):
            part = _float32(inputs[rows])
            for tree in self.forest_.estimators_:
                if self._task == "regression":
                    opinion = tree.predict(part, check_input=False)
                    opinion = opinion.reshape(len(opinion), -1)
                else:
                    opinion = tree.predict_proba(part, check_input=False)
                mean[rows] += opinion
                spread[rows] += opinion**2
        mean /= len(self.forest_.estimators_)
        spread /= len(self.forest_.estimators_)
        return mean, np.sqrt(np.maximum(spread - mean**2, 0))


def _float32(inputs):
    """What trees work with."""
    if sparse.issparse(inputs):
        return inputs.tocsr().astype(np.float32)
    return np.asarray(inputs, dtype=np.float32)
