"""An estimator that buys only part of the labels it is given."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.utils import get_tags, indexable
from sklearn.utils.validation import check_is_fitted

from skactive.simulation._candidates import FixedPool
from skactive.simulation._initial import first_rows
from skactive.simulation._loop import label_totals, run_rounds
from skactive.utils import derive_seed, draw_seed, make_rng, seed_nested
from skactive.utils._sklearn import HasMethods, Interval, _fit_context, available_if


def _learner_has(name):
    """Whether the learner, fitted if it is, has the attribute; it raises if not."""

    def check(self):
        getattr(getattr(self, "learner_", self.learner), name)
        return True

    return check


class BudgetedLearner(MetaEstimatorMixin, BaseEstimator):
    """An estimator whose ``fit`` spends only `budget` of the labels in ``y``.

    It runs the loop of :func:`~skactive.simulate` on the data it is fitted with. To
    scikit-learn it is an ordinary estimator, so that strategies and their parameters
    can be searched with :class:`~sklearn.model_selection.GridSearchCV`.

    Parameters
    ----------
    learner : ActiveLearner
        Cloned; asks for the labels.
    budget : int, default=100
        Labels to spend, the seed set included. All, if there are fewer.
    n_queries : int, default=10
        Samples asked per round; the last batch is cut to fit the budget.
    n_initial : int, default=10
        Size of the random seed set, at most the budget. For a classifier, a seed set of
        one class is extended, sample by sample, until it has two or no samples are
        left, even past the budget: `n_asked_` says.
    random_state : int, RandomState, Generator or None, default=None
        Seed of the seed set and of all that is unset in the learner.

    Attributes
    ----------
    learner_ : ActiveLearner
        Fitted on the samples it asked.
    asked_ : ndarray of int64
        Rows of X whose labels were read, in the order of asking.
    n_asked_ : int
        How many they are.
    classes_ : ndarray of shape (n_classes,)
        For classifiers: classes seen in the labels that were read.
    n_features_in_, feature_names_in_
        As the learner's, where it has them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner, BudgetedLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), "margin")
    >>> model = BudgetedLearner(learner, budget=25, random_state=0).fit(X, y)
    >>> model.n_asked_, model.predict(X).shape
    (25, (150,))
    """

    _parameter_constraints = {
        "learner": [HasMethods(["fit", "query", "teach"])],
        "budget": [Interval(Integral, 1, None, closed="left")],
        "n_queries": [Interval(Integral, 1, None, closed="left")],
        "n_initial": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self, learner, *, budget=100, n_queries=10, n_initial=10, random_state=None
    ):
        self.learner = learner
        self.budget = budget
        self.n_queries = n_queries
        self.n_initial = n_initial
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Spend the budget.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
            The samples.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Read only where the learner asks.

        Returns
        -------
        self : BudgetedLearner
            Fitted on the samples it asked.
        """
        if y is None:
            raise ValueError(
                "BudgetedLearner requires y to be passed, but the target y is None."
            )
        X, y = indexable(X, y)
        y = np.asarray(y)
        budget = min(self.budget, len(y))
        seed = draw_seed(self.random_state)
        seed_rows = first_rows(
            make_rng(seed, "seed set").permutation(len(y)),
            y,
            min(self.n_initial, budget),
            two_classes=is_classifier(self),
        )
        learner = seed_nested(clone(self.learner), derive_seed(seed, "learner"))
        totals = label_totals(min(self.n_initial, budget), self.n_queries, budget)
        pool = FixedPool(X, y.__getitem__, np.arange(len(y)))
        rounds = run_rounds(learner, pool.answer(seed_rows), pool, totals)
        self.asked_ = np.concatenate([done.places for done in rounds])
        self.n_asked_ = len(self.asked_)
        self.learner_ = learner
        return self

    @property
    def n_features_in_(self):
        """Number of features the learner saw."""
        return self._fitted_learner().n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features the learner saw."""
        return self._fitted_learner().feature_names_in_

    @property
    def classes_(self):
        """Classes the learner knows."""
        return self._fitted_learner().classes_

    @available_if(_learner_has("predict"))
    def predict(self, X):
        """Predict as the learner does.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
            The samples.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The prediction.
        """
        return self._fitted_learner().predict(X)

    @available_if(_learner_has("predict_proba"))
    def predict_proba(self, X):
        """Predict probabilities as the learner does.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
            The samples.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns follow ``classes_``.
        """
        return self._fitted_learner().predict_proba(X)

    @available_if(_learner_has("decision_function"))
    def decision_function(self, X):
        """Compute decision values as the learner does.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
            The samples.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Columns follow ``classes_``.
        """
        return self._fitted_learner().decision_function(X)

    @available_if(_learner_has("score"))
    def score(self, X, y):
        """Compute the score of the learner.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
            The samples.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their labels.

        Returns
        -------
        score : float
            By the estimator's own ``score``.
        """
        return self._fitted_learner().score(X, y)

    def __sklearn_tags__(self):
        return get_tags(self.learner)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "learner_")

    def _fitted_learner(self):
        check_is_fitted(self)
        return self.learner_
