"""The arguments of simulate: checked, and named where they have no name."""

from __future__ import annotations

import warnings
from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import get_scorer
from sklearn.utils import indexable

from skactive import strategies as registry
from skactive.learner import ActiveLearner, check_strategy
from skactive.simulation._classes import check_class_labels, check_two_classes
from skactive.simulation._repeat import plan_problem, plan_table
from skactive.utils import (
    as_labels,
    check_count,
    check_ratio,
    count_rows,
    describe,
    is_count,
    joins_types,
)

_PICKS = ("strategy", "ratio", "repeat", "round")


def make_plan(
    X, y, X_test, y_test, *, test_size, pool_ratio, pool_size, n_to_ask, classifies
):
    """Check the data, or the problem that makes them.

    `n_to_ask` comes from the pool; `classifies` says whether the labels are classes.

    Returns
    -------
    plan : callable
        ``plan(seed, initial=, n_initial=, budget=, classifier=)`` draws one repeat.
    facts : dict
        What the data add to the setting of the result.
    """
    if is_problem(X):
        if y is not None:
            raise ValueError("X is a Problem, which computes the labels; pass y=None.")
        pool = _check_pool(pool_ratio, pool_size, n_to_ask)
        plan = plan_of_problem(X, X_test, y_test, test_size=test_size, **pool)
        facts = {"problem": X.name, **pool}
    else:
        for name, value in {"pool_ratio": pool_ratio, "pool_size": pool_size}.items():
            if value is not None:
                raise ValueError(
                    f"{name}={value!r} is for a Problem; a table is its own pool."
                )
        X, y, X_test, y_test = check_data(X, y, X_test, y_test)
        if classifies:
            check_class_labels("y", y)
            check_two_classes("y", y)
        size = check_test_size(test_size) if X_test is None else None
        plan = partial(plan_table, X=X, y=y, test_size=size, test=(X_test, y_test))
        facts = {}
    facts["test_size"] = plan.keywords["test_size"]
    return plan, {name: value for name, value in facts.items() if value is not None}


def is_problem(X):
    """Whether X is a Problem."""
    # Here, so that `import skactive` does not load the problems.
    from skactive.datasets import Problem

    return isinstance(X, Problem)


def plan_of_problem(problem, X_test, y_test, *, test_size, pool_ratio, pool_size):
    """Check the problem and its test set; return the plan as `make_plan` does."""
    names = problem.input_names
    taken = sorted({name for name in names if name in _PICKS or names.count(name) > 1})
    if taken:
        raise ValueError(
            f"{problem.name} has inputs named {taken}, which are no columns of their "
            "own beside strategy, ratio, repeat and round; rename them."
        )
    X_test, y_test = check_test_set(X_test, y_test)
    if X_test is not None:
        test_size = None
    elif test_size is None:
        test_size = 1000
    elif not is_count(test_size):
        raise ValueError(
            f"test_size={test_size!r}; a Problem has no end, so pass a number of "
            "samples, at least 1, and not a share."
        )
    return partial(
        plan_problem,
        problem=problem,
        test_size=None if test_size is None else int(test_size),
        test=(X_test, y_test),
        pool_ratio=pool_ratio,
        pool_size=pool_size,
    )


def _check_pool(pool_ratio, pool_size, n_to_ask):
    """Return both, one of them None."""
    if pool_ratio is not None:
        if pool_size is not None:
            raise ValueError(
                f"pool_ratio={pool_ratio!r} draws a new pool in every round and "
                f"pool_size={pool_size!r} one for all; pass one of them."
            )
        check_ratio("pool_ratio", pool_ratio)
    elif pool_size is None:
        pool_size = max(1000, 10 * n_to_ask)
    elif not isinstance(pool_size, Integral) or pool_size < max(1, n_to_ask):
        raise ValueError(
            f"pool_size={pool_size!r}; pass an integer, and at least the {n_to_ask} "
            "labels that the budget leaves after the seed set."
        )
    return {"pool_ratio": pool_ratio, "pool_size": pool_size}


def check_test_size(test_size):
    """Return how much of a table is for scoring: a share, or a number of samples."""
    if test_size is None:
        return 0.25
    is_share = isinstance(test_size, Real) and 0 < test_size < 1
    if not is_share and not is_count(test_size):
        raise ValueError(
            f"test_size={test_size!r}; pass a share between 0 and 1, or a number of "
            "samples."
        )
    return float(test_size) if is_share else int(test_size)


def check_data(X, y, X_test, y_test):
    """Make all four indexable; labels become an array."""
    if y is None and callable(X):
        raise ValueError(f"X={X!r} is a function; call it, to pass what it returns.")
    if y is None:
        raise ValueError("y=None; simulate plays the annotator and needs the labels.")
    X_test, y_test = check_test_set(X_test, y_test)
    count_rows(X)  # refuses a single text
    X, y = indexable(X, y)
    return X, _check_labels("y", y), X_test, y_test


