"""Greedy log-determinants by a pivoted Cholesky factorization of what is looked at."""

import numpy as np
from scipy.linalg import solve_triangular

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind
from skactive.geometry._picks import check_finite, check_given
from skactive.geometry._similarity import CosineSimilarity, InnerProduct
from skactive.geometry._unit_rows import unit_rows

__all__ = ["pivoted_cholesky", "residual_variances"]

# Variances closer than this share of the largest one differ by rounding.
_RESOLUTION = 2.0**-33

# Rows measured at once: first so many, then twice as many each time, up to the limit.
_N_MEASURED = 32
_MOST_MEASURED = 2048


def pivoted_cholesky(
    features, n_picks, *, kernel=None, noise=0.0, centers=None, given=None, rng
):
    """Pick rows one by one, each the one of the largest variance given the others.

    The variances are those of a Gaussian process with this kernel, observed with noise
    in the rows chosen so far. The picks are those of the greedy algorithm for the
    log-determinant of the kernel matrix plus noise. Exact, but lazy: a variance only
    shrinks, so an old one is an upper bound, and only the largest are computed again.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    n_picks : int
        Number of rows to pick.
    kernel : kernel, default=None
        Positive semi-definite; None means `skactive.geometry.InnerProduct`.
    noise : float, default=0.0
        Variance of the noise. With none, copies of chosen rows have no variance left.
    centers : same kind as `features`, of shape (n_centers, n_features), or None
        Chosen already, but not part of the pool: the labeled samples.
    given : array-like of int or None, default=None
        Rows of `features` that are chosen already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Where no variance is left, the rest is random.

    Raises
    ------
    TypeError
        If `centers` is not of the same kind as `features`.
    ValueError
        If `n_picks`, `given` or the width of `centers` do not fit `features`, or the
        features are not finite.

    Notes
    -----
    Memory grows with the square of the number of rows chosen, and for each row that is
    looked at again with that number: all rows of the pool at worst. Of dense centers,
    under an inner product or a cosine, no more count than there are columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import pivoted_cholesky
    >>> points = np.array([[3.0, 0.0], [2.9, 0.1], [0.0, 1.0]])
    >>> pivoted_cholesky(points, 2, rng=np.random.default_rng(0))
    array([0, 2])
    """
    given = check_given(features.shape[0], n_picks, given)
    order = rng.permutation(features.shape[0])
    state = _Conditioned(features, kernel, noise, centers, given, n_picks, order)
    picks = []
    while len(picks) < n_picks:
        top = state.bounds.argmax()
        if state.bounds[top] <= 0:
            picks.extend(order[state.bounds > -np.inf])
        elif state.n_seen[top] == state.n_chosen:
            picks.append(order[top])
            state.choose(top)
        else:
            state.measure(top)
    return np.array(picks[:n_picks], dtype=np.int64)


def residual_variances(features, *, kernel=None, noise=0.0, centers=None):
    """Variance of each row given the centers: the pivots `pivoted_cholesky` starts on.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    kernel : kernel, default=None
        Positive semi-definite; None means `skactive.geometry.InnerProduct`.
    noise : float, default=0.0
        Variance of the noise.
    centers : same kind as `features`, of shape (n_centers, n_features), or None
        Where the process is observed.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import residual_variances
    >>> residual_variances(np.array([[1.0, 2.0]]), centers=np.array([[5.0, 0.0]]))
    array([4.])
    """
    order = np.arange(features.shape[0])
    return _Conditioned(features, kernel, noise, centers, order[:0], 0, order).bounds


