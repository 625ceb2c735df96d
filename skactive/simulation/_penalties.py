"""How often one strategy beats another: paired t tests, round by round."""

from __future__ import annotations

import numpy as np

from skactive.simulation._paired_test import differences_of, paired_t_test

MEAN = "column mean"
_ALPHA = 0.05


def penalty_matrix(curves, correction=None):
    """Share of rounds in which one strategy beats another.

    Parameters
    ----------
    curves : PairedCurves
    correction : {'holm'} or None, default=None
        For the number of tests: all pairs of strategies in all rounds.

    Returns
    -------
    matrix : DataFrame
        A row for each better strategy, a column for each penalized one; below, the
        column means.

    Raises
    ------
    ValueError
        If there are fewer than two repeats, or the correction is unknown.
    """
    import pandas as pd

    if correction not in (None, "holm"):
        raise ValueError(f"correction={correction!r} is not known; use 'holm' or None.")
    n_repeats = len(curves.n_labeled)
    if n_repeats < 2:
        raise ValueError(
            "The penalty matrix tests differences over repeats, but there is a single "
            "repeat; run at least 2, better 5 or more (n_repeats)."
        )
    labels = list(curves.scores)
    scores = np.stack([curves.scores[label] for label in labels], axis=1)
    first, second = np.triu_indices(len(labels), k=1)
    # (n_pairs, n_rounds)
    p_values, signs = paired_tests(scores[:, first], scores[:, second])
    rejected = holm(p_values) if correction == "holm" else p_values < _ALPHA
    matrix = np.zeros((len(labels), len(labels)))
    matrix[first, second] = (rejected & (signs > 0)).mean(axis=1)
    matrix[second, first] = (rejected & (signs < 0)).mean(axis=1)
    index = pd.Index(labels, name="better")
    table = pd.DataFrame(matrix, index, pd.Index(labels, name="penalized"))
    table.loc[MEAN] = matrix.mean(axis=0)
    return table


def paired_tests(first, second):
    """Two-sided paired t tests along the first axis.

    Differences that are all alike, but not zero, have a p-value of 0. Differences
    within rounding of the scores are zero.

    Parameters
    ----------
    first, second : ndarray of shape (n_repeats, ...)
        At least two repeats.

    Returns
    -------
    p_values, signs : ndarray of shape (...)
        Two-sided p-values, and the sign of the mean difference.
    """
    return paired_t_test(differences_of(first, second))


def holm(p_values):
    """Which of all tests are significant at 5 % together, by Holm's step-down rule."""
    order = np.argsort(p_values, axis=None)
    n = len(order)
    passed = p_values.ravel()[order] < _ALPHA / (n - np.arange(n))
    rejected = np.zeros(n, dtype=bool)
    # All before the first failure.
    rejected[order[: n if passed.all() else np.argmin(passed)]] = True
    return rejected.reshape(p_values.shape)


def pairwise_differences(curves):
    """Mean lead of each strategy over each other, and its standard error.

    Parameters
    ----------
    curves : PairedCurves

    Returns
    -------
    table : DataFrame
        A row per ordered pair, with ``difference`` and ``standard_error`` over repeats
        (NaN for a single one) of the mean over rounds.
    """
    import pandas as pd

    means = {label: scores.mean(axis=1) for label, scores in curves.scores.items()}
    rows = {}
    for better, own in means.items():
        for penalized, other in means.items():
            if better != penalized:
                lead = pd.Series(own - other)
                rows[better, penalized] = lead.mean(), lead.sem()
    index = pd.MultiIndex.from_tuples(rows, names=["better", "penalized"])
    return pd.DataFrame(rows.values(), index, ["difference", "standard_error"])
