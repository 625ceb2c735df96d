"""Similarities of rows as kernels: a block of rows against another, never all pairs."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind, squared_distances

__all__ = [
    "ClippedCosine",
    "CosineSimilarity",
    "GaussianSimilarity",
    "InnerProduct",
    "gaussian_kernel",
    "similarity_kernel",
    "typical_gamma",
]

# Rows whose distances say what is near and what is far.
_N_TYPICAL = 500

# Exponents of this size lose no digit that a sum over the pool would show; larger ones
# need distances that are exact.
_MOST_MILD = 100

# Rows count as at least so long, or a block of short ones would face few others.
_LEAST_BYTES = 2048


class InnerProduct:
    """The inner product of two rows: the kernel of a linear model.

    Base class of the kernels: a subclass says how a block of rows is prepared, and how
    two prepared blocks are compared.
    """

    def prepare(self, rows):
        """Convert a block of rows, once for many comparisons."""
        return _blocks.shifted(rows, None)

    def between(self, a, b):
        """Compare all rows of one prepared block with all rows of another."""
        return _blocks.block_products(a, b)

    def tiles(self, features, others):
        """Yield all pairs by blocks: (rows of `features`, rows of `others`, values)."""
        check_same_kind(features, others, "others")
        width = max(_blocks.row_bytes(others), _LEAST_BYTES)
        for columns in _blocks.row_chunks(others.shape[0], width):
            block = self.prepare(others[columns])
            width = _blocks.row_bytes(features) + 8 * block.shape[0]
            for rows in _blocks.row_chunks(features.shape[0], width):
                yield rows, columns, self.between(self.prepare(features[rows]), block)

    def matrix(self, features, others):
        """All values at once, for few rows."""
        values = np.empty((features.shape[0], others.shape[0]))
        for rows, columns, tile in self.tiles(features, others):
            values[rows, columns] = tile
        return values

    def sums(self, features, others):
        """Sum over `others`, for every row of `features`."""
        sums = np.zeros(features.shape[0])
        for rows, _, tile in self.tiles(features, others):
            sums[rows] += tile.sum(axis=1)
        return sums

    def diagonal(self, features):
        """Compare every row with itself."""
        diagonal = np.empty(features.shape[0])
        for rows in _blocks.row_chunks(len(diagonal), _blocks.row_bytes(features)):
            diagonal[rows] = self._with_themselves(self.prepare(features[rows]))
        return diagonal

    def _with_themselves(self, block):
        return _blocks.block_norms(block)


class CosineSimilarity(InnerProduct):
    """``(1 + cos) / 2``, from 0 for opposite rows to 1 for parallel ones.

    The cosine of a row of zeros with any row is 0. Sums need no pairs: they are a
    product with the sum of all unit vectors.
    """

    def prepare(self, rows):
        """Convert a block of rows and bring them to length one."""
        return _unit_block(_blocks.shifted(rows, None))

    def between(self, a, b):
        """Compare all rows of one prepared block with all rows of another."""
        values = _blocks.block_products(a, b)
        values += 1
        values /= 2
        return values

    def sums(self, features, others):
        """Sum over `others`, for every row of `features`, in linear time."""
        check_same_kind(features, others, "others")
        if not others.shape[0]:
            return np.zeros(features.shape[0])
        totals = None
        for rows in _blocks.row_chunks(others.shape[0], _blocks.row_bytes(others)):
            pairs = _blocks.factor_pairs(self.prepare(others[rows]))
            totals = _blocks.add_pairs(totals, pairs)
        sums = np.empty(features.shape[0])
        for rows in _blocks.row_chunks(len(sums), _blocks.row_bytes(features)):
            pairs = _blocks.factor_pairs(self.prepare(features[rows]))
            sums[rows] = _blocks.pair_products(pairs, totals)
        return (sums + others.shape[0]) / 2

    def _with_themselves(self, block):
        return (_blocks.block_norms(block) + 1) / 2


class ClippedCosine(CosineSimilarity):
    """``max(cos, 0)``: rows at a right angle or more have nothing in common."""

    sums = InnerProduct.sums

    def between(self, a, b):
        """Compare all rows of one prepared block with all rows of another."""
        return np.maximum(_blocks.block_products(a, b), 0)

    def _with_themselves(self, block):
        return _blocks.block_norms(block)


class GaussianSimilarity(InnerProduct):
    """``exp(-gamma * squared distance)``.

    Parameters
    ----------
    gamma : float
        Positive.
    origin : ndarray or None
        Where distances are measured from; they are the same from everywhere, but not
        their digits. ``_blocks.central_point`` of the features.
    """

    def __init__(self, gamma, origin=None):
        self.gamma = gamma
        self.origin = origin

    def prepare(self, rows):
        """Convert a block of rows and move them to the origin."""
        return _blocks.shifted(rows, self.origin)

    def between(self, a, b):
        """Compare all rows of one prepared block with all rows of another."""
        left, right = (self.gamma * _blocks.block_norms(block) for block in (a, b))
        if left.max(initial=0) + right.max(initial=0) > _MOST_MILD:
            values = _blocks.block_distances(a, b)
            values *= -self.gamma
            return np.exp(values, out=values)
        values = _blocks.block_products(a, b)
        values *= 2 * self.gamma
        values -= left[:, np.newaxis]
        values -= right
        np.exp(values, out=values)
        return np.minimum(values, 1, out=values)

    def _with_themselves(self, block):
        return np.ones(block.shape[0])


def similarity_kernel(name, features, *, gamma=None, rng):
    """Make a kernel of similarities, from 0 to 1, that suits the features.

    Parameters
    ----------
    name : {'cosine', 'clipped_cosine', 'rbf'}
        ``(1 + cos) / 2``, ``max(cos, 0)`` or ``exp(-gamma * squared distance)``.
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    gamma : float, default=None
        For ``'rbf'``; None means `typical_gamma` of the features.
    rng : numpy.random.Generator
        For `typical_gamma`.

    Returns
    -------
    kernel : InnerProduct

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import similarity_kernel
    >>> points = np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> kernel = similarity_kernel("cosine", points, rng=np.random.default_rng(0))
    >>> kernel.matrix(points, points)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    if name == "cosine":
        return CosineSimilarity()
    if name == "clipped_cosine":
        return ClippedCosine()
    gamma = typical_gamma(features, rng) if gamma is None else gamma
    return GaussianSimilarity(gamma, _blocks.central_point(features))


