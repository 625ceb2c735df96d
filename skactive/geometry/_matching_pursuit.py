"""Few rows, with weights, whose weighted sum comes close to the sum of all."""

import numpy as np
from scipy.linalg import cholesky
from scipy.linalg.blas import dtpsv

from skactive.geometry._distances import (
    inner_products,
    products_with_total,
    row_total,
    squared_norms,
)
from skactive.geometry._picks import check_finite, check_given

__all__ = ["matching_pursuit"]

# Cosines with what is missing below this are rounding.
_ALIGNED = 1e-10
# A row whose part outside the span of the picks is below this share adds nothing.
_NEW = 1e-12


def matching_pursuit(features, n_picks, *, penalty=0.0, tolerance=1e-4, rng):
    """Pick rows, and weights ≥ 0, whose weighted sum comes close to the sum of all.

    Orthogonal matching pursuit with non-negative weights: each step takes the row best
    aligned with what is missing of the sum, then finds the weights of all picks that
    minimise ``|sum - weighted sum|² + penalty |weights|²``. A pick whose weight falls
    to zero leaves and may come back. So this is the algorithm of Lawson and Hanson
    (1974), stopped at so many rows.

    A step takes one pass over the rows, a product with what is missing, and the inner
    products of the picks, from which come their weights.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool. What is missing of the sum of product features is kept as a matrix of
        shape (n_left, n_right).
    n_picks : int
        Number of rows to pick at most.
    penalty : float, default=0.0
        Keeps weights small and alike.
    tolerance : float, default=1e-4
        Where less than this share of the length of the sum is missing, no more rows
        are picked.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    rows : ndarray of shape (n_rows,), int64
        Distinct rows in pick order: fewer than `n_picks`, or none, where no row is
        aligned with what is missing.
    weights : ndarray of shape (n_rows,), float64
        Their weights, all positive.

    Raises
    ------
    ValueError
        If `n_picks` does not fit `features`, or these are not finite.

    References
    ----------
    Killamsetty et al. (2021), "GRAD-MATCH: Gradient Matching based Data Subset
    Selection for Efficient Deep Model Training".

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import matching_pursuit
    >>> points = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    >>> rows, weights = matching_pursuit(points, 2, rng=np.random.default_rng(0))
    >>> rows
    array([1, 2])
    >>> weights
    array([1.5, 1. ])
    """
    n_rows = features.shape[0]
    check_given(n_rows, n_picks, None)
    with np.errstate(over="ignore", invalid="ignore"):  # the result is checked
        squares = squared_norms(features)
    check_finite(squares)
    order = rng.permutation(n_rows)
    picks, reached = _Picks(features, n_picks, penalty), -1.0
    missing = picks.missing()
    length = _square(missing)
    least = _ALIGNED * np.sqrt(squares * length)
    while len(picks) < n_picks and _square(missing) > tolerance**2 * length:
        if picks.reached() <= reached:
            break  # rounding: in exact numbers every step gets closer
        reached = picks.reached()
        gains = products_with_total(features, missing)
        gains[gains <= least] = -np.inf
        gains[picks.rows] = -np.inf
        while gains.max() > -np.inf:
            row = order[gains[order].argmax()]
            if picks.add(row):
                break
            gains[row] = -np.inf
        else:
            break
        missing = picks.missing()
    return picks.rows, picks.weights


def _square(total):
    return sum(np.vdot(part, part) for part in total)


class _Picks:
    """Rows, and the best weights ≥ 0 there are for them."""

    def __init__(self, features, n_picks, penalty):
        self.features = features
        self.penalty = penalty
        self.total = row_total(features)
        self.rows, self.weights = np.empty(0, dtype=np.int64), np.empty(0)
        # Of the picks: products with the sum of all rows, with each other, and the
        # upper Cholesky factor of these, column after column. Memory is taken as far
        # as there are picks.
        self.wanted = np.empty(0)
        self.products = np.empty((n_picks, n_picks))
        self.factor = np.empty(n_picks * (n_picks + 1) // 2)

    def __len__(self):
        return len(self.rows)

    def missing(self):
        """The sum of all rows less the weighted sum of the picks."""
        if not len(self):
            return self.total
        reached = row_total(self.features[self.rows], self.weights)
        return [all_ - part for all_, part in zip(self.total, reached, strict=True)]

    def reached(self):
        """What the picks take off the objective."""
        return self.weights @ self.wanted

    def add(self, row):
        """Take a row, unless it brings nothing new; say whether it does."""
        size, rows = len(self), np.append(self.rows, row)
        new = self.features[[row]]
        products = inner_products(self.features[rows], new)[:, 0]
        square = products[-1] + self.penalty
        across = self._solved(products[:-1], trans=1)
        rest = square - across @ across
        if rest <= _NEW * square:
            return False
        wanted = np.append(self.wanted, products_with_total(new, self.total))
        column = self.factor[size * (size + 1) // 2 :][: size + 1]
        column[:size], column[size] = across, np.sqrt(rest)
        best = self._best(wanted)
        if best[-1] <= 0:
            return False
        self.products[size, : size + 1] = self.products[: size + 1, size] = products
        self.rows, self.wanted = rows, wanted
        self.weights = np.append(self.weights, 0.0)
        while best.min(initial=np.inf) <= 0:
            self._leave(best)
            best = self._best(self.wanted)
        self.weights = best
        return True

    def _leave(self, best):
        """Go towards `best` until weights are zero, and let their rows go."""
        falling = best <= 0
        shares = np.ones(len(best))
        shares[falling] = self.weights[falling] / (self.weights - best)[falling]
        stay = np.flatnonzero(shares > shares.min())
        moved = self.weights + shares.min() * (best - self.weights)
        self.rows, self.wanted = self.rows[stay], self.wanted[stay]
        self.weights = np.maximum(moved[stay], 0)
        size = len(stay)
        self.products[:size, :size] = self.products[np.ix_(stay, stay)]
        inner = self.products[:size, :size] + self.penalty * np.eye(size)
        if size:
            factor = cholesky(inner, lower=True)[np.tril_indices(size)]
            self.factor[: len(factor)] = factor

    def _best(self, wanted):
        """Weights that come closest, of any sign."""
        return self._solved(self._solved(wanted, trans=1), trans=0)

    def _solved(self, values, trans):
        size = len(values)
        return dtpsv(size, self.factor, values, trans=trans) if size else values
