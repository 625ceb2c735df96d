"""Checks of what is returned: rows, scores, and errors in their place."""

from __future__ import annotations

import re

import numpy as np

from skactive.base import Score
from skactive.estimator_checks._cases import (
    cases,
    choose,
    facts_of,
    fitted,
)
from skactive.estimator_checks._promise import (
    error_of,
    promises,
    require,
    require_rows,
)
from skactive.estimator_checks._samples import (
    over,
)
from skactive.exceptions import NotEnoughCandidates


@promises("rule 1 (exactly n_queries distinct rows of type int64)")
def check_rows(strategy):
    """Ask for one row, some rows, all rows."""
    for case in cases(strategy):
        for n_queries in (1, 4, len(case.pool)):
            rows = choose(strategy, case, n_queries)
            require_rows(rows, len(case.pool), n_queries)


@promises("rule 1 (no row that is given already)")
def check_given(strategy):
    """Give rows: they are left out, and all others can be had."""
    given = np.array([1, 4, 5])
    for case in cases(strategy):
        n = len(case.pool)
        for n_queries in (2, n - len(given)):
            rows = choose(strategy, case, n_queries, given=given)
            require_rows(rows, n, n_queries, given)


@promises("rule 1 (too few or too many queries are an error with both numbers)")
def check_n_queries(strategy):
    """Ask for less than one row, and for more than there are candidates."""
    for case in cases(strategy):
        n = len(case.pool)
        for n_queries, given in ((0, []), (-1, []), (n + 1, []), (n - 1, [0, 2])):
            n_left = n - len(given)
            error = error_of(
                NotEnoughCandidates if n_queries > 0 else ValueError,
                f"n_queries={n_queries} with {n_left} candidates",
                choose,
                strategy,
                case,
                n_queries,
                given=given,
            )
            require(
                {n_queries, n_left} <= _numbers(error),
                f"the message names not both {n_queries} and {n_left}: {error}",
            )


@promises("rule 5 (a score that is not finite is an error, never a rank)")
def check_not_finite(strategy):
    """Feed NaN in each output that the strategy needs."""
    bad = [3, 7]
    for case in cases(strategy):
        for need in facts_of(strategy).needs:
            spoiled = {
                name: over(lambda a: _with_nan(a, bad), case.pool.outputs[name])
                for name in case.pool.outputs.keys() & need.split("|")
            }
            pool = case.pool.with_outputs(**spoiled)
            n_queries = len(pool) - 1  # no part of the pool does without both of them
            try:
                rows = choose(strategy, case._replace(pool=pool), n_queries)
            except ValueError as error:
                _require_count_and_row(error, strategy, bad)
                continue
            # At present it may not look at this output, as before a `Switch` does.
            require(
                np.array_equal(rows, choose(strategy, case, n_queries)),
                f"NaN as {need} of 2 samples raised no ValueError.",
            )


def _with_nan(values, rows):
    values = values.copy()
    values[rows] = np.nan
    return values


def _require_count_and_row(error, strategy, bad):
    numbers = _numbers(error)
    require(
        "finite" in str(error) and len(re.findall(r"\b\d+\b", str(error))) >= 2,
        f"the message says not how many are not finite, and the first row: {error}",
    )
    # A composite may see these samples as other rows of a part of the pool.
    if _is_plain_score(strategy):
        require(
            {len(bad), bad[0]} <= numbers,
            f"the message names not both {len(bad)} samples and row {bad[0]}: {error}",
        )


@promises("the promise of score_samples (one finite number per sample, higher first)")
def check_scores(strategy):
    """Compare scores with what is picked."""
    for case in cases(strategy):
        scorer, pool = fitted(strategy, case.labeled), case.pool.view()
        scores = scorer.score_samples(pool)
        require(scores.shape == (len(pool),), f"the shape is {scores.shape}.")
        require(np.isfinite(scores).all(), "scores are not finite.")
        require(
            np.array_equal(scores, scorer.score_samples(case.pool.view())),
            "two calls gave different scores.",
        )
        if not facts_of(strategy).stochastic:
            (row,) = scorer.select(pool, 1)
            require(
                np.isclose(scores[row], scores.max(), rtol=1e-6, atol=1e-9),
                f"select(X, 1) chose row {row} with score {scores[row]}, and the best "
                f"is {scores.max()}.",
            )
        if _is_plain_score(strategy):
            _require_top(scorer.select(pool, 5, given=[0]), scores)


def _require_top(rows, scores):
    top = np.sort(scores[1:])[::-1][: len(rows)]
    require(
        np.allclose(scores[rows], top, rtol=1e-6, atol=1e-9),
        f"the batch has scores {scores[rows].tolist()}, and the best are "
        f"{top.tolist()}.",
    )


@promises("the promise of a Score (transform gives the scores as one column)")
def check_transform(strategy):
    """Use the score as a transformer."""
    for case in cases(strategy):
        score, pool = fitted(strategy, case.labeled), case.pool.view()
        column = score.transform(pool)
        require(
            np.array_equal(column, score.score_samples(pool)[:, None]),
            f"transform gave shape {column.shape}, or other numbers than scores.",
        )
        require(len(score.get_feature_names_out()) == 1, "it has not one name.")


def _is_plain_score(strategy):
    """Whether the batch is the top of the list."""
    return isinstance(strategy, Score) and type(strategy)._select is Score._select


def _numbers(error):
    return set(map(int, re.findall(r"-?\b\d+\b", str(error))))
