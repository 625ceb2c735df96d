"""Fitting any estimator with weights and unlabeled samples, through Pipelines."""

from __future__ import annotations

import inspect

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from skactive.utils import class_names, count_rows, take_rows

# scikit-learn's estimators to which a label of -1 says that there is none.
_MINUS_ONE = {"sklearn.SelfTrainingClassifier", "sklearn.BaseLabelPropagation"}


def takes_unlabeled(estimator):
    """Whether an estimator learns from unlabeled samples given as ``X_unlabeled``.

    Parameters
    ----------
    estimator : estimator
        Its ``fit`` has a parameter `X_unlabeled`, or it is one of scikit-learn's that
        take -1 for a missing label, or a Pipeline or a learner that ends in one.

    Returns
    -------
    takes : bool

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skactive.semisupervised import PseudoLabelClassifier, takes_unlabeled
    >>> takes_unlabeled(LogisticRegression())
    False
    >>> model = PseudoLabelClassifier(LogisticRegression())
    >>> takes_unlabeled(make_pipeline(StandardScaler(), model))
    True
    """
    names = class_names(estimator)
    if "sklearn.Pipeline" in names:
        return takes_unlabeled(estimator[-1])
    if "skactive.BudgetedLearner" in names:
        return takes_unlabeled(estimator.learner)
    if "skactive.ActiveLearner" in names:
        return takes_unlabeled(estimator.estimator)
    return uses_minus_one(estimator) or (
        hasattr(estimator, "fit")
        and "X_unlabeled" in inspect.signature(estimator.fit).parameters
    )


def uses_minus_one(estimator):
    """Whether it is one of scikit-learn's that take -1 for a missing label."""
    return bool(_MINUS_ONE.intersection(class_names(estimator)))


def fit_with_unlabeled(estimator, X, y, X_unlabeled, **params):
    """Fit an estimator on labeled and unlabeled samples.

    In a Pipeline the preprocessing is fitted on the labeled samples, as ever, and the
    last step gets both parts transformed.

    Parameters
    ----------
    estimator : estimator
        Fitted in place.
    X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
        Labeled samples.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Their labels.
    X_unlabeled : like X, of shape (n_unlabeled, ...)
        Unlabeled samples; None or no rows for a plain ``fit`` of any estimator.
    **params
        Passed to ``fit``.

    Returns
    -------
    estimator : estimator

    Raises
    ------
    TypeError
        If there are unlabeled samples and the estimator has no use for them.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skactive.semisupervised import PseudoLabelClassifier, fit_with_unlabeled
    >>> model = make_pipeline(
    ...     StandardScaler(), PseudoLabelClassifier(LogisticRegression())
    ... )
    >>> X, y = [[0.0], [1.0], [8.0], [9.0]], ["low", "low", "high", "high"]
    >>> model = fit_with_unlabeled(model, X, y, [[-1.0], [0.5], [10.0], [8.5]])
    >>> model.predict([[4.0]]).tolist()
    ['low']
    """
    if X_unlabeled is None or count_rows(X_unlabeled) == 0:
        return estimator.fit(X, y, **params)
    if not takes_unlabeled(estimator):
        wrapper = "PseudoLabelClassifier"
        if get_tags(estimator).estimator_type == "regressor":
            wrapper = "PseudoLabelRegressor"
        last = estimator
        while "sklearn.Pipeline" in class_names(last):
            last = last[-1]
        raise TypeError(
            f"X_unlabeled was given, and {type(last).__name__} cannot learn from "
            f"unlabeled samples; wrap it in skactive.semisupervised.{wrapper}, or "
            "leave X_unlabeled out."
        )
    if "sklearn.Pipeline" not in class_names(estimator):
        return estimator.fit(X, y, X_unlabeled=X_unlabeled, **params)
    # The Pipeline fits its other steps itself, whatever its memory and its routing.
    name, last = estimator.steps[-1]
    estimator.steps[-1] = (name, _LastStep(last, estimator, X_unlabeled))
    try:
        estimator.fit(X, y, **params)
    finally:
        estimator.steps[-1] = (name, last)
    return estimator


class _LastStep(BaseEstimator):
    """Stands where the last step of a Pipeline stands, while that is fitted."""

    def __init__(self, estimator, pipeline, X_unlabeled):
        self.estimator = estimator
        self.pipeline = pipeline
        self.X_unlabeled = X_unlabeled

    def fit(self, X, y, **params):
        """Fit the last step on labeled and transformed unlabeled samples."""
        X_unlabeled = self.X_unlabeled
        for _, step in self.pipeline.steps[:-1]:
            if step is not None and step != "passthrough":
                X_unlabeled = step.transform(X_unlabeled)
        fit_with_unlabeled(self.estimator, X, y, X_unlabeled, **params)
        return self

    def get_metadata_routing(self):
        """Route as the last step does."""
        return self.estimator.get_metadata_routing()

    def __sklearn_tags__(self):
        return get_tags(self.estimator)

    def __sklearn_is_fitted__(self):
        return True


def fit_weighted(estimator, X, y, weight, rng):
    """Fit an estimator with sample weights, or on rows drawn by them.

    Parameters
    ----------
    estimator : estimator
        Fitted in place.
    X : container of n_samples rows
    y : ndarray of shape (n_samples, ...)
    weight : ndarray of shape (n_samples,) or None
        None weighs all alike. An estimator that takes no weights keeps a row with its
        weight for a chance; above 1 that is sure.
    rng : numpy.random.Generator

    Returns
    -------
    estimator : estimator
    """
    if weight is None:
        return estimator.fit(X, y)
    name = weight_parameter(estimator)
    if name is not None:
        return estimator.fit(X, y, **{name: weight})
    kept = np.flatnonzero(rng.random(len(weight)) < weight)
    return estimator.fit(take_rows(X, kept), y[kept])


def weight_parameter(estimator):
    """Under what name ``fit`` takes sample weights; None if it takes none."""
    names = class_names(estimator)
    if "sklearn.Pipeline" in names:
        if get_config()["enable_metadata_routing"]:
            return None  # it would have to be requested
        name, last = estimator.steps[-1]
        inner = weight_parameter(last)
        return None if inner is None else f"{name}__{inner}"
    if "skactive.Committee" in names:
        return weight_parameter(estimator.estimator)
    return "sample_weight" if has_fit_parameter(estimator, "sample_weight") else None
