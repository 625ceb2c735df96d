"""Whether a difference between two labeling curves is more than chance."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

_ALPHA = 0.05
_ROUNDING = 1e-12


def differences_of(first, second):
    """Subtract scores; those that differ by rounding alone are equal.

    Sums in another order are no difference, however alike the repeats are.

    Parameters
    ----------
    first, second : ndarray of shapes that broadcast

    Returns
    -------
    differences : ndarray
    """
    differences = first - second
    size = np.maximum(np.abs(first), np.abs(second))
    differences[np.abs(differences) <= _ROUNDING * size] = 0
    return differences


def paired_t_test(differences):
    """Two-sided paired t test of a mean of zero, along the first axis.

    Differences that are all alike, but not zero, have a p-value of 0.

    Parameters
    ----------
    differences : ndarray of shape (n_repeats, ...)
        Of at least two repeats; without rounding, as from `differences_of`.

    Returns
    -------
    p_values, signs : ndarray of shape (...)
        The sign is that of the mean difference.
    """
    n = len(differences)
    mean = differences.mean(axis=0)
    error = differences.std(axis=0, ddof=1) / np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(mean == 0, 0, np.abs(mean) / error)
    return 2 * stdtr(n - 1, -t), np.sign(mean)


def mean_differs(differences):
    """Paired t test at 5 %: the sign of the mean, or 0 if it may be chance.

    Parameters
    ----------
    differences : ndarray of shape (n_repeats,)
    """
    p_value, sign = paired_t_test(differences)
    return int(sign) if p_value < _ALPHA else 0


def paired_p_value(differences):
    """Two-sided paired t test of a mean of zero; NaN for a single repeat.

    Parameters
    ----------
    differences : ndarray of shape (n_repeats,)
    """
    if len(differences) < 2 or not np.isfinite(differences).all():
        return np.nan
    return float(paired_t_test(differences)[0])


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


def contradicted(summary):
    """Strategies whose interval says fewer labels, while the estimate does not.

    The interval aims at the baseline's last mean score, the estimate at the end of the
    monotone curve, which is higher where the mean dips at the end.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.

    Returns
    -------
    labels : list
    """
    missed = (summary["efficiency_low"] > 1) & ~(summary["efficiency"] > 1)
    return list(summary.index[missed])


def judge(interval, lead, efficiency):
    """Put the efficiency, its interval and the lead over the baseline into words.

    All must agree. The interval looks at one height of the curves, where a strategy
    may be ahead by chance, or after it was behind all along. The estimate looks at a
    greater height where the baseline's mean dips at the end.

    Parameters
    ----------
    interval : (low, high)
        Of the efficiency; NaN for a single repeat.
    lead : ndarray of shape (n_repeats, n_rounds)
        Over the baseline.
    efficiency : float
        The estimate; NaN, the target is never reached.
    """
    low, high = interval
    along = lead.mean(axis=1)
    if low > 1 and efficiency > 1 and mean_differs(along) > 0:
        return "fewer labels"
    # The efficiency of what is not reached within the budget is below a bound of 1.
    if high <= 1 and mean_differs(lead[:, -1]) < 0 and mean_differs(along) < 0:
        return "worse"
    return "no difference shown"
