"""Whether a difference between two labeling curves is more than chance."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr, stdtrit

_ALPHA = 0.05


def mean_differs(differences):
    """Paired t test at 5 %: the sign of the mean, or 0 if it may be chance.

    Parameters
    ----------
    differences : ndarray of shape (n_repeats,)
    """
    n = len(differences)
    mean = differences.mean()
    bound = -stdtrit(n - 1, _ALPHA / 2) * differences.std(ddof=1) / np.sqrt(n)
    return int(np.sign(mean)) if abs(mean) > bound else 0


def paired_p_value(differences):
    """Two-sided paired t test of a mean of zero; NaN for a single repeat.

    Parameters
    ----------
    differences : ndarray of shape (n_repeats,)
    """
    n = len(differences)
    if n < 2 or not np.isfinite(differences).all():
        return np.nan
    mean, error = differences.mean(), differences.std(ddof=1) / np.sqrt(n)
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(n - 1, -abs(mean) / error))


def end_alike(summary):
    """Whether nothing can be shown, as all end at the baseline's score in every repeat.

    They do where the budget takes the whole pool.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.
    """
    others = summary[summary["verdict"] != "baseline"]
    return len(others) > 0 and bool((others["efficiency_low"] == 1).all())


def judge(interval, lead):
    """Put the interval of the efficiency and the lead over the baseline into words.

    Both must agree. The interval looks at one height of the curves, where a strategy
    may be ahead by chance, or after it was behind all along.

    Parameters
    ----------
    interval : (low, high)
        Of the efficiency; NaN for a single repeat.
    lead : ndarray of shape (n_repeats, n_rounds)
        Over the baseline.
    """
    low, high = interval
    along = lead.mean(axis=1)
    if low > 1 and mean_differs(along) > 0:
        return "fewer labels"
    # The efficiency of what is not reached within the budget is below a bound of 1.
    if high <= 1 and mean_differs(lead[:, -1]) < 0 and mean_differs(along) < 0:
        return "worse"
    return "no difference shown"
