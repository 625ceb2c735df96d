"""Sampling in proportion to doubt and to the distance from what is picked."""

import numpy as np

from skactive.geometry._picks import check_given
from skactive.geometry._probabilities import top_two
from skactive.geometry._stream import stream

__all__ = ["probability_contrast"]


def probability_contrast(P, n_picks, *, gamma=10.0, given=None, rng):
    """Draw rows of probabilities that are unsure, or unlike those drawn before.

    FALCUN (Gilhuber et al. 2024). A row's contrast is at first its doubt, 1 less the
    gap of its two largest numbers, and then at most its distance, the sum of absolute
    differences, to any row drawn. A draw goes by ``(doubt + contrast) ** gamma``, where
    contrast is scaled to run from 0 to 1 over the rows left, or is 0 where it is the
    same for all.

    Parameters
    ----------
    P : ndarray of shape (n_rows, n_classes), float32 or float64
        Probabilities.
    n_picks : int
        Number of rows to draw.
    gamma : float, default=10.0
        Not negative.
    given : array-like of int or None, default=None
        Rows that are drawn already. Never returned.
    rng : numpy.random.Generator
        Draws the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Where all weights are zero, a draw is uniform.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import probability_contrast
    >>> P = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])
    >>> rng = np.random.default_rng(0)
    >>> probability_contrast(P, 1, gamma=100, given=[0], rng=rng)
    array([2])
    """
    given = check_given(len(P), n_picks, given)
    best, second = top_two(P)
    doubt = 1 - (best.astype(np.float64) - second)
    contrast = doubt.copy()
    left = np.ones(len(P), dtype=bool)
    for row in given:
        _approach(contrast, P, row)
    left[given] = False
    picks = []
    while True:
        weights = _weights(doubt, contrast, left, gamma)
        picks.append(_draw(weights, left, rng))
        left[picks[-1]] = False
        if len(picks) == n_picks:
            return np.array(picks, dtype=np.int64)
        _approach(contrast, P, picks[-1])


def _approach(contrast, P, row):
    """Take one more drawn row into account."""
    ones = np.ones(P.shape[1], dtype=P.dtype)

    def measure(rows, scratch):
        np.subtract(P[rows], P[row], out=scratch)
        np.abs(scratch, out=scratch)
        np.minimum(contrast[rows], scratch @ ones, out=contrast[rows])

    stream(measure, P)


def _weights(doubt, contrast, left, gamma):
    lowest = contrast.min(where=left, initial=np.inf)
    spread = contrast.max(where=left, initial=-np.inf) - lowest
    weights = doubt.copy()
    if spread > 0:
        weights += (contrast - lowest) / spread
    weights[~left] = 0
    largest = weights.max()
    if largest > 0:
        weights /= largest  # no power of it overflows
    weights **= gamma
    weights[~left] = 0  # where gamma is zero
    return weights


def _draw(weights, left, rng):
    cumulated = np.cumsum(weights)
    if cumulated[-1] == 0:
        return rng.choice(np.flatnonzero(left))
    row = cumulated.searchsorted(rng.random() * cumulated[-1], side="right")
    if row == len(weights) or weights[row] == 0:  # rounding, at the very end
        row = np.flatnonzero(weights)[-1]
    return row
