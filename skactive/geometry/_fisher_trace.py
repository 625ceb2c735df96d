"""Greedy choice of rows that tell the last layer of a classifier most."""

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve, helmert

from skactive.geometry import _blocks
from skactive.geometry._distances import squared_norms
from skactive.geometry._greedy_trace import _STALE, _TIE, _pick
from skactive.geometry._picks import check_finite, check_given

__all__ = ["fisher_gains", "greedy_fisher"]

# Two matrices of so many rows and columns are kept.
_MOST_WEIGHTS = 4096

# Rows measured at first; then twice as many each time. Rounding of a bound.
_N_MEASURED = 256
_SLACK = 1e-5


def greedy_fisher(
    features,
    proba,
    n_picks,
    *,
    labeled,
    labeled_proba,
    regularization=1.0,
    given=None,
    oversample=1,
    rng,
):
    """Pick rows one by one, each the one that lowers the expected error most.

    The error is ``tr(M F)``: F is the mean Fisher information of pool and labeled rows
    about the weights of a linear layer under a softmax, and M the inverse of the
    information that labeled and picked rows have, plus `regularization`. This is BAIT
    (Ash et al. 2021). The information of a row is ``(diag p - p p') ⊗ x x'``, of which
    neither the product nor its root is ever written out; a pick takes one pass over the
    rows.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        What the linear layer sees of the pool.
    proba : ndarray of shape (n_rows, n_classes)
        Class probabilities.
    n_picks : int
        Number of rows to pick.
    labeled : same kind as `features`, of n_labeled rows
        What the layer sees of the labeled rows. The unit of the features is their root
        mean square.
    labeled_proba : ndarray of shape (n_labeled, n_classes)
        Class probabilities of the labeled rows.
    regularization : float, default=1.0
        Positive.
    given : array-like of int or None, default=None
        Rows of `features` that are picked already. Never returned.
    oversample : float, default=1
        How many times `n_picks` rows are picked, before the superfluous ones are taken
        back one by one, each the one whose loss raises the error least. 1 takes none
        back.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in the order in which they were picked. Where no row tells
        anything, the rest is random.

    Raises
    ------
    TypeError
        If the layer has more than 4096 weights, not counting those of one class.
    ValueError
        If `n_picks` or `given` do not fit `features`, or these are not finite.

    Notes
    -----
    With w the width and k the number of classes that occur, less one, two matrices of
    ``(k w)**2`` numbers are kept, and two of ``k**2`` for each row. The start takes
    ``n_rows (k w)**2`` operations, a pick ``n_rows k**2 w``.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import greedy_fisher
    >>> rows, proba = np.array([[1.0], [1.0], [3.0]]), np.full((3, 2), 0.5)
    >>> proba[2] = 1, 0
    >>> state = {"labeled": rows[:1], "labeled_proba": proba[:1]}
    >>> rng = np.random.default_rng(0)
    >>> greedy_fisher(rows, proba, 1, given=[0], rng=rng, **state)
    array([1])
    """
    given = check_given(features.shape[0], n_picks, given)
    rank = rng.permutation(features.shape[0])
    state = _Information(
        features, proba, labeled, labeled_proba, regularization, n_picks
    )
    for row in given:
        state.observe(row)
    n_wanted = min(int(oversample * n_picks), features.shape[0] - len(given))
    picks = _pick(state, n_wanted, given, rank)
    if n_wanted > n_picks:
        state.observe(picks[-1])
        picks = state.without_least(picks, n_picks)
    return np.array(picks, dtype=np.int64)


def fisher_gains(features, proba, *, labeled, labeled_proba, regularization=1.0):
    """How much each row would lower the error: what `greedy_fisher` starts on.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        What the linear layer sees of the pool.
    proba : ndarray of shape (n_rows, n_classes)
        Class probabilities.
    labeled : same kind as `features`, of n_labeled rows
        What the layer sees of the labeled rows.
    labeled_proba : ndarray of shape (n_labeled, n_classes)
        Class probabilities of the labeled rows.
    regularization : float, default=1.0
        Positive.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        For a batch of one.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import fisher_gains
    >>> rows, proba = np.array([[1.0], [1.0]]), np.array([[0.5, 0.5], [1.0, 0.0]])
    >>> gains = fisher_gains(rows, proba, labeled=rows[:1], labeled_proba=proba[:1])
    >>> gains.round(4)
    array([0.0444, 0.    ])
    """
    state = _Information(features, proba, labeled, labeled_proba, regularization, 1)
    return state.changes(state.weight, np.arange(len(proba)))


