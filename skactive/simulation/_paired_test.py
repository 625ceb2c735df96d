"""Paired scores: their differences without rounding, and whether the mean is zero."""

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
