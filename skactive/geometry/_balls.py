"""Balls of one radius around rows: what they hold, and how few of them hold the most.

A row is in the ball of another if it is nearer than the radius. Pairs are looked at in
blocks; those too close to the radius for the precision of a block are decided by their
difference, the same way whenever they are met, so that counts can be kept up to date by
subtraction. Of the pairs in balls, some millions at most are stored.
"""

import numpy as np
from scipy import sparse

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind, squared_norms
from skactive.geometry._farthest_first import farthest_first
from skactive.geometry._picks import check_finite, check_given

__all__ = ["CoverGains", "distances_to_other_labels", "greedy_cover"]

# In single precision a radius far below the length of the rows drowns in rounding.
_SINGLE_RADIUS = 1e-2

# So many pairs of rows in each other's balls are kept, which takes 100 MB; beyond that
# they are looked for again.
_MOST_PAIRS = 2**22

# Rows count as at least so long, or a block of short ones would face few others.
_LEAST_BYTES = 2048


class CoverGains:
    """Number of rows within a radius of a chosen one: a set function.

    Gains are kept up to date. With at most four million pairs of rows in each other's
    balls these are kept; otherwise choosing a row takes as many comparisons with the
    pool as it newly covers, and covering all of it as many as there are pairs.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    radius : float
        Of the balls around rows of the pool; not negative.
    labeled : same kind as `features`, or None, default=None
        Rows chosen before.
    radii : float or ndarray of shape (n_labeled,), default=None
        Of the balls around these; None means `radius`.

    Attributes
    ----------
    uncovered : ndarray of shape (n_rows,), bool
        Rows in no ball.
    """

    def __init__(self, features, radius, labeled=None, radii=None):
        norms = squared_norms(features)
        check_finite(norms)
        self.features = features
        self.radius = radius
        self.origin = _blocks.central_point(features)
        # Single precision where it is enough: a block takes half the time.
        single = isinstance(features, np.ndarray)
        wide = radius**2 > _SINGLE_RADIUS * np.median(norms)
        self.dtype = np.float32 if single and wide else np.float64
        self.uncovered = np.ones(len(self), dtype=bool)
        if labeled is not None and labeled.shape[0]:
            check_same_kind(features, labeled, "labeled")
            check_finite(squared_norms(labeled))
            self._cover(labeled, radius if radii is None else radii)
        self._counts = None
        self._graph = None

    def __len__(self):
        return self.features.shape[0]

    @property
    def counts(self):
        """Uncovered rows in the ball of each row."""
        if self._counts is None:
            left = np.flatnonzero(self.uncovered)
            # From half of the rows on, it is less work to look at each pair once.
            half = 2 * len(left) > len(self)
            self._counts = self._count_pairs() if half else self._count(left)
        return self._counts

    def gains(self, rows):
        """Gain of each row."""
        return self.counts[rows]

    def add(self, rows):
        """Choose rows."""
        before = self.uncovered.copy()
        self._cover(self.features[rows], self.radius)
        new = np.flatnonzero(before & ~self.uncovered)
        if self._counts is None or not len(new):
            return
        if self._graph is not None or len(new) <= self.uncovered.sum():
            self._counts = self._counts - self._count(new)
        else:
            self._counts = None  # the rest is counted anew, when it is needed

    def _cover(self, others, radii):
        left = np.flatnonzero(self.uncovered)
        features = self.features[left]
        for columns, balls in self._balls(others, radii):
            for some in self._chunks(0, len(left), columns):
                self.uncovered[left[some][balls.hold(features[some])[0]]] = False

    def _count(self, rows):
        """How many of these rows are in the ball around each row."""
        if self._graph is not None:
            near = self._graph[rows].indices
            return np.bincount(near, minlength=len(self))
        counts = np.zeros(len(self), dtype=np.int64)
        for columns, balls in self._balls(self.features[rows], self.radius):
            for some in self._chunks(0, len(self), columns):
                i, _ = balls.hold(self.features[some])
                counts[some] += np.bincount(i, minlength=some.stop - some.start)
        return counts

    def _count_pairs(self):
        """How many uncovered rows are in each ball; pairs are kept if they are few."""
        counts = np.where(self.uncovered & (self.radius > 0), 1, 0)
        kept, n_kept = [], 0
        for columns, balls in self._balls(self.features, self.radius):
            for some in self._chunks(columns.start, len(self), columns):
                i, j = balls.hold(self.features[some])
                i, j = i + some.start, j + columns.start
                i, j = i[i > j], j[i > j]  # the other way round it is the same
                for one, other, part in ((i, j, some), (j, i, columns)):
                    found = one[self.uncovered[other]] - part.start
                    counts[part] += np.bincount(found, minlength=part.stop - part.start)
                n_kept += len(i)
                if n_kept <= _MOST_PAIRS:
                    kept.append((i.astype(np.int32), j.astype(np.int32)))
                else:
                    kept.clear()
        if n_kept <= _MOST_PAIRS and self.radius > 0:
            self._graph = _symmetric(kept, len(self))
        return counts

    def _balls(self, centers, radii):
        """Yield the balls around a few centers at a time: (which centers, balls)."""
        radii = np.broadcast_to(radii, centers.shape[0])
        width = max(_blocks.row_bytes(centers), _LEAST_BYTES)
        for some in _blocks.row_chunks(len(radii), width):
            yield some, _Balls(centers[some], radii[some], self.origin, self.dtype)

    def _chunks(self, start, stop, columns):
        """Slices of rows from start to stop that suit so many balls."""
        n_balls = columns.stop - columns.start
        size = _blocks.row_bytes(self.features) + 8 * n_balls
        for rows in _blocks.row_chunks(stop - start, size):
            yield slice(start + rows.start, start + rows.stop)