def gaussian_kernel(features, sigma):
    """Make the kernel ``exp(-squared distance / sigma**2)``, without 1/2.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    sigma : float
        Where the kernel has fallen to 1/e.

    Returns
    -------
    kernel : GaussianSimilarity

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import gaussian_kernel
    >>> line = np.array([[0.0], [2.0]])
    >>> gaussian_kernel(line, 2.0).matrix(line, line).round(3)
    array([[1.   , 0.368],
           [0.368, 1.   ]])
    """
    # A reach of next to nothing leaves each row alone with its copies.
    gamma = 1 / max(sigma**2, np.finfo(np.float64).tiny)
    return GaussianSimilarity(gamma, _blocks.central_point(features))


def typical_gamma(features, rng):
    """One over the median squared distance between a few rows; copies do not count.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    rng : numpy.random.Generator
        Draws the rows, where there are more than 500.

    Returns
    -------
    float
        1 where all rows are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import typical_gamma
    >>> typical_gamma(np.array([[0.0], [2.0], [2.0]]), np.random.default_rng(0))
    0.25
    """
    if features.shape[0] > _N_TYPICAL:
        rows = rng.choice(features.shape[0], _N_TYPICAL, replace=False)
        features = features[np.sort(rows)]
    distances = squared_distances(features, features)
    distances = distances[distances > 0]
    return float(1 / np.median(distances)) if len(distances) else 1.0


def _unit_block(block):
    norms = np.sqrt(_blocks.block_norms(block))
    norms[norms == 0] = 1
    return _blocks.scaled(block, 1 / norms)
