"""k-center with a few rows left uncovered."""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from skactive.geometry import _blocks
from skactive.geometry._distances import min_squared_distances, squared_distances
from skactive.geometry._farthest_first import farthest_first
from skactive.geometry._picks import check_given
from skactive.geometry._top_k import top_k

__all__ = ["robust_k_center"]

# The greedy search ends when the radius is known to this factor.
_PRECISION = 1.05
_MAX_TESTS = 20

# The greedy algorithm counts what is in a ball, and covers one so many times as wide.
_WIDE = 3

# What scipy.optimize.milp says of a problem.
_OPTIMAL, _INFEASIBLE = 0, 2


def robust_k_center(
    features, n_picks, *, n_outliers, centers=None, given=None, exact=False, rng
):
    """Pick rows such that small balls around them cover all rows but a few.

    The radius is searched by bisection between bounds from farthest-first traversals.
    For each radius, the greedy algorithm takes the row whose ball holds the most
    uncovered rows and covers the ball three times as wide, again and again. That is
    enough for every radius that is possible at all, so the result is at most three
    times the best, up to the precision of the search. Of all picks looked at, those are
    returned that cover all but `n_outliers` rows best.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool. The time grows with the square of its size, the memory does not.
    n_picks : int
        Number of rows to pick.
    n_outliers : int
        Number of rows that need not be covered.
    centers : same kind as `features`, of shape (n_centers, n_features), or None
        Chosen already, but not part of the pool: the labeled samples.
    given : array-like of int or None, default=None
        Rows of `features` that are chosen already. Never returned.
    exact : bool, default=False
        Whether to find the best picks there are, by integer programs over all pairs of
        rows, for pools of some hundred rows.
    rng : numpy.random.Generator
        Breaks ties, by random orders of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows, those of the greedy algorithm in its order. If fewer picks cover
        all but the outliers, farthest-first picks among the rows covered follow, and
        outliers where these are used up.

    Raises
    ------
    TypeError
        If `centers` is not of the same kind as `features`.
    ValueError
        If `n_picks`, `given` or the width of `centers` do not fit `features`, or the
        features are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import robust_k_center
    >>> line = np.array([[4.0], [5.0], [6.0], [99.0]])
    >>> robust_k_center(line, 1, n_outliers=1, rng=np.random.default_rng(0))
    array([1])
    """
    given = check_given(features.shape[0], n_picks, given)
    pool = _Pool(features, centers, given, n_outliers, rng)
    search = _solve if exact else _search
    picked = search(pool, n_picks)
    while len(picked) < n_picks:
        picked = np.append(picked, pool.fill(picked, n_picks - len(picked)))
    return picked


