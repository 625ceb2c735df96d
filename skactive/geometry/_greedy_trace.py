"""Greedy choice of rows that tell a linear model most about other rows."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from skactive.geometry import _blocks
from skactive.geometry._dense_rows import dense_rows
from skactive.geometry._picks import check_finite, check_given

__all__ = ["expected_changes", "greedy_change", "greedy_trace", "trace_gains"]

# Gains this close are equal, but for rounding.
_TIE = 1e-9

# Noise below this share of the largest variance is below the resolution.
_LEAST_NOISE = 2.0**-33

# Gains are computed anew once they have lost so many digits to subtraction.
_STALE = 1e-4


def greedy_trace(
    features, n_picks, *, noise, target=None, given=None, oversample=1, rng
):
    """Pick rows one by one, each the one that reduces the total variance most.

    The variances are those of a linear model with standard normal weights, observed
    with noise in the rows chosen so far, summed over the rows of `target`. This is the
    selection of BAIT for a regressor (Ash et al. 2021), whose second half picks too
    many rows and takes back those that matter least. A pick takes one pass over the
    rows.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool. Anything but an ndarray is written out, up to 8192 columns. A matrix
        of the width, squared, is kept.
    n_picks : int
        Number of rows to pick.
    noise : float
        Variance of the noise, positive; raised to 1e-10 of the largest variance.
    target : same width as `features`, default=None
        The rows whose variance counts; None means all of `features`.
    given : array-like of int or None, default=None
        Rows of `features` that are observed already. Never returned.
    oversample : float, default=1
        How many times `n_picks` rows are picked, before the superfluous ones are taken
        back one by one, each the one whose loss adds least variance. 1 takes none back.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in the order in which they were picked. Where no row tells
        anything about the target, the rest is random.

    Raises
    ------
    TypeError
        If sparse or product features are too wide.
    ValueError
        If `n_picks` or `given` do not fit `features`, or these are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import greedy_trace
    >>> points = np.array([[3.0, 0.0], [2.9, 0.1], [0.0, 1.0]])
    >>> greedy_trace(points, 2, noise=0.01, rng=np.random.default_rng(0))
    array([0, 2])
    """
    given = check_given(features.shape[0], n_picks, given)
    rank = rng.permutation(features.shape[0])
    state = _TotalVariance(features, noise, target, given)
    n_left = features.shape[0] - len(given)
    start = state.snapshot()
    picks = _pick(state, min(int(oversample * n_picks), n_left), given, rank)
    return np.array(_without_least(picks, n_picks, *start), dtype=np.int64)


def trace_gains(features, *, noise, target=None):
    """How much variance each row would take away: what `greedy_trace` starts on.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool.
    noise : float
        Variance of the noise, positive.
    target : same width as `features`, default=None
        The rows whose variance counts; None means all of `features`.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import trace_gains
    >>> trace_gains(np.array([[3.0, 0.0], [0.0, 1.0]]), noise=1.0)
    array([8.1, 0.5])
    """
    return _TotalVariance(features, noise, target, []).gains()


def greedy_change(features, n_picks, *, noise, target, given=None, rng):
    """Pick rows one by one, each the one expected to move the target's outputs most.

    A linear model with standard normal weights, observed with noise in the rows chosen
    so far, moves its outputs when one more is observed. The expectation is over what it
    believes of the new observation, and the change is the mean over the rows of
    `target` of its absolute value.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool. Anything but an ndarray is written out, up to 8192 columns.
    n_picks : int
        Number of rows to pick.
    noise : float
        Variance of the noise, positive; raised to 1e-10 of the largest variance.
    target : same width as `features`
        The rows whose outputs count, a few hundred: a number is kept for each of them
        and each row of the pool.
    given : array-like of int or None, default=None
        Rows of `features` that are observed already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Where no row changes anything, the rest is random.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import greedy_change
    >>> points = np.array([[3.0, 0.0], [2.9, 0.1], [0.0, 1.0]])
    >>> rng = np.random.default_rng(0)
    >>> greedy_change(points, 2, noise=0.01, target=points, rng=rng)
    array([1, 2])
    """
    given = check_given(features.shape[0], n_picks, given)
    rank = rng.permutation(features.shape[0])
    state = _AbsoluteChange(features, noise, target, given)
    return np.array(_pick(state, n_picks, given, rank), dtype=np.int64)


def expected_changes(features, *, noise, target):
    """How far each row is expected to move the target: `greedy_change` starts on it.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool.
    noise : float
        Variance of the noise, positive.
    target : same width as `features`
        The rows whose outputs count.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import expected_changes
    >>> rows = np.array([[3.0], [0.0]])
    >>> expected_changes(rows, noise=1.0, target=rows[:1]).round(4)
    array([2.2708, 0.    ])
    """
    return _AbsoluteChange(features, noise, target, []).gains()


def _pick(state, n_picks, given, rank):
    left = np.ones(len(rank), dtype=bool)
    left[given] = False
    picks = []
    while True:
        gains = np.where(left, state.gains(), -1)
        tied = np.flatnonzero(gains >= (1 - _TIE) * gains.max())
        picks.append(tied[rank[tied].argmin()])
        left[picks[-1]] = False
        if len(picks) == n_picks:
            return picks
        state.observe(picks[-1])


class _LinearModel:
    """What is known of the weights: their covariance is ``root @ root.T``.

    The root keeps twice the digits that the covariance itself would: a variance is a
    sum of squares, and no small difference of large numbers.

    Attributes
    ----------
    variances : ndarray of shape (n_rows,)
        Of the output of each row.
    """

    def __init__(self, features, noise, target, given):
        who = "A linear model of these features"
        self.features = dense_rows(features, who)
        self.target = self.features if target is None else dense_rows(target, who)
        self.root = np.eye(self.features.shape[1])
        self.is_prior = True
        with np.errstate(over="ignore", invalid="ignore"):  # the result is checked
            norms = self._by_rows(_blocks.block_norms)
        check_finite(norms)
        largest = max(norms.max(), np.finfo(float).tiny / _LEAST_NOISE)
        self.noise = max(noise, _LEAST_NOISE * largest)
        self._start()
        for row in given:
            self._condition(*self._seen_from(row))
        self._measure()

    def _by_rows(self, function, features=None):
        """Apply a function to blocks of rows in double precision."""
        features = self.features if features is None else features
        return np.concatenate(
            [
                function(_blocks.shifted(features[rows], None))
                for rows in _blocks.row_chunks(
                    features.shape[0], _blocks.row_bytes(features)
                )
            ]
        )

    def _whitened(self, block):
        """Rows in coordinates in which the weights are standard normal."""
        return block if self.is_prior else block @ self.root

    def _seen_from(self, row):
        """One such row, and the variance of its output."""
        whitened = self._whitened(self.features[row].astype(np.float64))
        return whitened, whitened @ whitened

    def _condition(self, whitened, variance):
        """Observe a row: shrink the covariance along one direction."""
        if variance > 0:
            self.is_prior = False
            shrink = 1 - np.sqrt(self.noise / (variance + self.noise))
            direction = self.root @ whitened
            self.root -= np.outer((shrink / variance) * direction, whitened)


class _TotalVariance(_LinearModel):
    """Reduction of the summed variance of the target.

    Attributes
    ----------
    moments : ndarray of shape (n_features, n_features)
        Sum of the outer products of the target's rows, in the coordinates of the root.
    covered : ndarray of shape (n_rows,)
        Sum of the squared covariances of each row with the rows of the target.
    """

    def _start(self):
        self.moments = 0
        for rows in _blocks.row_chunks(len(self.target), 8 * self.target.shape[1]):
            block = _blocks.shifted(self.target[rows], None)
            self.moments = self.moments + block.T @ block

    def snapshot(self):
        return self.features, self.root.copy(), self.moments.copy(), self.noise

    def _measure(self):
        both = self._by_rows(self._of_block)
        self.variances, self.covered = both[:, 0].copy(), both[:, 1].copy()
        self.largest = self.covered.max()

    def _of_block(self, block):
        whitened = self._whitened(block)
        covered = np.einsum("ij,ij->i", whitened @ self.moments, whitened)
        return np.column_stack([_blocks.block_norms(whitened), covered])

    def gains(self):
        if self.covered.max() < _STALE * self.largest:
            self._measure()
        return np.maximum(self.covered, 0) / (self.variances + self.noise)

    def observe(self, row):
        whitened, variance = self._seen_from(row)
        total = variance + self.noise
        seen = self.moments @ whitened
        directions = self.root @ np.column_stack([whitened, seen])
        covariances, products = self._by_rows(lambda block: block @ directions).T
        shares = covariances / total
        self.variances = np.maximum(self.variances - shares * covariances, 0)
        self.covered += shares * (shares * (whitened @ seen) - 2 * products)
        self._condition(whitened, variance)

    def _condition(self, whitened, variance):
        super()._condition(whitened, variance)
        if variance > 0:
            shrink = (1 - np.sqrt(self.noise / (variance + self.noise))) / variance
            seen = self.moments @ whitened
            half = seen - (shrink / 2 * (whitened @ seen)) * whitened
            change = shrink * np.outer(whitened, half)
            self.moments -= change + change.T


class _AbsoluteChange(_LinearModel):
    """Mean absolute change of the target's outputs.

    Attributes
    ----------
    covariances : ndarray of shape (n_rows, n_targets)
        Of the outputs of each row and the rows of the target.
    """

    def _start(self):
        pass

    def _measure(self):
        whitened = self._by_rows(self._whitened, self.target)
        towards = self.root @ whitened.T
        n_rows, n_targets = len(self.features), len(self.target)
        self.covariances, self.means = np.empty((n_rows, n_targets)), np.empty(n_rows)
        for rows in self._chunks():
            block = _blocks.shifted(self.features[rows], None)
            self.covariances[rows] = block @ towards
            self.means[rows] = np.abs(self.covariances[rows]).mean(axis=1)
        self.variances = self._by_rows(
            lambda block: _blocks.block_norms(self._whitened(block))
        )

    def _chunks(self):
        width = _blocks.row_bytes(self.features) + 16 * len(self.target)
        return _blocks.row_chunks(len(self.features), width)

    def gains(self):
        # The shift per unit of the observation, times the mean of |observation|.
        return np.sqrt(2 / np.pi) * self.means / np.sqrt(self.variances + self.noise)

    def observe(self, row):
        whitened, variance = self._seen_from(row)
        direction = self.root @ whitened
        seen = self._by_rows(lambda block: block @ direction)
        shares = seen / (variance + self.noise)
        own = self.covariances[row].copy()
        for rows in self._chunks():
            self.covariances[rows] -= np.outer(shares[rows], own)
            self.means[rows] = np.abs(self.covariances[rows]).mean(axis=1)
        self.variances = np.maximum(self.variances - shares * seen, 0)
        self._condition(whitened, variance)


def _without_least(picks, n_picks, features, root, moments, noise):
    """Take back picks until `n_picks` are left, each the one that is missed least.

    With K the covariance of the picks before any was observed, P the inverse of K plus
    noise and Q their squared covariances with the target, the picks take away the trace
    of PQ. Without row i it is less by ``(PQP)_ii / P_ii``.
    """
    if len(picks) == n_picks:
        return picks
    whitened = features[picks].astype(np.float64) @ root
    K = whitened @ whitened.T
    K[np.diag_indices_from(K)] += noise
    P = cho_solve(cho_factor(K), np.eye(len(K)))
    G = P @ (whitened @ moments @ whitened.T) @ P
    kept = np.arange(len(picks))
    while len(kept) > n_picks:
        losses = G.diagonal() / P.diagonal()
        # Of equal ones the last pick goes.
        least = np.flatnonzero(losses <= (1 + _TIE) * max(losses.min(), 0))
        i = least[-1] if len(least) else losses.argmin()
        p, g = P[:, i] / P[i, i], G[:, i]
        change = np.outer(p, g - G[i, i] / 2 * p)
        G = G - change - change.T
        P = P - np.outer(p, P[i])
        rest = np.delete(np.arange(len(kept)), i)
        G, P, kept = G[np.ix_(rest, rest)], P[np.ix_(rest, rest)], kept[rest]
    return [picks[k] for k in kept]