def check_test_set(X_test, y_test):
    """Make both indexable, or leave both None."""
    if (X_test is None) != (y_test is None):
        raise ValueError("Pass X_test and y_test together, or neither.")
    if X_test is None:
        return None, None
    X_test, y_test = indexable(X_test, y_test)
    if not count_rows(X_test):
        raise ValueError("X_test has no rows; pass some to score on, or leave it out.")
    return X_test, _check_labels("y_test", y_test)


def _check_labels(name, y):
    """Labels as an array, none of them missing; one column is no second dimension."""
    import pandas as pd

    y = as_labels(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    missing = pd.isna(y) if y.dtype.kind != "f" else ~np.isfinite(y)
    missing = missing.reshape(len(y), -1).any(axis=1)
    if missing.any():
        raise ValueError(
            f"{name} has {missing.sum()} labels that are missing or infinite, the "
            f"first in row {missing.argmax()}; leave these rows out."
        )
    if joins_types(y.ravel()):
        raise ValueError(
            f"{name} holds text beside other labels; pass labels of one type."
        )
    return y


def check_sizes(**sizes):
    """Refuse counts that are none, and a budget less than the seed set."""
    for name, value in sizes.items():
        check_count(name, value)
    if sizes["budget"] < sizes.get("n_initial", 1):
        raise ValueError(
            f"budget={sizes['budget']} is less than n_initial={sizes['n_initial']}; "
            "the budget includes the seed set."
        )


def check_on_error(on_error):
    """Refuse what is no way to treat an exception."""
    if on_error not in ("mark", "raise"):
        raise ValueError(f"on_error={on_error!r}; pass 'mark' or 'raise'.")


def make_learners(estimator, strategies):
    """Map labels to learners; whatever is wrong with a strategy is said here."""
    if not hasattr(estimator, "fit") or isinstance(estimator, type):
        raise ValueError(
            f"estimator={estimator!r} is no estimator; pass an object with fit and "
            "predict."
        )
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
    for label in strategies:
        if isinstance(label, tuple):  # which tables take for several labels
            raise ValueError(
                f"strategies has the label {label!r}, a tuple; pass a string."
            )
    return {label: _make_learner(estimator, s) for label, s in strategies.items()}


def _make_learner(estimator, strategy):
    if isinstance(strategy, ActiveLearner):
        classifies = is_classifier(strategy.estimator)
        check_strategy(strategy.strategy, classifies=classifies)
        return strategy
    check_strategy(strategy, classifies=is_classifier(estimator))
    if isinstance(strategy, str):
        # An object, so that its seed is set like that of the others.
        strategy = registry.get(strategy)
    return ActiveLearner(estimator, strategy)


def make_scorers(scoring):
    """Map names of metrics to callables of estimator, X and y."""
    named = _scorers_by_metric(scoring)
    return {metric: get_scorer(scorer) for metric, scorer in named.items()}


def describe_scoring(scoring):
    """Map names of metrics to a name of scikit-learn's or what `describe` writes."""
    named = _scorers_by_metric(scoring)
    return {m: s if isinstance(s, str) else describe(s) for m, s in named.items()}


def check_named_scorers(scoring, y, *, classifies):
    """Refuse scorers of scikit-learn that are not defined for labels like these.

    They score a model that knows nothing but the labels.
    """
    X = np.zeros((len(y), 1))
    dummy = (DummyClassifier() if classifies else DummyRegressor()).fit(X, y)
    for name in _scorers_by_metric(scoring).values():
        if not isinstance(name, str):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                get_scorer(name)(dummy, X, y)
        except (ValueError, TypeError) as error:
            kind = "classifier" if classifies else "regressor"
            raise ValueError(
                f"scoring={name!r} is not defined for this {kind} and these labels: "
                f"{error}"
            ) from error


def _scorers_by_metric(scoring):
    """Map names of metrics to what was passed for them: a name or a callable."""
    if isinstance(scoring, dict | list | tuple) and not scoring:
        raise ValueError(f"scoring={scoring!r} is empty; pass at least one name.")
    if isinstance(scoring, dict):
        return scoring
    if isinstance(scoring, list | tuple):
        return {name: name for name in scoring}
    if scoring is None:
        return {"score": _own_score}
    if not isinstance(scoring, str) and not callable(scoring):
        raise ValueError(
            f"scoring={scoring!r}; pass a name, a callable, a list of names or a dict."
        )
    return {scoring if isinstance(scoring, str) else "score": scoring}


def _own_score(estimator, X, y):
    return estimator.score(X, y)
