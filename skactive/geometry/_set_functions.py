"""What a batch is worth: gain rules of set functions, with a state of one number a row.

Each class has the interface of the greedy algorithms: ``len``, ``gains(rows)`` and
``add(rows)``. `features` is the pool; `labeled`, rows of the same kind or None, is the
set that the function is conditioned on. Gains are rounded far above the errors of their
sums, so that the gains of equal rows are equal, and those of copies zero.
"""

import numpy as np
from scipy import sparse

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind, squared_norms
from skactive.geometry._picks import check_finite
from skactive.geometry._stacked_features import vectors

__all__ = [
    "ConcaveGains",
    "CutGains",
    "DisparityGains",
    "FacilityGains",
    "SaturatedGains",
    "SetCoverGains",
]

_RESOLUTION = 2.0**-40


class _Similar:
    """Base of the functions of similarities, each at most 1."""

    def __init__(self, features, kernel, labeled=None):
        check_finite(squared_norms(features))
        self.features = features
        self.kernel = kernel
        n_labeled = 0 if labeled is None else labeled.shape[0]
        self.unit = (features.shape[0] + n_labeled) * _RESOLUTION
        if n_labeled:
            check_finite(squared_norms(labeled))

    def __len__(self):
        return self.features.shape[0]

    def _rounded(self, gains):
        return np.round(gains / self.unit) * self.unit


class FacilityGains(_Similar):
    """Sum over the pool of the similarity to the most similar chosen row.

    With `weights`, one for each row and from 0 to 1, it is a weighted sum.
    """

    def __init__(self, features, kernel, labeled=None, weights=None):
        super().__init__(features, kernel, labeled)
        self.weights = np.ones(len(self)) if weights is None else weights
        self.covered = np.zeros(len(self))
        if labeled is not None:
            self._cover(labeled)

    def gains(self, rows):
        """Gain of each row."""
        gains = np.zeros(len(rows))
        for seen, some, tile in self.kernel.tiles(self.features, self.features[rows]):
            tile -= self.covered[seen, np.newaxis]
            gains[some] += self.weights[seen] @ np.maximum(tile, 0, out=tile)
        return self._rounded(gains)

    def add(self, rows):
        """Choose rows."""
        self._cover(self.features[rows])

    def _cover(self, others):
        for seen, _, tile in self.kernel.tiles(self.features, others):
            covered = self.covered[seen]
            np.maximum(covered, tile.max(axis=1), out=covered)


class CutGains(_Similar):
    """Similarity of the chosen rows to the pool, less `redundancy` times their own."""

    def __init__(self, features, kernel, labeled=None, *, redundancy):
        super().__init__(features, kernel, labeled)
        self.redundancy = redundancy
        self.worth = kernel.sums(features, features)
        self.worth -= redundancy * kernel.diagonal(features)
        if labeled is not None:
            self._add(labeled)

    def gains(self, rows):
        """Gain of each row."""
        return self._rounded(self.worth[rows])

    def add(self, rows):
        """Choose rows."""
        self._add(self.features[rows])

    def _add(self, others):
        similar = self.kernel.sums(self.features, others)
        self.worth -= 2 * self.redundancy * similar


class SaturatedGains(_Similar):
    """Sum over the pool of the similarity to the chosen rows, up to a saturation.

    The saturation is a `share` of the similarity to the whole pool.
    """

    def __init__(self, features, kernel, labeled=None, *, share):
        super().__init__(features, kernel, labeled)
        self.room = share * kernel.sums(features, features)
        if labeled is not None:
            self._fill(labeled)

    def gains(self, rows):
        """Gain of each row."""
        gains = np.zeros(len(rows))
        for seen, some, tile in self.kernel.tiles(self.features, self.features[rows]):
            room = self.room[seen, np.newaxis]
            gains[some] += np.minimum(tile, room, out=tile).sum(axis=0)
        return self._rounded(gains)

    def add(self, rows):
        """Choose rows."""
        self._fill(self.features[rows])

    def _fill(self, others):
        left = self.room - self.kernel.sums(self.features, others)
        self.room = np.maximum(left, 0)


class DisparityGains(_Similar):
    """Sum over pairs of chosen rows of one minus their similarity."""

    def __init__(self, features, kernel, labeled=None):
        super().__init__(features, kernel, labeled)
        self.apart = np.zeros(len(self))
        if labeled is not None:
            self._add(labeled)

    def gains(self, rows):
        """Gain of each row."""
        return self._rounded(self.apart[rows])

    def add(self, rows):
        """Choose rows."""
        self._add(self.features[rows])

    def _add(self, others):
        self.apart += others.shape[0] - self.kernel.sums(self.features, others)