class _Conditioned:
    """A Gaussian process observed in the chosen rows.

    With K the kernel matrix of the chosen rows and C the lower Cholesky factor of K and
    the noise, the `factor` of a row solves C f = k, where k is its kernel with the
    chosen ones; its variance is its prior variance less the squared norm of f. Bounds
    and `n_seen` are in the random `order` of the rows.

    Attributes
    ----------
    bounds : ndarray of shape (n_rows,)
        Variances, exact or too large; -inf for chosen rows.
    n_seen : ndarray of shape (n_rows,)
        How many chosen rows the factor of a row takes into account.
    """

    def __init__(self, features, kernel, noise, centers, given, n_picks, order):
        if centers is None:
            centers = features[:0]
        check_same_kind(features, centers, "centers")
        kernel = InnerProduct() if kernel is None else kernel
        with np.errstate(over="ignore", invalid="ignore"):  # the results are checked
            of_centers = kernel.diagonal(centers)
            check_finite(of_centers)
            features, centers, kernel = _with_fewer_centers(features, centers, kernel)
            self.prior = kernel.diagonal(features)
            check_finite(self.prior)
        self.features = features
        self.centers = centers
        self.kernel = kernel
        self.rows = list(given)
        self.order = order
        self.unit = _RESOLUTION * max(self.prior.max(), np.finfo(float).tiny)
        # So little noise is below the resolution, and keeps factors well-defined.
        largest = max(self.prior.max(), of_centers.max(initial=0))
        self.noise = max(noise, _RESOLUTION / 8 * largest, self.unit / 8)
        self.n_chosen = centers.shape[0] + len(given)
        n_columns = self.n_chosen + n_picks
        self.cholesky = np.zeros((n_columns, n_columns))
        self._factorize()
        self.slots = np.full(len(order), -1)
        self.factors = np.empty((0, n_columns))
        self.n_used = 0
        self.n_seen = np.zeros(len(order), dtype=np.intp)
        self.bounds = self._first_bounds()[order]
        self.bounds[np.isin(order, given)] = -np.inf
        self.n_measured = _N_MEASURED

    def _factorize(self):
        n = self.n_chosen
        if n:
            both = (self.centers, self.features[self.rows])
            K = np.vstack([self._with_chosen(part, 0) for part in both])
            np.fill_diagonal(K, K.diagonal() + self.noise)
            self.cholesky[:n, :n] = np.linalg.cholesky(K)

    def _with_chosen(self, part, since):
        """Kernel of some rows with the chosen ones, from the number `since` on."""
        n_centers = self.centers.shape[0]
        blocks = [self.features[self.rows[max(since - n_centers, 0) :]]]
        if since < n_centers:
            blocks.insert(0, self.centers[since:])
        return np.hstack([self.kernel.matrix(part, block) for block in blocks])

    def _first_bounds(self):
        """Variances before the first pick, in one pass that keeps no factors."""
        variances = self.prior.copy()
        n = self.n_chosen
        if n:
            width = _blocks.row_bytes(self.features) + 16 * n
            for rows in _blocks.row_chunks(len(variances), width):
                columns = self._with_chosen(self.features[rows], 0).T
                factors = _solve(self.cholesky[:n, :n], columns)
                variances[rows] -= np.einsum("ij,ij->j", factors, factors)
        return self._rounded(variances)

    def _rounded(self, variances):
        return np.round(np.maximum(variances, 0) / self.unit) * self.unit

    def choose(self, top):
        n = self.n_chosen
        factor = self.factors[self.slots[top], :n] if n else np.empty(0)
        variance = self.prior[self.order[top]] - factor @ factor
        self.cholesky[n, :n] = factor
        self.cholesky[n, n] = np.sqrt(variance + self.noise)
        self.rows.append(self.order[top])
        self.n_chosen += 1
        self.bounds[top] = -np.inf
        self.n_measured = _N_MEASURED

    def measure(self, top):
        """Make one bound exact, and the next largest with it.

        Only rows that have missed no more than the first one, so that one product of
        matrices serves all.
        """
        since, n = self.n_seen[top], self.n_chosen
        may = (self.n_seen >= since) & (self.n_seen < n) & (self.bounds > -np.inf)
        some = np.flatnonzero(may)
        if len(some) > self.n_measured:
            largest = np.argpartition(self.bounds[some], -self.n_measured)
            some = np.union1d(some[largest[-self.n_measured :]], top)
        self.n_measured = min(2 * self.n_measured, _MOST_MEASURED)

        slots = self._slots(some)
        columns = self._with_chosen(self.features[self.order[some]], since).T
        columns -= self.cholesky[since:n, :since] @ self.factors[slots, :since].T
        columns = _solve(self.cholesky[since:n, since:n], columns)
        self.factors[slots, since:n] = columns.T
        factors = self.factors[slots, :n]
        variances = self.prior[self.order[some]]
        variances -= np.einsum("ij,ij->i", factors, factors)
        self.bounds[some] = self._rounded(variances)
        self.n_seen[some] = n

    def _slots(self, some):
        """Where the factors of some rows are kept; rows not seen before get a place."""
        new = some[self.slots[some] < 0]
        self.slots[new] = self.n_used + np.arange(len(new))
        self.n_used += len(new)
        if self.n_used > len(self.factors):
            size = min(max(2 * len(self.factors), self.n_used), len(self.order))
            grown = np.empty((size, self.factors.shape[1]))
            grown[: len(self.factors)] = self.factors
            self.factors = grown
        return self.slots[some]


def _with_fewer_centers(features, centers, kernel):
    """Replace centers by as many as there are columns, where there are more.

    Under an inner product, centers C and noise s act through C'C + s alone, and the
    triangle R of a QR factorization has R'R = C'C.
    """
    if not isinstance(centers, np.ndarray) or centers.shape[0] <= centers.shape[1] + 1:
        return features, centers, kernel
    if type(kernel) is CosineSimilarity:
        features, centers = _cosine_vectors(features), _cosine_vectors(centers)
        kernel = InnerProduct()
    if type(kernel) is InnerProduct:
        centers = np.linalg.qr(centers.astype(np.float64), mode="r")
    return features, centers, kernel


def _cosine_vectors(rows):
    """Vectors whose inner product is (1 + cos) / 2."""
    units = unit_rows(rows)
    ones = np.ones((len(units), 1), dtype=units.dtype)
    return np.hstack([ones, units]) / units.dtype.type(np.sqrt(2))


def _solve(triangle, columns):
    return solve_triangular(triangle, columns, lower=True, check_finite=False)