class _Pool:
    """Rows to cover, and what covers them already.

    Attributes
    ----------
    free : ndarray of shape (n_rows,), bool
        Rows that may be picked.
    nearest : ndarray of shape (n_rows,)
        Squared distances to what is chosen already; inf where nothing is.
    """

    def __init__(self, features, centers, given, n_outliers, rng):
        self.features = features
        self.centers = centers
        self.given = given
        self.n_outliers = min(n_outliers, features.shape[0] - 1)
        self.rng = rng
        self.origin = _blocks.central_point(features)
        self.free = np.ones(features.shape[0], dtype=bool)
        self.free[given] = False
        self.nearest = np.full(features.shape[0], np.inf)
        if centers is not None and centers.shape[0]:
            self.nearest = min_squared_distances(features, centers)
        self.nearest = self.distances(given)

    def distances(self, rows, nearest=None):
        """Squared distances to these rows, or what was nearest without them."""
        nearest = self.nearest if nearest is None else nearest
        if len(rows) == 0:
            return nearest
        to_rows = min_squared_distances(self.features, self.features[rows])
        return np.minimum(nearest, to_rows)

    def radius(self, rows, n_outliers):
        """Radius of the balls around these rows that cover all but a few others."""
        distances = self.distances(rows)
        k = len(distances) - 1 - n_outliers
        return np.sqrt(np.partition(distances, k)[k])

    def farthest_first(self, n_picks):
        n_picks = min(n_picks, self.free.sum())
        return farthest_first(
            self.features,
            n_picks,
            centers=self.centers,
            given=self.given,
            rng=self.rng,
        )

    def bounds(self, n_picks):
        """Lower and upper bound of the smallest radius.

        With each outlier a center of its own, nothing would be uncovered, and
        farthest-first picks are at most twice as bad as the best.
        """
        many = self.farthest_first(n_picks + self.n_outliers)
        few = self.farthest_first(n_picks)
        return self.radius(many, 0) / 2, self.radius(few, 0)

    def fill(self, picked, n_missing):
        """Farthest-first picks among the rows that are no outliers, while there are."""
        chosen = np.append(self.given, picked).astype(np.int64)
        outliers = np.empty(0, dtype=np.int64)
        if 0 < self.n_outliers < self.free.sum() - len(picked):
            distances = self.distances(picked)
            outliers = top_k(distances, self.n_outliers, exclude=chosen, rng=self.rng)
        rows = np.setdiff1d(np.arange(len(self.free)), outliers)
        part = self.features[rows] if len(outliers) else self.features
        picks = farthest_first(
            part,
            min(n_missing, len(rows) - len(chosen)),
            centers=self.centers,
            given=np.searchsorted(rows, chosen),
            rng=self.rng,
        )
        return rows[picks]

    def counts(self, rows, radius):
        """How many of these rows are in the ball around each row, and in the wide one.

        Returns
        -------
        ndarray of shape (2, n_rows), int64
        """
        counts = np.zeros((2, len(self.free)), dtype=np.int64)
        for some in _blocks.row_chunks(len(rows), _blocks.row_bytes(self.features)):
            block = _blocks.shifted(self.features[rows[some]], self.origin)
            width = _blocks.row_bytes(self.features) + 8 * block.shape[0]
            for part in _blocks.row_chunks(len(self.free), width):
                others = _blocks.shifted(self.features[part], self.origin)
                distances = _halved_distances(others, block)
                for k, reach in enumerate((radius, _WIDE * radius)):
                    inside = distances <= reach**2 / 2
                    counts[k, part] += np.count_nonzero(inside, axis=1)
        return counts


def _halved_distances(a, b):
    """Half the squared distances of two blocks, less than the rounding may add.

    So copies are within a radius of zero.
    """
    slack = (1 - _blocks.rounding(a)) / 2
    distances = -_blocks.block_products(a, b)
    distances += slack * _blocks.block_norms(b)
    distances += slack * _blocks.block_norms(a)[:, np.newaxis]
    return distances


def _search(pool, n_picks):
    """The best of the greedy picks for all radii that a bisection looks at."""
    low, high = pool.bounds(n_picks)
    low /= _WIDE  # no smaller one is enough
    tried, radius, found = [], low, False
    for _ in range(_MAX_TESTS):
        picked, enough = _greedy_cover(pool, n_picks, radius)
        tried.append(picked)
        found |= enough
        low, high = (low, radius) if enough else (radius, high)
        if high <= _PRECISION * low:
            break
        radius = np.sqrt(low * high) if low > 0 else high / 2
    if not found:
        tried.append(_greedy_cover(pool, n_picks, high)[0])
    return min(tried, key=lambda rows: pool.radius(rows, pool.n_outliers))


