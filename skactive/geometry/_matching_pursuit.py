"""Few rows, with weights, whose weighted sum comes close to the sum of all."""

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from skactive.geometry._distances import (
    inner_products,
    products_with_sum,
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

    Only inner products are needed. A step takes one pass over the rows and a product of
    the columns of the picks' inner products, kept in memory, with their weights.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool.
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
    wanted = products_with_sum(features)
    length = max(wanted.sum(), 0.0)
    order = rng.permutation(n_rows)
    least = _ALIGNED * np.sqrt(squares * length)
    picks, reached = _Picks(n_rows, n_picks, wanted, penalty), -1.0
    while len(picks) < n_picks and picks.missing(length) > tolerance**2 * length:
        if picks.reached() <= reached:
            break  # rounding: in exact numbers every step gets closer
        reached = picks.reached()
        gains = picks.gains()
        gains[gains <= least] = -np.inf
        gains[picks.rows] = -np.inf
        while gains.max() > -np.inf:
            row = order[gains[order].argmax()]
            column = inner_products(features, features[[row]])[:, 0]
            if picks.add(row, column):
                break
            gains[row] = -np.inf
        else:
            break
    return picks.rows, picks.weights


class _Picks:
    """Rows, and the best weights ≥ 0 there are for them."""

    def __init__(self, n_rows, n_picks, wanted, penalty):
        self.wanted = wanted
        self.penalty = penalty
        self.rows, self.weights = np.empty(0, dtype=np.int64), np.empty(0)
        # Columns of inner products, and the Cholesky factor of those of the picks;
        # memory is taken as far as there are picks.
        self.columns = np.empty((n_picks, n_rows))
        self.factor = np.empty((n_picks, n_picks))

    def __len__(self):
        return len(self.rows)

    def gains(self):
        """Product of every row with what is missing of the sum."""
        return self.wanted - self.weights @ self.columns[: len(self)]

    def reached(self):
        """What the picks take off the objective."""
        return self.weights @ self.wanted[self.rows]

    def missing(self, length):
        """Square of what is missing of a sum whose square is `length`."""
        return length - self.reached() - self.penalty * (self.weights @ self.weights)

    def add(self, row, column):
        """Take a row, unless it brings nothing new; say whether it does."""
        size = len(self)
        square = column[row] + self.penalty
        across = self._solved(column[self.rows])
        rest = square - across @ across
        if rest <= _NEW * square:
            return False
        self.columns[size] = column
        self.factor[size, :size], self.factor[size, size] = across, np.sqrt(rest)
        self.rows = np.append(self.rows, row)
        best = self._best()
        if best[-1] <= 0:
            self.rows = self.rows[:-1]
            return False
        self.weights = np.append(self.weights, 0.0)
        while best.min(initial=np.inf) <= 0:
            self._leave(best)
            best = self._best()
        self.weights = best
        return True

    def _leave(self, best):
        """Go towards `best` until weights are zero, and let their rows go."""
        falling = best <= 0
        shares = np.ones(len(best))
        shares[falling] = self.weights[falling] / (self.weights - best)[falling]
        stays = shares > shares.min()
        moved = self.weights + shares.min() * (best - self.weights)
        self.columns[: stays.sum()] = self.columns[: len(self)][stays]
        self.rows, self.weights = self.rows[stays], np.maximum(moved[stays], 0)
        size = len(self)
        products = self.columns[:size, self.rows] + self.penalty * np.eye(size)
        self.factor[:size, :size] = cholesky(products, lower=True)

    def _best(self):
        """Weights that come closest, of any sign."""
        return self._solved(self._solved(self.wanted[self.rows]), trans=1)

    def _solved(self, values, trans=0):
        size = len(values)
        if not size:
            return values
        factor = self.factor[:size, :size]
        return solve_triangular(factor, values, trans, lower=True, check_finite=False)