# What φ(m + x) gains on φ(m), written so that small gains keep their digits.
_CONCAVE = {
    "sqrt": lambda m, x, cap: x / (np.sqrt(m + x) + np.sqrt(m) + _TINY),
    "log1p": lambda m, x, cap: np.log1p(x / (1 + m)),
    "ratio": lambda m, x, cap: x / ((1 + m) * (1 + m + x)),
    "min": lambda m, x, cap: np.minimum(x, np.maximum(cap - m, 0)),
}
_TINY = 1e-300  # makes 0 / 0 a plain 0


class ConcaveGains:
    """Sum over features of a concave function of their sum over the chosen rows.

    A feature that takes both signs counts as two, its positive and its negative part.

    Parameters
    ----------
    features, labeled : {ndarray, CSR} of shape (n_rows, n_features)
        The pool, and what is chosen before.
    concave : {'sqrt', 'log1p', 'ratio', 'min'}
        ``sqrt(m)``, ``log(1 + m)``, ``m / (1 + m)`` or ``min(m, cap)``.
    cap : float, default=1.0
        For ``'min'``.
    """

    def __init__(self, features, labeled=None, *, concave, cap=1.0):
        if not vectors(features):
            raise TypeError(
                "A concave function of each feature needs the features one by one, "
                "and these are products; take 'log_det', or other features."
            )
        check_finite(squared_norms(features))
        self.features = features
        self.concave = concave
        self.cap = cap
        # Sums of the positive and of the negative parts.
        self.mass = np.zeros((2, features.shape[1]))
        if labeled is not None:
            check_same_kind(features, labeled, "labeled")
            check_finite(squared_norms(labeled))
            self._add(labeled)

    def __len__(self):
        return self.features.shape[0]

    def gains(self, rows):
        """Gain of each row."""
        gains = np.empty(len(rows))
        row_bytes = 4 * _blocks.row_bytes(self.features)
        for some in _blocks.row_chunks(len(rows), row_bytes):
            block = _blocks.shifted(self.features[rows[some]], None)
            gains[some] = self._block_gains(block)
        return _rounded_digits(gains)

    def add(self, rows):
        """Choose rows."""
        self._add(self.features[rows])

    def _block_gains(self, block):
        gain = _CONCAVE[self.concave]
        if not sparse.issparse(block):
            mass = np.where(block < 0, self.mass[1], self.mass[0])
            return gain(mass, np.abs(block), self.cap).sum(axis=1)
        block.sum_duplicates()
        mass = self.mass[(block.data < 0).astype(np.intp), block.indices]
        gains = gain(mass, np.abs(block.data), self.cap)
        rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        return np.bincount(rows, weights=gains, minlength=block.shape[0])

    def _add(self, others):
        for rows in _blocks.row_chunks(others.shape[0], _blocks.row_bytes(others)):
            block = _blocks.shifted(others[rows], None)
            total, size = block.sum(axis=0), abs(block).sum(axis=0)
            self.mass[0] += np.ravel(size + total) / 2
            self.mass[1] += np.ravel(size - total) / 2


class SetCoverGains:
    """Expected number of concepts that some chosen row covers.

    Parameters
    ----------
    features, labeled : {ndarray, CSR} of shape (n_rows, n_concepts)
        The probability that a row covers a concept, from 0 to 1.
    """

    def __init__(self, features, labeled=None):
        _check_probabilities(features)
        self.features = features
        self.uncovered = np.ones(features.shape[1])
        if labeled is not None:
            check_same_kind(features, labeled, "labeled")
            _check_probabilities(labeled)
            self._add(labeled)

    def __len__(self):
        return self.features.shape[0]

    def gains(self, rows):
        """Gain of each row."""
        return _rounded_digits(np.asarray(self.features[rows] @ self.uncovered))

    def add(self, rows):
        """Choose rows."""
        self._add(self.features[rows])

    def _add(self, others):
        for rows in _blocks.row_chunks(others.shape[0], 8 * others.shape[1]):
            block = _blocks.shifted(others[rows], None)
            block = block.toarray() if sparse.issparse(block) else block
            self.uncovered *= np.prod(np.clip(1 - block, 0, 1), axis=0)


def _check_probabilities(features):
    if not vectors(features) or not (
        features.min() > -1e-6 and features.max() < 1 + 1e-6
    ):
        raise ValueError(
            "Set cover needs features from 0 to 1, the probabilities that a sample "
            "covers a concept; take the class probabilities, or scale the features."
        )


def _rounded_digits(gains):
    """Keep 40 binary digits of each gain: these are sums of positive numbers."""
    mantissa, exponent = np.frexp(gains)
    return np.ldexp(np.round(mantissa * 2.0**40), exponent - 40)