def _greedy_cover(pool, n_picks, radius):
    """Picks whose balls hold the most uncovered rows, and whether they are enough.

    Of equal ones that whose wide ball holds the most, then that which is the least far
    out: an isolated row is an outlier sooner than a center.
    """
    free, nearest = pool.free.copy(), pool.nearest
    uncovered = nearest > (_WIDE * radius) ** 2
    counts = pool.counts(np.flatnonzero(uncovered), radius)
    order = pool.rng.permutation(len(free))
    picked = []
    while len(picked) < n_picks and uncovered.sum() > pool.n_outliers:
        worth = np.where(free, counts[0] * (len(free) + 1) + counts[1], -1)[order]
        best = order[worth == worth.max()]
        picked.append(best[nearest[best].argmin()])
        free[picked[-1]] = False
        nearest = pool.distances(picked[-1:], nearest)
        new = uncovered & (nearest <= (_WIDE * radius) ** 2)
        uncovered &= ~new
        if new.sum() < uncovered.sum():
            counts -= pool.counts(np.flatnonzero(new), radius)
        else:
            counts = pool.counts(np.flatnonzero(uncovered), radius)
    enough = uncovered.sum() <= pool.n_outliers
    return np.array(picked, dtype=np.int64), enough


def _solve(pool, n_picks):
    """The best picks: bisection over all distances, an integer program for each."""
    low, _ = pool.bounds(n_picks)
    best = _search(pool, n_picks)
    high = pool.radius(best, pool.n_outliers)
    # The solver prefers some columns to others; so they are in random order.
    order = pool.rng.permutation(np.flatnonzero(pool.free))
    distances = np.sqrt(squared_distances(pool.features, pool.features[order]))

    def cover(radius, columns):
        uncovered = np.sqrt(pool.nearest) > radius
        balls = distances[np.ix_(uncovered, columns)] <= radius
        found = _integer_cover(balls, n_picks, pool.n_outliers)
        return None if found is None else order[columns[found]]

    radii = np.unique(np.append(distances, np.sqrt(pool.nearest)))
    radii = radii[(radii > (1 - 1e-9) * low) & (radii < high)]
    smallest, columns = None, np.arange(len(order))
    while len(radii):
        middle = len(radii) // 2
        picked = cover(radii[middle], columns)
        if picked is None:
            radii = radii[middle + 1 :]
        else:
            best, smallest, radii = picked, radii[middle], radii[:middle]
    if smallest is not None:
        # The radius stays the same if an outlier is picked and a row nearer by is left
        # uncovered in its place. So the rows farthest out are tried without.
        far_out = np.argsort(np.median(distances, axis=0), kind="stable")
        inner = far_out[: max(1, len(order) - pool.n_outliers)]
        picked = cover(smallest, inner)
        best = best if picked is None else picked
    return best


def _integer_cover(balls, n_picks, n_outliers):
    """Columns whose balls hold all rows but a few; None if there are none.

    Parameters
    ----------
    balls : ndarray of shape (n_uncovered, n_free), bool
        Which rows are in the ball around each column.
    """
    n_rows, n_columns = balls.shape
    if n_rows <= n_outliers:
        return np.empty(0, dtype=np.int64)
    ones = sparse.csr_matrix(np.ones((1, n_columns)))
    covered = sparse.hstack([sparse.csr_matrix(balls), sparse.eye(n_rows)])
    n_chosen = sparse.hstack([ones, sparse.csr_matrix((1, n_rows))])
    n_left = sparse.hstack(
        [sparse.csr_matrix((1, n_columns)), sparse.csr_matrix(np.ones((1, n_rows)))]
    )
    result = milp(
        # Fewest outliers; that they are whole numbers follows.
        np.append(np.zeros(n_columns), np.ones(n_rows)),
        integrality=np.append(np.ones(n_columns), np.zeros(n_rows)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(covered, lb=1),
            LinearConstraint(n_chosen, ub=n_picks),
            LinearConstraint(n_left, ub=n_outliers),
        ],
    )
    if result.status not in (_OPTIMAL, _INFEASIBLE):
        raise RuntimeError(f"The integer program was not solved: {result.message}")
    return None if result.x is None else np.flatnonzero(result.x[:n_columns] > 0.5)