class _Balls:
    """A block of balls, each with a radius of its own."""

    def __init__(self, centers, radii, origin, dtype):
        self.centers, self.origin, self.dtype = centers, origin, dtype
        self.squares = radii.astype(np.float64) ** 2
        self.block = self._prepare(centers)
        norms = _blocks.block_norms(self.block)
        self.bonus = ((self.squares - norms) / 2).astype(dtype)
        finite = self.squares[np.isfinite(self.squares)]
        self.scale = norms.max() + finite.max(initial=0)

    def hold(self, rows):
        """Which row of a block is in which ball: numbers of rows, numbers of balls."""
        block = self._prepare(rows)
        # |a - b|² < r² is a·b + (r² - |b|²) / 2 > |a|² / 2.
        excess = _blocks.block_products(block, self.block)
        excess += self.bonus
        half = _blocks.block_norms(block) / 2
        slack = _blocks.rounding(block) * (2 * half + self.scale)
        found = np.flatnonzero(excess > (half - slack)[:, np.newaxis])
        i, j = np.divmod(found, excess.shape[1])
        doubtful = np.flatnonzero(excess.ravel()[found] <= (half + slack)[i])
        if len(doubtful):
            pairs = i[doubtful], j[doubtful]
            outside = self._squared_distances(rows, *pairs) >= self.squares[pairs[1]]
            i, j = (np.delete(some, doubtful[outside]) for some in (i, j))
        return i, j

    def _prepare(self, rows):
        # The shift comes first: rows far from zero need all their digits until then.
        rows = _blocks.shifted(rows, self.origin)
        return rows if self.dtype == np.float64 else rows.astype(self.dtype)

    def _squared_distances(self, rows, i, j):
        """Squared distances of some rows to some centers, from differences."""
        distances = np.empty(len(i))
        for pairs in _blocks.row_chunks(len(i), _blocks.row_bytes(rows)):
            distances[pairs] = _blocks.pair_distances(
                _blocks.shifted(rows[i[pairs]], self.origin),
                _blocks.shifted(self.centers[j[pairs]], self.origin),
            )
        return distances


def _symmetric(pairs, n_rows):
    """All of these pairs both ways, and each row with itself, as a sparse matrix."""
    own = np.arange(n_rows, dtype=np.int32)
    i, j = (np.concatenate(some) for some in zip(*pairs, strict=True))
    rows, columns = np.concatenate([i, j, own]), np.concatenate([j, i, own])
    entries = np.ones(len(rows), dtype=np.int8)
    return sparse.coo_array((entries, (rows, columns)), (n_rows, n_rows)).tocsr()


def greedy_cover(function, n_picks, *, centers=None, given=None, rng):
    """Pick rows whose balls hold the most rows that no chosen ball holds.

    Parameters
    ----------
    function : CoverGains
        Its radius is positive. It is changed.
    n_picks : int
        Number of rows to pick.
    centers : same kind as the features of `function`, or None, default=None
        The labeled rows of `function`.
    given : array-like of int or None, default=None
        Rows that are chosen already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Once all rows are covered, farthest-first picks
        follow.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import CoverGains, greedy_cover
    >>> line = np.array([[0.0], [1.0], [2.0], [7.0], [8.0]])
    >>> greedy_cover(CoverGains(line, 1.5), 1, rng=np.random.default_rng(0))
    array([1])
    """
    given = check_given(len(function), n_picks, given)
    if len(given):
        function.add(given)
    order = rng.permutation(len(function))
    picked = []
    # An uncovered row is not chosen, and is in its own ball: some free row gains.
    while len(picked) < n_picks and function.uncovered.any():
        picked.append(order[function.gains(order).argmax()])
        function.add(picked[-1:])
    picked = np.array(picked, dtype=np.int64)
    n_missing = n_picks - len(picked)
    if n_missing:
        rest = farthest_first(
            function.features,
            n_missing,
            centers=centers,
            given=np.append(given, picked),
            rng=rng,
        )
        picked = np.append(picked, rest)
    return picked


def distances_to_other_labels(features, labels, rows):
    """Distance of some rows to the nearest row with another label.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        Converted block by block, never as a whole.
    labels : ndarray of shape (n_rows,)
        Labels of the rows.
    rows : ndarray of int
        The rows to measure.

    Returns
    -------
    ndarray of the length of `rows`, float64
        inf where no row has another label.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import distances_to_other_labels
    >>> line = np.array([[0.0], [1.0], [4.0]])
    >>> distances_to_other_labels(line, np.array([0, 0, 1]), np.array([0, 2]))
    array([4., 3.])
    """
    origin = _blocks.central_point(features)
    nearest = np.full(len(rows), np.inf)
    if (labels == labels[0]).all():
        return nearest
    width = _blocks.row_bytes(features)
    for columns in _blocks.row_chunks(len(rows), max(width, _LEAST_BYTES)):
        block = _blocks.shifted(features[rows[columns]], origin)
        own = labels[rows[columns]]
        for some in _blocks.row_chunks(len(labels), width + 8 * block.shape[0]):
            part = _blocks.shifted(features[some], origin)
            distances = _blocks.block_distances(part, block)
            distances[labels[some][:, np.newaxis] == own] = np.inf
            np.minimum(nearest[columns], distances.min(axis=0), out=nearest[columns])
    return np.sqrt(nearest)
