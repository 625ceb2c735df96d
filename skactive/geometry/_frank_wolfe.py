"""Bayesian core-sets: rows whose weighted sum comes close to the sum of all."""

import numpy as np

from skactive.geometry._distances import (
    inner_products,
    products_with_sum,
    squared_norms,
)
from skactive.geometry._picks import check_finite, check_given

__all__ = ["frank_wolfe", "frank_wolfe_scores"]

# Alignments with what is missing that differ by this share of the whole are equal.
_TIE = 1e-12


def frank_wolfe(features, n_picks, *, given=None, rng):
    """Pick rows whose weighted sum comes close to the sum of all rows.

    The algorithm of Frank and Wolfe on the polytope whose corners are the rows, scaled
    to a common length. Each pick is the row best aligned with what is still missing of
    the sum, and its step is the best one along the line to its corner. A row picked
    before is not picked again, though its weight may still be too small (Pinsler et al.
    2019, with the mask of Holzmüller et al. 2023). A pick takes one pass over the rows.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool. The sum of product features is kept as a matrix of shape
        (n_left, n_right).
    n_picks : int
        Number of rows to pick.
    given : array-like of int or None, default=None
        Rows of `features` that are picked already, and take their steps first. Never
        returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Rows of zeros come last, and once nothing is
        missing the order is random.

    Raises
    ------
    ValueError
        If `n_picks` or `given` do not fit `features`, or these are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import frank_wolfe
    >>> points = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> frank_wolfe(points, 1, rng=np.random.default_rng(0))
    array([2])
    """
    n_rows = features.shape[0]
    given = check_given(n_rows, n_picks, given)
    rank = rng.permutation(n_rows)
    state = _WeightedSum(features)
    left = np.isin(np.arange(n_rows), given)
    for _ in given:
        state.step(_best(state, left, rank))
    left = ~np.isin(np.arange(n_rows), given)
    picks = []
    while len(picks) < n_picks:
        picks.append(_best(state, left, rank))
        state.step(picks[-1])
    return np.array(picks, dtype=np.int64)


def frank_wolfe_scores(features):
    """Alignment of each row with the sum of all: what `frank_wolfe` starts on.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        Cosine of the angle between the row and the sum, -1 for a row of zeros.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import frank_wolfe_scores
    >>> frank_wolfe_scores(np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 1.5]]))
    array([ 0.8, -1. ,  0.6])
    """
    state = _WeightedSum(features)
    scores = state.scores() / (state.length or 1)
    return np.where(state.norms > 0, scores, -1)


def _best(state, left, rank):
    """Take the best row of those that are `left`."""
    scores = np.where(left, state.scores(), -np.inf)
    tied = np.flatnonzero(left & (scores >= scores.max() - _TIE * state.length))
    best = tied[rank[tied].argmin()]
    left[best] = False
    return best


class _WeightedSum:
    """How far the weighted sum of the steps is from the sum of all rows.

    Neither vector is kept after the start: a step changes the products of every row
    with the weighted sum by those with the row of the step.

    Attributes
    ----------
    norms : ndarray of shape (n_rows,)
        Lengths of the rows.
    length : float
        Length of the sum of all rows.
    wanted, reached : ndarray of shape (n_rows,)
        Products of each row with the sum of all, and with the weighted sum.
    """

    def __init__(self, features):
        self.features = features
        with np.errstate(over="ignore", invalid="ignore"):  # the result is checked
            squares = squared_norms(features)
        check_finite(squares)
        self.norms = np.sqrt(squares)
        self.wanted = products_with_sum(features)
        self.reached = np.zeros(len(squares))
        self.length = np.sqrt(max(self.wanted.sum(), 0))
        # Products of the weighted sum with the sum of all, and with itself.
        self.reached_of_wanted = self.reached_of_itself = 0.0

    def scores(self):
        """Length of what is missing, along each row; the least of all for zeros."""
        missing = self.wanted - self.reached
        lengths = np.where(self.norms > 0, self.norms, 1)
        return np.where(self.norms > 0, missing / lengths, -np.finfo(float).max)

    def step(self, row):
        """Move to the best point between the weighted sum and a row's corner."""
        if self.norms[row] == 0:
            return
        scale = self.norms.sum() / self.norms[row]
        square = self.norms.sum() ** 2
        across = scale * self.reached[row]
        wanted = scale * self.wanted[row]
        ahead = (wanted - across) - (self.reached_of_wanted - self.reached_of_itself)
        span = square - 2 * across + self.reached_of_itself
        share = min(max(ahead / span, 0), 1) if span > 0 else 0
        if share == 0:
            return
        self.reached_of_itself = (
            (1 - share) ** 2 * self.reached_of_itself
            + 2 * share * (1 - share) * across
            + share**2 * square
        )
        self.reached_of_wanted += share * (wanted - self.reached_of_wanted)
        column = inner_products(self.features, self.features[[row]])[:, 0]
        self.reached += share * (scale * column - self.reached)
