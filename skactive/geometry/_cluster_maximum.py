"""The farthest row of the largest cluster, without a pass over the pool per pick."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind, squared_norms
from skactive.geometry._picks import check_finite, check_given

__all__ = ["cluster_maximum"]

# Principal coordinates of a row, and random rows that the axes are found from.
_N_COORDINATES = 32
_N_AXIS_ROWS = 128

# Bounds from coordinates in single precision may be too large by this share.
_SLACK = 1e-5

# Weights of clusters closer than this share of the largest differ by rounding.
_RESOLUTION = 2.0**-40


def cluster_maximum(features, n_picks, *, centers=None, given=None, rng):
    """Pick rows one by one, each the farthest from its center in the largest cluster.

    Every row belongs to the cluster of its nearest center; what is chosen already, and
    every pick, is a center. The largest cluster is the one with the largest sum of
    squared distances to its center. Between the farthest row of all, which may be an
    outlier, and the densest region, this is the middle (Holzmüller et al. 2023, section
    4.2, largest cluster maximum distance).

    Exact, but few rows are measured for a pick. A few principal coordinates of every
    row bound its distance to a new center from below, and a row that is nearer to its
    old center than that stays there.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    n_picks : int
        Number of rows to pick.
    centers : same kind as `features`, of shape (n_centers, n_features), or None
        Chosen already, but not part of the pool: the labeled samples.
    given : array-like of int or None, default=None
        Rows of `features` that are chosen already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Without `centers` and `given` the first is the one
        of the largest norm. Where copies of chosen rows are all that is left, the rest
        is random.

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
    >>> from skactive.geometry import cluster_maximum
    >>> pool = np.append(np.full(40, 1.0), 105.0)[:, np.newaxis]
    >>> centers = np.array([[0.0], [100.0]])
    >>> rng = np.random.default_rng(0)
    >>> pool[cluster_maximum(pool, 2, centers=centers, rng=rng)].ravel()
    array([  1., 105.])
    """
    n_rows = features.shape[0]
    given = check_given(n_rows, n_picks, given)
    if centers is None:
        centers = features[:0]
    check_same_kind(features, centers, "centers")
    ranks = rng.permutation(n_rows)
    state = _Clusters(features, centers, ranks, rng)
    for row in given:
        state.choose(row)
    picks = []
    if not state.n_centers:
        picks.append(state.longest())
        state.choose(picks[0])
    while len(picks) < n_picks:
        row = state.top()
        if row is None:
            rest = np.setdiff1d(np.arange(n_rows), [*given, *picks])
            picks.extend(rest[np.argsort(ranks[rest])])
        else:
            picks.append(row)
            state.choose(row)
    return np.array(picks[:n_picks], dtype=np.int64)


class _Clusters:
    """Every row with its nearest center.

    Attributes
    ----------
    distances : ndarray of shape (n_rows,)
        Squared distance to the nearest center.
    labels : ndarray of shape (n_rows,)
        The number of that center: first those that are not part of the pool.
    coordinates : ndarray of shape (n_rows, <= 33)
        See `_coordinates`.
    """

    def __init__(self, features, centers, ranks, rng):
        self.features = features
        self.centers = centers
        self.ranks = ranks
        self.chosen = []
        self.origin = _blocks.central_point(features)
        with np.errstate(over="ignore", invalid="ignore"):  # checked at once
            self.lengths = squared_norms(features)
            check_finite(self.lengths)
            check_finite(squared_norms(centers))
            self.norms = self._norms_from_origin()
        self.dtype = np.result_type(np.float32, features.dtype, centers.dtype)
        self.distances = np.full(len(ranks), np.inf)
        self.labels = np.full(len(ranks), -1)
        self.coordinates = self._coordinates(rng)
        every = np.arange(len(ranks))
        for some in _blocks.row_chunks(centers.shape[0], _blocks.row_bytes(centers)):
            self._measure(every, centers[some], some.start)

    @property
    def n_centers(self):
        return self.centers.shape[0] + len(self.chosen)

    def _norms_from_origin(self):
        if self.origin is None:
            return self.lengths
        norms = np.empty_like(self.lengths)
        for rows in _blocks.row_chunks(len(norms), _blocks.row_bytes(self.features)):
            block = _blocks.shifted(self.features[rows], self.origin)
            norms[rows] = _blocks.block_norms(block)
        return norms

    def _coordinates(self, rng):
        """Principal coordinates of every row, and last the length of what they miss.

        By Cauchy-Schwarz no product of two rows is larger than that of their
        coordinates. The axes are combinations of a few random rows.
        """
        n_rows = len(self.ranks)
        some = np.sort(rng.choice(n_rows, min(n_rows, _N_AXIS_ROWS), replace=False))
        some = _blocks.shifted(self.features[some], self.origin)
        values, vectors = np.linalg.eigh(_blocks.block_products(some, some))
        kept = np.flatnonzero(values > 1e-6 * values[-1])[-_N_COORDINATES:]
        axes = vectors[:, kept] / np.sqrt(values[kept])
        coordinates = np.empty((n_rows, len(kept) + 1), dtype=np.float32)
        for rows in _blocks.row_chunks(n_rows, _blocks.row_bytes(self.features)):
            block = _blocks.shifted(self.features[rows], self.origin)
            found = _blocks.block_products(block, some) @ axes
            coordinates[rows, :-1] = found
            missed = self.norms[rows] - _blocks.block_norms(found)
            coordinates[rows, -1] = np.sqrt(np.maximum(missed, 0))
        return coordinates

    def longest(self):
        """Find the row of the largest norm."""
        return self._first(np.flatnonzero(self.lengths == self.lengths.max()))

    def top(self):
        """Find the farthest row of the largest cluster; None if nothing is far."""
        sums = np.bincount(self.labels, self.distances, minlength=self.n_centers)
        if sums.max() == 0:
            return None
        largest = np.flatnonzero(sums >= (1 - _RESOLUTION) * sums.max())
        rows = np.flatnonzero(np.isin(self.labels, largest) & (self.distances > 0))
        rows = rows[self.labels[rows] == self.labels[self._first(rows)]]
        distances = self.distances[rows]
        return self._first(rows[distances == distances.max()])

    def _first(self, rows):
        return rows[self.ranks[rows].argmin()]

    def choose(self, row):
        """Make a row a center, and give it the rows that it is nearest to."""
        number = self.n_centers
        self.chosen.append(row)
        both = self.norms + self.norms[row]
        bounds = (1 - _SLACK) * both
        bounds -= 2 * (self.coordinates @ self.coordinates[row])
        may = np.flatnonzero(bounds < self.distances)
        self._measure(may, self.features[[row]], number)
        self.distances[row] = 0

    def _measure(self, rows, new, number):
        """Give some rows to new centers, the first of this number, if these are nearer.

        The precision of the features tells which of the new ones may be nearest, and
        whether it may be nearer than the old center; then it is settled by differences.
        """
        block = _blocks.shifted(new, self.origin)
        rough = _blocks.shifted(block, None, self.dtype)
        half_norms = _blocks.block_norms(block) / 2
        offsets = half_norms
        if self.origin is not None:
            # Only one side of the product is shifted: no copy of the pool.
            offsets = half_norms + block @ self.origin
        width = _blocks.row_bytes(self.features) + 8 * new.shape[0]
        for chunk in _blocks.row_chunks(len(rows), width):
            some = rows[chunk]
            part = _blocks.shifted(self._take(some), None, self.dtype)
            scores = _blocks.block_products(part, rough) - offsets.astype(self.dtype)
            best = scores.max(axis=1)
            slack = self.lengths[some] + self._longest(block)
            slack *= _blocks.rounding(rough)
            may = self.norms[some] - 2 * best - slack < self.distances[some]
            rivals = (scores[may] >= (best - slack)[may, np.newaxis]).sum(axis=1)
            exact = _blocks.shifted(part[may], self.origin)
            nearest = scores[may].argmax(axis=1)
            distances = _blocks.pair_distances(exact, block[nearest])
            unsure = np.flatnonzero(rivals > 1)
            if len(unsure):
                all_distances = _blocks.block_distances(exact[unsure], block)
                nearest[unsure] = all_distances.argmin(axis=1)
                distances[unsure] = all_distances.min(axis=1)
            self._move(some[may], distances, number + nearest)

    def _longest(self, block):
        """Bound the squared lengths of centers before and after the shift."""
        longest = 2 * _blocks.block_norms(block).max()
        return longest if self.origin is None else longest + self.origin @ self.origin

    def _take(self, rows):
        """Rows of the features; neighbors in memory are not copied."""
        if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
            return self.features[rows[0] : rows[-1] + 1]
        return self.features[rows]

    def _move(self, rows, distances, labels):
        nearer = distances < self.distances[rows]
        self.distances[rows[nearer]] = distances[nearer]
        self.labels[rows[nearer]] = labels[nearer]
