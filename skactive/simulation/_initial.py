"""Which samples are labeled first."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import train_test_split
from sklearn.utils import get_tags

from skactive import strategies as registry
from skactive.base import QueryStrategy
from skactive.learner import ActiveLearner
from skactive.simulation._threads import single_thread
from skactive.utils import count_rows, derive_seed, make_rng, reseed_nested


def make_initial(initial, estimator):
    """Check how the seed set is drawn.

    Parameters
    ----------
    initial : str or QueryStrategy
    estimator : estimator
        The model that will be taught.

    Returns
    -------
    initial : {'random', 'stratified'} or ActiveLearner

    Raises
    ------
    ValueError
        If the name is unknown, or the strategy needs a model.
    """
    if isinstance(initial, str):
        if initial == "stratified" and not is_classifier(estimator):
            raise ValueError(
                "initial='stratified' needs classes, and "
                f"{type(estimator).__name__} is no classifier."
            )
        if initial in ("random", "stratified"):
            return initial
    named = isinstance(initial, str) and initial in registry.names()
    strategy = registry.get(initial) if named else initial
    if not isinstance(strategy, QueryStrategy) or not _works_cold(strategy):
        known = [n for n in registry.names() if _works_cold(registry.get(n))]
        fault = "cannot choose samples before there is a model"
        if isinstance(initial, str) and not named:
            fault = "is not known"
        raise ValueError(
            f"initial={initial!r} {fault}; pass 'stratified', one of {known}, or an "
            "object of a strategy that needs none."
        )
    return ActiveLearner(estimator, strategy)


def order_of_first(initial, X, y, n_initial, seed):
    """Order the samples in which they are labeled until the model can be trained.

    Parameters
    ----------
    initial : {'random', 'stratified'} or ActiveLearner
        What `make_initial` returns.
    X : container of n_samples rows
    y : ndarray of shape (n_samples, ...) or None
        Read for 'stratified' only, which no one can do in earnest.
    n_initial : int
    seed : int

    Returns
    -------
    order : ndarray of shape (n_samples,)
        The first `n_initial` are chosen; the rest are in random order.
    """
    rng = make_rng(seed, "seed set")
    n_samples = count_rows(X)
    if initial == "random":
        return rng.permutation(n_samples)
    if initial == "stratified":
        if y is None or y.ndim != 1:
            raise ValueError(
                "initial='stratified' needs a table with one label per sample; use "
                "'random' or 'kmeans'."
            )
        first = np.arange(n_samples)
        if n_initial < n_samples:
            try:
                first, _ = train_test_split(
                    first,
                    train_size=n_initial,
                    stratify=y,
                    random_state=derive_seed(seed, "stratified"),
                )
            except ValueError as error:
                raise ValueError(
                    f"initial='stratified' cannot draw n_initial={n_initial} of "
                    f"{n_samples} samples: {error} Leave rare classes out, change "
                    "n_initial, or use 'random' or 'kmeans'."
                ) from error
    else:
        learner = reseed_nested(clone(initial), derive_seed(seed, "initial"))
        with single_thread():
            first = learner.query(X, n_initial)
    rest = np.setdiff1d(np.arange(n_samples), first)
    return np.concatenate([first, rng.permutation(rest)])


def first_rows(order, y, n_initial, *, two_classes):
    """Take the first samples, and more, one at a time, until two classes are seen.

    Parameters
    ----------
    order : ndarray of shape (n_samples,)
    y : ndarray of shape (n_samples, ...)
        Read only where a label is asked.
    n_initial : int
    two_classes : bool

    Returns
    -------
    rows : ndarray of shape (>= n_initial,)
        All of them, where there is one class only.
    """
    size = n_initial
    if two_classes and y.ndim == 1 and len(np.unique(y[order[:size]])) == 1:
        while size < len(order):
            size += 1
            if y[order[size - 1]] != y[order[0]]:
                break
    return order[:size]


def _works_cold(strategy):
    return get_tags(strategy).strategy.cold_start
