"""Interval of the labeling efficiency by inverting a paired t test."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from skactive.simulation._paired_test import differences_of

_ALPHA = 0.05


def efficiency_intervals(curves, baseline):
    """95 % interval of the efficiency at the baseline's final score.

    A number of labels stays in the interval unless a paired t test over the repeats
    tells the score that the strategy has there from the baseline's final one. Between
    two rounds every repeat's score is linear in the logarithm of the number of labels.

    Parameters
    ----------
    curves : PairedCurves
        Of at least two repeats.
    baseline : str

    Returns
    -------
    intervals : dict of str -> (low, high)
        Low is 0 where it is not shown that the strategy gets there at all, and 1 where
        all that is shown is that it ends at the same score in every repeat. High is 1
        where it is shown that it gets there with the last labels, if at all.
    """
    n_labeled = curves.n_labeled.mean(axis=0)
    reference = curves.scores[baseline]
    return {
        label: (1.0, 1.0)
        if not differences_of(scores, reference).any()
        else _interval(n_labeled, differences_of(scores, reference[:, -1:]))
        for label, scores in curves.scores.items()
    }


def _interval(n_labeled, ahead):
    """Interval from the lead over the target, of shape (n_repeats, n_rounds)."""
    first, last = _unrejected(ahead)
    mean = ahead.mean(axis=0)
    n_rounds = len(n_labeled)
    least = 0 if mean[0] > 0 else min(first, n_rounds - 1)
    # Behind at the end: what happened to be equal on the way is no arrival.
    arrives = mean[-1] > 0 and last < n_rounds - 1
    if arrives:
        low = _efficiency_at(n_labeled, max(last, 0))
    else:
        low = 0.0 if ahead[:, -1].any() else 1.0
    return low, _efficiency_at(n_labeled, least)


def _unrejected(ahead):
    """First and last place, in rounds, where the lead may be zero.

    The t test does not reject where mean² <= t² sd² / n. Between two rounds both sides
    are quadratic in the place.

    Returns
    -------
    first, last : float
        inf and -inf if there is no such place.
    """
    n = len(ahead)
    mean, rest = ahead.mean(axis=0), ahead - ahead.mean(axis=0)
    scale = stdtrit(n - 1, 1 - _ALPHA / 2) ** 2 / (n * (n - 1))

    def form(a, b, c, d):
        return a * b - scale * (c * d).sum(axis=0)

    step, turn = np.diff(mean), np.diff(rest, axis=1)
    start = form(mean, mean, rest, rest)
    places = [*np.flatnonzero(start <= 0).astype(float)]
    # Repeats that hardly differ leave a double root there, which rounding may lose.
    crossed = np.flatnonzero(mean[:-1] * mean[1:] < 0)
    places += [*(crossed - mean[crossed] / step[crossed])]
    for r in range(len(step)):
        square = form(step[r], step[r], turn[:, r], turn[:, r])
        linear = 2 * form(mean[r], step[r], rest[:, r], turn[:, r])
        for root in np.roots([square, linear, start[r]]):
            if np.isreal(root) and 0 < root.real < 1:
                places.append(r + root.real)
    return min(places, default=np.inf), max(places, default=-np.inf)


def _efficiency_at(n_labeled, place):
    """All labels, divided by those at a place; exactly 1 at the last round."""
    logs = np.log(n_labeled)
    return float(np.exp(logs[-1] - np.interp(place, np.arange(len(logs)), logs)))
