"""The arguments of simulate: checked, and named where they have no name."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.metrics import get_scorer
from sklearn.utils import indexable

from skactive import strategies as registry
from skactive.learner import ActiveLearner, check_strategy


def check_data(X, y, X_test, y_test):
    """Make all four indexable; labels become an array."""
    if y is None:
        raise ValueError("y=None; simulate plays the annotator and needs the labels.")
    if (X_test is None) != (y_test is None):
        raise ValueError("Pass X_test and y_test together, or neither.")
    X, y = indexable(X, y)
    X_test, y_test = indexable(X_test, y_test)
    return X, np.asarray(y), X_test, y_test


def check_sizes(**sizes):
    """Refuse counts that are none, and a budget less than the seed set."""
    for name, value in sizes.items():
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name}={value!r}; pass an integer of at least 1.")
    if sizes["budget"] < sizes["n_initial"]:
        raise ValueError(
            f"budget={sizes['budget']} is less than n_initial={sizes['n_initial']}; "
            "the budget includes the seed set."
        )


def make_learners(estimator, strategies):
    """Map labels to learners; whatever is wrong with a strategy is said here."""
    if not isinstance(strategies, list | tuple | dict) or not strategies:
        raise ValueError(
            f"strategies={strategies!r}; pass a list of strategies or a dict of "
            "label -> strategy with at least one entry."
        )
    if not isinstance(strategies, dict):
        if None in strategies:
            raise ValueError(
                "strategies holds None, the default strategy, which has no name in a "
                'list; pass a dict such as {"default": None}.'
            )
        labels = [s if isinstance(s, str) else type(s).__name__ for s in strategies]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            raise ValueError(
                f"strategies holds {twice} more than once; pass a dict of "
                "label -> strategy to tell them apart."
            )
        strategies = dict(zip(labels, strategies, strict=True))
    return {label: _make_learner(estimator, s) for label, s in strategies.items()}


def _make_learner(estimator, strategy):
    if isinstance(strategy, ActiveLearner):
        return strategy
    check_strategy(strategy)
    if isinstance(strategy, str):
        # An object, so that its seed is set like that of the others.
        strategy = registry.get(strategy)
    return ActiveLearner(estimator, strategy)


def make_scorers(scoring):
    """Map names of metrics to callables of estimator, X and y."""
    if isinstance(scoring, dict):
        return {name: get_scorer(scorer) for name, scorer in scoring.items()}
    if isinstance(scoring, list | tuple):
        return {name: get_scorer(name) for name in scoring}
    if scoring is None:
        return {"score": _own_score}
    if not isinstance(scoring, str) and not callable(scoring):
        raise ValueError(
            f"scoring={scoring!r}; pass a name, a callable, a list of names or a dict."
        )
    return {scoring if isinstance(scoring, str) else "score": get_scorer(scoring)}


def _own_score(estimator, X, y):
    return estimator.score(X, y)
