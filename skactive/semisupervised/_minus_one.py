"""scikit-learn's estimators that take -1 for a missing label."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from skactive.utils import count_rows, draw_seed, seed_nested, stack_rows
from skactive.utils._sklearn import HasMethods, _fit_context, available_if


def has_method(method):
    """Whether the fitted estimator inside, or the one to be fitted, has a method."""

    def check(self):
        getattr(getattr(self, "estimator_", self.estimator), method)
        return True

    return check


class Delegating(MetaEstimatorMixin, BaseEstimator):
    """Predicts with the fitted estimator inside, ``estimator_``."""

    def predict(self, X):
        """Predict with the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        prediction : ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @available_if(has_method("predict_proba"))
    def predict_proba(self, X):
        """Class probabilities of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @available_if(has_method("decision_function"))
    def decision_function(self, X):
        """Decision function of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @property
    def n_features_in_(self):
        """Number of features the estimator has seen."""
        return self._fitted_estimator().n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features the estimator has seen."""
        return self._fitted_estimator().feature_names_in_

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        if tags.classifier_tags is None:
            tags.regressor_tags = inner.regressor_tags
            tags.target_tags = inner.target_tags
        elif inner.classifier_tags is not None:
            tags.classifier_tags.multi_class = inner.classifier_tags.multi_class
            tags.classifier_tags.poor_score = inner.classifier_tags.poor_score
        return tags

    def _fitted_estimator(self):
        if not hasattr(self, "estimator_"):
            raise AttributeError(
                f"This {type(self).__name__} is not fitted yet; call fit first."
            )
        return self.estimator_


def check_class_labels(X, y):
    """One label per sample as an array.

    Raises
    ------
    ValueError
        If y is None, of another length than X, or no class labels.
    """
    if y is None:
        raise ValueError(
            "requires y to be passed, but the target y is None; pass the labels."
        )
    y = column_or_1d(y, warn=True)
    assert_all_finite(y, input_name="y")
    check_classification_targets(y)
    check_consistent_length(X, y)
    return y


class MinusOneClassifier(ClassifierMixin, Delegating):
    """Classifier around one of scikit-learn's that take -1 for a missing label.

    Unlabeled samples come by name. They are put below the labeled ones with a label of
    -1; labels of any type, -1 among them, are numbered for the estimator and given back
    as they were. An `skactive.ActiveLearner` puts such estimators into this class by
    itself.

    Parameters
    ----------
    estimator : estimator
        A `~sklearn.semi_supervised.SelfTrainingClassifier`,
        `~sklearn.semi_supervised.LabelPropagation` or
        `~sklearn.semi_supervised.LabelSpreading`.
    random_state : int, RandomState instance or None, default=None
        Seed of what is random in the estimator and not seeded.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone; its classes are numbers.
    classes_ : ndarray of shape (n_classes,)
        The sorted labels.

    Examples
    --------
    >>> from sklearn.semi_supervised import LabelSpreading
    >>> from skactive.semisupervised import MinusOneClassifier
    >>> clf = MinusOneClassifier(LabelSpreading())
    >>> clf = clf.fit([[0.0], [9.0]], ["low", "high"], X_unlabeled=[[1.0], [8.0]])
    >>> clf.predict([[1.5]]).tolist()
    ['low']
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict"])],
        "random_state": ["random_state"],
    }

    def __init__(self, estimator, *, random_state=None):
        self.estimator = estimator
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, *, X_unlabeled=None):
        """Fit the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            Labeled samples.
        y : array-like of shape (n_samples,)
            Their labels.
        X_unlabeled : like X, of shape (n_unlabeled, ...), default=None
            Unlabeled samples.

        Returns
        -------
        self : MinusOneClassifier
        """
        y = check_class_labels(X, y)
        classes, codes = np.unique(y, return_inverse=True)
        if X_unlabeled is not None and count_rows(X_unlabeled):
            codes = np.append(codes, np.full(count_rows(X_unlabeled), -1))
            X = stack_rows(as_rows(X), as_rows(X_unlabeled))
        estimator = seed_nested(clone(self.estimator), draw_seed(self.random_state))
        with warnings.catch_warnings():
            # Without unlabeled samples it is a plain classifier, and means to be.
            warnings.filterwarnings("ignore", message="y contains no unlabeled samples")
            self.estimator_ = estimator.fit(X, codes)
        self.classes_ = classes
        return self

    def predict(self, X):
        """Predict with the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Labels from `classes_`.
        """
        check_is_fitted(self)
        return self.classes_[self.estimator_.predict(X)]


def as_rows(X):
    """Rows that can be stacked: a list of lists is an array."""
    return np.asarray(X) if isinstance(X, list) else X
