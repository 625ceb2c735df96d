"""What features of all kinds have in common, a block of rows at a time.

All blocks in a call are of one kind: ndarray, CSR, ProductFeatures, KernelFeatures, or
a stack of parts, whose norms, products and distances are sums over the parts. `shifted`
makes them: it converts a few rows and moves them to a common origin. Distances do not
change, but data far from zero keep their digits.
"""

import numpy as np
from scipy import sparse
from sklearn import get_config
from sklearn.utils.extmath import row_norms

from skactive.geometry._kernel_features import KernelFeatures
from skactive.geometry._product_features import ProductFeatures
from skactive.geometry._stacked_features import StackedFeatures, vectors

# Blocks of this size stay in the cache, which is faster than one large product.
_BLOCK_BYTES = 4 * 2**20

# |a|² + |b|² - 2 a·b below this share of |a|² + |b|² has lost half its digits or more.
_CLOSE = 1e-8

_N_ORIGIN_ROWS = 101


def row_chunks(n_rows, row_bytes):
    """Slices of as many rows as fit a block, within scikit-learn's working memory."""
    limit = min(_BLOCK_BYTES, get_config()["working_memory"] * 2**20)
    size = max(1, int(limit // max(1, row_bytes)))
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))


def row_bytes(features):
    """Memory of one row in double precision, on average."""
    if isinstance(features, StackedFeatures):
        return sum(map(row_bytes, features.parts))
    if isinstance(features, ProductFeatures):
        return row_bytes(features.left) + row_bytes(features.right)
    if sparse.issparse(features):
        return 16 * (1 + features.nnz // max(1, features.shape[0]))
    return 8 * features.shape[1]


def central_point(features):
    """Median of a few rows per column; None where a shift would destroy the structure.

    A median cannot be dragged away by an outlier, and being made of values that occur
    in the data it leaves integers integers, so that equal distances stay equal.
    """
    if not isinstance(features, np.ndarray):
        return None
    sample = features[:: max(1, features.shape[0] // _N_ORIGIN_ROWS)]
    middle = sample.shape[0] // 2
    return np.partition(sample, middle, axis=0)[middle].astype(np.float64)


def shifted(rows, origin, dtype=np.float64):
    """Convert a block to `dtype` and move it by -origin."""
    if isinstance(rows, KernelFeatures):
        return rows
    if isinstance(rows, StackedFeatures):
        return StackedFeatures([shifted(part, None, dtype) for part in rows.parts])
    if isinstance(rows, ProductFeatures):
        left = shifted(rows.left, None, dtype)
        return ProductFeatures(left, shifted(rows.right, None, dtype))
    rows = rows.astype(dtype, copy=False)
    return rows if origin is None else rows - origin.astype(dtype)


def block_norms(a):
    """Squared norms of the rows of a block."""
    if isinstance(a, KernelFeatures):
        return a.pair_products(a)
    if isinstance(a, StackedFeatures):
        return sum(map(block_norms, a.parts))
    if isinstance(a, ProductFeatures):
        return block_norms(a.left) * block_norms(a.right)
    if sparse.issparse(a):
        return row_norms(a, squared=True)
    return np.einsum("ij,ij->i", a, a)


def block_products(a, b):
    """Inner products of all rows of one block with all rows of another, dense."""
    if isinstance(a, KernelFeatures):
        return a.products(b)
    if isinstance(a, StackedFeatures):
        products = block_products(a.parts[0], b.parts[0])
        for part, other in zip(a.parts[1:], b.parts[1:], strict=True):
            products += block_products(part, other)
        return products
    if isinstance(a, ProductFeatures):
        products = block_products(a.left, b.left)
        products *= block_products(a.right, b.right)
        return products
    if sparse.issparse(a):
        return (a @ b.T).toarray()
    return a @ b.T


def pair_distances(a, b):
    """Squared distances of row i of a to row i of b, from differences."""
    if isinstance(a, StackedFeatures):
        return sum(map(pair_distances, a.parts, b.parts))
    if isinstance(a, KernelFeatures):
        distances = block_norms(a) + block_norms(b) - 2 * a.pair_products(b)
        return np.maximum(distances, 0)
    if vectors(a):
        return block_norms(a - b)
    # l ⊗ r - m ⊗ s = l ⊗ (r - s) + (l - m) ⊗ s, two terms that vanish for equal rows.
    left, right = a.left - b.left, a.right - b.right
    cross = _row_products(a.left, left) * _row_products(right, b.right)
    first = block_norms(a.left) * block_norms(right)
    second = block_norms(left) * block_norms(b.right)
    return np.maximum(first + second + 2 * cross, 0)


def scaled(a, factors):
    """Multiply each row of a block by a number."""
    if isinstance(a, KernelFeatures):
        raise TypeError(
            "The rows of a kernel cannot be scaled; use WeightGradient() or Inputs() "
            "in place of ModelKernel()."
        )
    if isinstance(a, StackedFeatures):
        return StackedFeatures([scaled(part, factors) for part in a.parts])
    if isinstance(a, ProductFeatures):
        return ProductFeatures(scaled(a.left, factors), a.right)
    factors = factors.astype(np.result_type(a.dtype, np.float32))
    if not sparse.issparse(a):
        return a * factors[:, np.newaxis]
    product = a.astype(factors.dtype)
    product.data *= np.repeat(factors, np.diff(product.indptr))
    return product


def factor_pairs(a):
    """Write a block as products side by side: [(left, right)], all left ones dense."""
    if isinstance(a, KernelFeatures):
        raise TypeError(
            "The rows of a kernel have no mean and no sum; use WeightGradient() or "
            "Inputs() in place of ModelKernel()."
        )
    if isinstance(a, StackedFeatures):
        return [pair for part in a.parts for pair in factor_pairs(part)]
    if isinstance(a, ProductFeatures):
        return [(a.left, a.right)]
    return [(np.ones((a.shape[0], 1)), a)]


def add_pairs(totals, pairs):
    """Add the sum of a block's rows, a matrix for each of its factor pairs."""
    sums = [right.T @ left for left, right in pairs]
    return (
        sums if totals is None else [t + s for t, s in zip(totals, sums, strict=True)]
    )


def pair_products(pairs, totals):
    """Inner product of every row of a block, as factor pairs, with such a sum."""
    return sum(
        np.einsum("ij,ij->i", left, right @ total)
        for (left, right), total in zip(pairs, totals, strict=True)
    )


def _row_products(a, b):
    if sparse.issparse(a):
        return np.asarray(a.multiply(b).sum(axis=1)).ravel()
    return np.einsum("ij,ij->i", a, b)


def block_distances(a, b):
    """Squared distances of all rows of one block to all rows of another."""
    scale = block_norms(a)[:, np.newaxis] + block_norms(b)
    distances = scale - 2 * block_products(a, b)
    i, j = np.nonzero(distances < _CLOSE * scale)
    for chunk in row_chunks(len(i), row_bytes(a)):
        pairs = i[chunk], j[chunk]
        distances[pairs] = pair_distances(a[pairs[0]], b[pairs[1]])
    return distances


def block_minima(a, b):
    """Squared distance of every row of one block to the nearest row of another."""
    a_norms, b_norms = block_norms(a), block_norms(b)
    scores = block_products(a, b)
    scores -= b_norms / 2
    minima = a_norms - 2 * scores.max(axis=1)
    close = np.flatnonzero(minima < _CLOSE * (a_norms + b_norms.max()))
    if len(close):
        # Most are copies of a center: settled by one difference. The rest needs all.
        nearest = scores[close].argmax(axis=1)
        minima[close] = pair_distances(a[close], b[nearest])
        close = close[minima[close] > 0]
    if len(close):
        minima[close] = block_distances(a[close], b).min(axis=1)
    return minima


def block_bounds(a, b):
    """Upper bounds of `block_minima`, in the precision of the blocks.

    The slack covers the rounding of the shift, of two norms and of a sum of products
    whose length is the width of the block.
    """
    a_norms, b_norms = block_norms(a), block_norms(b)
    scores = block_products(a, b)
    scores -= b_norms / 2
    slack = rounding(a) * (a_norms + b_norms.max())
    return a_norms - 2 * scores.max(axis=1) + slack


def rounding(a):
    """Bound of the relative error of a distance from norms and products of rows."""
    return (_n_terms(a) + 16) * np.finfo(a.dtype).eps


def _n_terms(a):
    if isinstance(a, StackedFeatures):
        return sum(map(_n_terms, a.parts))
    if isinstance(a, ProductFeatures):
        return _n_terms(a.left) + _n_terms(a.right)
    return a.shape[1]


def minima(features, centers, origin, measure=block_minima, dtype=np.float64):
    """Run `block_minima` or `block_bounds` over all rows, block by block."""
    result = np.full(features.shape[0], np.inf)
    for some in row_chunks(centers.shape[0], row_bytes(centers)):
        block = shifted(centers[some], origin, dtype)
        width = row_bytes(features) + 8 * block.shape[0]
        for rows in row_chunks(features.shape[0], width):
            nearest = measure(shifted(features[rows], origin, dtype), block)
            np.minimum(result[rows], nearest, out=result[rows])
    return result