class _Information:
    """What labeled and picked rows tell about the weights of the last layer.

    Weights that are the same for all classes make no difference, so there is one vector
    of them for each of k directions at right angles to that. ``inner[i]`` is the
    quadratic form of row i's features in each block of M, and ``outer[i]`` that in
    M F M: with ``a`` the row's own ``diag p - p p'`` in these directions, its gain is
    ``tr((1 + a inner)^-1 a outer)``.

    Attributes
    ----------
    inverse : ndarray of shape (k * width, k * width)
        M.
    wanted : ndarray of shape (k * width, k * width)
        M F M.
    inner, outer : ndarray of shape (n_rows, k, k)
        See above.
    free : ndarray of shape (n_rows,), bool
        Which rows have not been observed.
    """

    def __init__(self, features, proba, labeled, labeled_proba, regularization, size):
        norms = squared_norms(labeled)
        check_finite(norms)
        check_finite(squared_norms(features))
        self.unit = np.sqrt(norms.mean() / features.shape[1]) or 1.0
        occurs = (proba > 0).any(axis=0) | (labeled_proba > 0).any(axis=0)
        self.features, self.proba = features, proba[:, occurs]
        basis = helmert(occurs.sum()) if occurs.sum() > 1 else np.zeros((0, 1))
        self.basis = basis.T
        self.k, self.width = len(basis), features.shape[1]
        squares = self.basis[:, :, np.newaxis] * self.basis[:, np.newaxis, :]
        self.squares = squares.reshape(len(squares), self.k**2)
        self._check_size()
        n_labeled, n_rows = labeled.shape[0], features.shape[0]
        self.weight = size / (n_labeled + size)
        known = self._information(labeled, labeled_proba[:, occurs])
        fisher = known + self._information(features, self.proba)
        fisher /= n_labeled + n_rows
        known /= n_labeled + size
        known[np.diag_indices_from(known)] += regularization
        self.inverse = cho_solve(cho_factor(known), np.eye(len(known)))
        self.wanted = self.inverse @ fisher @ self.inverse
        self.free = np.ones(n_rows, dtype=bool)
        self._measure()
        self.largest = self.gains().max()

    def _check_size(self):
        n_weights = self.k * self.width
        if n_weights > _MOST_WEIGHTS:
            raise TypeError(
                f"BAIT keeps matrices of the weights of the last layer, squared, and "
                f"{n_weights} of them, {self.width} features for {self.k + 1} classes, "
                f"are too many (more than {_MOST_WEIGHTS}); narrow the features, as in "
                "features=make_pipeline(Embedding(), PCA(50)) or "
                "features=make_pipeline(Embedding(), Sketch(50)), or use 'badge'."
            )

    def _chunks(self, n_rows):
        return _blocks.row_chunks(n_rows, 8 * (self.k + 1) * max(self.k, self.width))

    def _rows(self, features, rows):
        block = features[rows]
        block = block.toarray() if sparse.issparse(block) else np.asarray(block)
        return block.astype(np.float64) / self.unit

    def _spread(self, proba):
        """``diag p - p p'`` of each row, in the directions of the basis."""
        proba = proba.astype(np.float64)
        means = proba @ self.basis
        spread = proba @ self.squares
        spread = spread.reshape(len(proba), self.k, self.k)
        return spread - means[:, :, np.newaxis] * means[:, np.newaxis, :]

    def _information(self, features, proba):
        """Sum of ``(diag p - p p') ⊗ x x'`` over rows."""
        total = np.zeros((self.k, self.width, self.k * self.width))
        for rows in self._chunks(features.shape[0]):
            block, spread = self._rows(features, rows), self._spread(proba[rows])
            for a in range(self.k):
                weighted = spread[:, a, :, np.newaxis] * block[:, np.newaxis, :]
                total[a] += block.T @ weighted.reshape(len(block), total.shape[2])
        return total.reshape(self.k * self.width, self.k * self.width)

    def _measure(self):
        n_rows = self.features.shape[0]
        self.inner, self.outer = np.empty((2, n_rows, self.k, self.k))
        for rows in self._chunks(n_rows):
            block = self._rows(self.features, rows)
            for matrix, forms in (
                (self.inverse, self.inner),
                (self.wanted, self.outer),
            ):
                for a in range(self.k):
                    part = matrix[a * self.width : (a + 1) * self.width]
                    half = (block @ part).reshape(len(block), self.k, self.width)
                    forms[rows, a] = np.einsum("ncx,nx->nc", half, block)

    def gains(self):
        """Gains of the rows that may be the best; for others, what they are below."""
        gains = self._largest_gains()
        if gains.max() < _STALE * getattr(self, "largest", 0):
            self._measure()
            gains = self._largest_gains()
            self.largest = gains.max()
        return gains

    def _largest_gains(self):
        gains = self._bounds()
        order = np.argsort(-gains)
        best, start, size = 0.0, 0, _N_MEASURED
        while start < len(order) and gains[order[start]] >= (1 - _SLACK) * best:
            some = order[start : start + size]
            gains[some] = np.where(self.free[some], self.changes(self.weight, some), 0)
            best = max(best, gains[some].max())
            start, size = start + size, 2 * size
        return gains

    def _bounds(self):
        """``tr(a outer)``: a gain before what is known about the row is taken off."""
        bounds = np.empty(len(self.proba))
        for rows in self._chunks(len(bounds)):
            proba, outer = self.proba[rows].astype(np.float64), self.outer[rows]
            means = proba @ self.basis
            by_class = outer.reshape(len(outer), self.k**2) @ self.squares.T
            bounds[rows] = np.einsum("nc,nc->n", proba, by_class)
            by_mean = (means[:, np.newaxis, :] @ outer)[:, 0]
            bounds[rows] -= np.einsum("na,na->n", by_mean, means)
        return np.where(self.free, np.maximum(self.weight * bounds, 0), 0)

    def changes(self, weight, rows):
        """By how much one more of each row lowers the error; of less, raises it."""
        changes = np.empty(len(rows))
        for some in self._chunks(len(rows)):
            own = rows[some]
            gain = _gain(self._spread(self.proba[own]), self.inner[own], weight)
            changes[some] = np.einsum("nab,nba->n", gain, self.outer[own])
        return np.maximum(np.sign(weight) * changes, 0)

    def observe(self, row, weight=None):
        """Let the information of a row come in, or go out where `weight` says so."""
        weight = self.weight if weight is None else weight
        self.free[row] = False
        own = self._rows(self.features, [row])[0]
        toward, wanted = (
            m.reshape(len(m), self.k, self.width) @ own
            for m in (self.inverse, self.wanted)
        )
        spread = self._spread(self.proba[[row]])
        inner, outer = (
            np.einsum("x,axc->ac", own, half.reshape(self.k, self.width, self.k))
            for half in (toward, wanted)
        )
        gain = _gain(spread, inner[np.newaxis], weight)[0]
        gain = (gain + gain.T) / 2
        # M loses U gain U', with U = M x, and M F M what follows from that.
        change = wanted @ gain - toward @ (gain @ outer @ gain) / 2
        for a in range(self.k):
            some = slice(a * self.width, (a + 1) * self.width)
            self.wanted[some] -= change[some] @ toward.T + toward[some] @ change.T
            self.inverse[some] -= (toward[some] @ gain) @ toward.T
        pairs = np.concatenate([toward, change], axis=1)
        pairs = pairs.reshape(self.k, self.width, 2 * self.k).transpose(1, 0, 2)
        pairs = pairs.reshape(self.width, 2 * self.k**2)
        for rows in self._chunks(len(self.proba)):
            both = self._rows(self.features, rows) @ pairs
            both = both.reshape(len(both), self.k, 2 * self.k)
            near, changed = both[:, :, : self.k], both[:, :, self.k :]
            self.inner[rows] -= near @ gain @ near.transpose(0, 2, 1)
            cross = changed @ near.transpose(0, 2, 1)
            self.outer[rows] -= cross + cross.transpose(0, 2, 1)

    def without_least(self, picks, n_picks):
        """Take back picks until `n_picks` are left, each the one missed least."""
        kept = np.array(picks)
        self.features, self.proba = self.features[kept], self.proba[kept]
        self._measure()
        left = np.arange(len(kept))
        while len(left) > n_picks:
            losses = self.changes(-self.weight, left)
            losses[np.isnan(losses)] = np.inf
            # Of equal ones the last pick goes.
            least = np.flatnonzero(losses <= (1 + _TIE) * losses.min())[-1]
            self.observe(left[least], -self.weight)
            left = np.delete(left, least)
        return kept[left]


def _gain(spread, inner, weight):
    """``weight (1 + weight a inner)^-1 a`` of each row: by how much M shrinks."""
    system = weight * (spread @ inner)
    k = system.shape[1]
    system[:, range(k), range(k)] += 1
    return weight * np.linalg.solve(system, spread)
