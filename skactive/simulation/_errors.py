"""Errors and missed scores relative to the baseline's, as functions of the long table.

Both look at curves averaged over the repeats.
"""

from __future__ import annotations

import numpy as np

from skactive.simulation._metrics import paired_curves
from skactive.simulation._paired_test import differences_of


def error_cdf(frame, baseline, *, greater_is_better=True):
    """Distribution over rounds of the error divided by the baseline's.

    Parameters
    ----------
    frame : DataFrame
        The long table.
    baseline : str
        A strategy of the table.
    greater_is_better : bool, default=True
        False for losses.

    Returns
    -------
    table : DataFrame
        A row per strategy and round, sorted by ``ratio``.

    Raises
    ------
    ValueError
        If it cannot be told from the scores what the error is.
    """
    import pandas as pd

    curves = paired_curves(frame)
    to_error = error_of(frame["score"].to_numpy(dtype=float), greater_is_better)
    means = {label: scores.mean(axis=0) for label, scores in curves.scores.items()}
    parts = []
    for label, mean in means.items():
        same = differences_of(mean, means[baseline]) == 0
        ratio = np.ones(len(mean))
        # No error against no error is equal, too.
        with np.errstate(divide="ignore"):
            np.divide(to_error(mean), to_error(means[baseline]), out=ratio, where=~same)
        order = np.argsort(ratio, kind="stable")
        part = pd.DataFrame(
            {
                "strategy": label,
                "round": order,
                "n_labeled": curves.n_labeled.mean(axis=0)[order],
                "ratio": ratio[order],
            }
        )
        part["cdf"] = part["ratio"].rank(method="max", pct=True)
        part["p_below_1"] = (ratio < 1).mean()
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def error_of(scores, greater_is_better):
    """How a score becomes an error: 0 is perfect.

    Parameters
    ----------
    scores : ndarray
        All scores of the metric.
    greater_is_better : bool
        False for losses.

    Returns
    -------
    to_error : callable

    Raises
    ------
    ValueError
        If it cannot be told from the scores.
    """
    if greater_is_better and (scores <= 0).all():
        return np.negative  # of a scorer "neg_..."
    if greater_is_better and scores.max() <= 1:
        return lambda score: 1 - score
    if not greater_is_better and (scores >= 0).all():
        return np.positive
    raise ValueError(
        f"Scores from {scores.min():.3g} to {scores.max():.3g} do not say what the "
        "error is; pass scores of at most 1, such as 'accuracy', or an error, such as "
        "'neg_mean_squared_error'."
    )


def deficiency(frame, baseline, *, greater_is_better=True):
    """Score missed on the way to the baseline's last, divided by what it misses itself.

    Parameters
    ----------
    frame : DataFrame
        The long table.
    baseline : str
        A strategy of the table.
    greater_is_better : bool, default=True
        False for losses.

    Returns
    -------
    deficiency : Series
        One value per strategy, below 1 is better; NaN where the baseline misses
        nothing.
    """
    import pandas as pd

    curves = paired_curves(frame, greater_is_better)
    means = {label: scores.mean(axis=0) for label, scores in curves.scores.items()}
    goal = means[baseline][-1]
    missed = {label: differences_of(goal, mean).sum() for label, mean in means.items()}
    reference = missed[baseline] if missed[baseline] > 0 else np.nan
    return (pd.Series(missed, name="deficiency") / reference).rename_axis("strategy")
