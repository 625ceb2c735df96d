"""Failures that say which promise is broken, and comparisons that raise them."""

from __future__ import annotations

from functools import wraps

import numpy as np
from scipy.stats import chi2

from skactive.estimator_checks._cases import (
    choose,
    facts_of,
)
from skactive.exceptions import MissingCapability
from skactive.view import _MISSING

# Chance of calling two equal laws different, and how many seeds they are compared over.
_ALPHA = 1e-4
_N_SEEDS = 80


class Blame:
    """Turn whatever goes wrong inside into an AssertionError that says where."""

    def __init__(self, where):
        self.where = where

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, Exception):
            what = str(error)
            if not isinstance(error, AssertionError):
                what = f"{kind.__name__}: {error}"
            if isinstance(error, MissingCapability):
                name = _missing_output(what)
                what += (
                    f" If the strategy needs {name!r}, name it in its needs, as in "
                    f'facts = Facts(needs=("{name}",)).'
                )
            raise AssertionError(f"{self.where}: {what}") from error


def _missing_output(message):
    """The name of the output that the message of a MissingCapability is about."""
    for name, (words, *_) in _MISSING.items():
        if f" {words}, and" in message or f" {words};" in message:
            return name
    return message.partition(" an output '")[2].partition("'")[0]


def promises(promise):
    """Decorate a check with the promise that it is about."""

    def decorate(check):
        @wraps(check)
        def checked(strategy):
            with Blame(f"{type(strategy).__name__} breaks {promise}"):
                check(strategy)

        return checked

    return decorate


def require(condition, otherwise):
    """Raise AssertionError with the message `otherwise` unless `condition` holds."""
    if not condition:
        raise AssertionError(otherwise)


def require_rows(rows, n_samples, n_queries, given=()):
    """Require what the first rule promises of selected rows."""
    require(isinstance(rows, np.ndarray), f"select returned a {type(rows).__name__}.")
    require(rows.dtype == np.int64, f"select returned rows of type {rows.dtype}.")
    require(
        rows.shape == (n_queries,),
        f"select returned shape {rows.shape} for n_queries={n_queries}.",
    )
    require(
        rows.min() >= 0 and rows.max() < n_samples,
        f"select returned rows outside of 0 to {n_samples - 1}: {rows.tolist()}.",
    )
    require(
        len(np.unique(rows)) == n_queries,
        f"select returned a row twice: {rows.tolist()}.",
    )
    require(
        not np.isin(rows, given).any(),
        f"select returned given rows: {rows.tolist()} with given={list(given)}.",
    )


def require_equal(rows, expected, what):
    """Require equal picks in equal order."""
    require(
        np.array_equal(rows, expected),
        f"{what}: {np.asarray(rows).tolist()} instead of "
        f"{np.asarray(expected).tolist()}.",
    )


def require_same_law(strategy, case, other, what, numbers=None):
    """Require equal picks from two cases, or equal chances if these depend on the seed.

    A strategy that is not stochastic may depend on the seed too, through ties.
    `numbers` says which rows of `case` the rows of `other` are; the same by default.
    """
    numbers = np.arange(len(case.pool)) if numbers is None else numbers
    expected = choose(strategy, case, 3)
    if not facts_of(strategy).stochastic and all(
        np.array_equal(choose(strategy, case, 3, seed=seed), expected)
        for seed in range(1, 12)
    ):
        require_equal(numbers[choose(strategy, other, 3)], expected, f"{what} chose")
        return
    a = _inclusions(strategy, case, range(_N_SEEDS))
    b = np.zeros_like(a)
    b[numbers] = _inclusions(strategy, other, range(_N_SEEDS, 2 * _N_SEEDS))
    picked = (a + b) > 0
    # Rows of one batch exclude each other, which only makes the statistic smaller.
    statistic = np.sum((a - b)[picked] ** 2 / (a + b)[picked])
    require(
        statistic <= chi2.isf(_ALPHA, picked.sum()),
        f"{what} chose, over {_N_SEEDS} seeds, the samples {b.tolist()} times, and "
        f"{a.tolist()} times before.",
    )


def _inclusions(strategy, case, seeds):
    rows = [choose(strategy, case, 3, seed=seed) for seed in seeds]
    return np.bincount(np.concatenate(rows), minlength=len(case.pool))


def error_of(kind, what, function, *args, **kwargs):
    """Return the error that a call must raise."""
    try:
        function(*args, **kwargs)
    except kind as error:
        return error
    raise AssertionError(f"{what} raised no {kind.__name__}.")
