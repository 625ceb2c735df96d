"""Norms, inner products and distances of features of all kinds."""

import numpy as np
from scipy import sparse

from skactive.geometry import _blocks
from skactive.geometry._kernel_features import KernelFeatures
from skactive.geometry._product_features import ProductFeatures
from skactive.geometry._stacked_features import StackedFeatures

__all__ = [
    "inner_products",
    "mean_cosines",
    "min_squared_distances",
    "smallest_distance",
    "squared_distances",
    "squared_distances_to_mean",
    "squared_norms",
]


def squared_norms(features):
    """Squared Euclidean norm of every row, in double precision.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        Converted block by block, never as a whole.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import squared_norms
    >>> squared_norms(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([25.,  0.])
    """
    norms = np.empty(features.shape[0])
    for rows in _blocks.row_chunks(len(norms), _blocks.row_bytes(features)):
        norms[rows] = _blocks.block_norms(_blocks.shifted(features[rows], None))
    return norms


def inner_products(a, b):
    """Inner products of all rows of `a` with all rows of `b`, in double precision.

    Parameters
    ----------
    a, b : {ndarray, CSR, ProductFeatures} of shape (n_a or n_b, n_features)
        Two sets of rows of the same kind.

    Returns
    -------
    ndarray of shape (n_a, n_b), float64

    Raises
    ------
    TypeError
        If `a` and `b` are not of the same kind.
    ValueError
        If `a` and `b` differ in width.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import ProductFeatures, inner_products
    >>> rows = ProductFeatures(np.array([[1.0], [2.0]]), np.array([[1.0, 0], [1, 1]]))
    >>> inner_products(rows, rows)
    array([[1., 2.],
           [2., 8.]])
    """
    return _all_pairs(a, b, None, _blocks.block_products)


def products_with_sum(features):
    """Inner product of every row with the sum of all rows, in double precision.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The sum of product features is kept as a matrix of shape (n_left, n_right).

    Returns
    -------
    ndarray of shape (n_rows,), float64
    """
    return products_with_total(features, row_total(features))


def row_total(features, weights=None):
    """Weighted sum of all rows: a list with a matrix for each pair of factors."""
    total = None
    for rows in _blocks.row_chunks(features.shape[0], _blocks.row_bytes(features)):
        block = _blocks.shifted(features[rows], None)
        if weights is not None:
            block = _blocks.scaled(block, weights[rows])
        total = _blocks.add_pairs(total, _blocks.factor_pairs(block))
    return total


def products_with_total(features, total):
    """Inner product of every row with such a sum."""
    products = np.empty(features.shape[0])
    for rows in _blocks.row_chunks(len(products), _blocks.row_bytes(features)):
        block = _blocks.shifted(features[rows], None)
        products[rows] = _blocks.pair_products(_blocks.factor_pairs(block), total)
    return products


def squared_distances(a, b):
    """Squared Euclidean distances of all rows of `a` to all rows of `b`.

    Computed from norms and inner products around a common origin; where these cancel,
    from differences. So distances are never negative, identical rows are at 0 exactly,
    and data far from zero lose no digits.

    Parameters
    ----------
    a, b : {ndarray, CSR, ProductFeatures} of shape (n_a or n_b, n_features)
        Two sets of rows of the same kind.

    Returns
    -------
    ndarray of shape (n_a, n_b), float64

    Raises
    ------
    TypeError
        If `a` and `b` are not of the same kind.
    ValueError
        If `a` and `b` differ in width.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import squared_distances
    >>> rows = np.array([[1e8], [1e8 + 3]])
    >>> squared_distances(rows, rows)
    array([[0., 9.],
           [9., 0.]])
    """
    return _all_pairs(a, b, _blocks.central_point(a), _blocks.block_distances)


def min_squared_distances(features, centers):
    """Squared Euclidean distance of every row to its nearest center.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The rows to measure.
    centers : same kind as `features`, of shape (n_centers, n_features)
        At least one row. Memory does not grow with ``n_rows * n_centers``.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Raises
    ------
    TypeError
        If `centers` is not of the same kind as `features`.
    ValueError
        If the widths differ.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import min_squared_distances
    >>> min_squared_distances(np.array([[0.0], [4.0]]), np.array([[1.0], [9.0]]))
    array([1., 9.])
    """
    check_same_kind(features, centers, "centers")
    return _blocks.minima(features, centers, _blocks.central_point(features))


def smallest_distance(features):
    """Smallest Euclidean distance between two rows that differ.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        At least one row. Memory does not grow with the square of their number.

    Returns
    -------
    float
        0 where all rows are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import smallest_distance
    >>> smallest_distance(np.array([[0.0], [0.0], [3.0], [7.0]]))
    3.0
    """
    origin = _blocks.central_point(features)
    smallest = np.inf
    for some in _blocks.row_chunks(features.shape[0], _blocks.row_bytes(features)):
        block = _blocks.shifted(features[some], origin)
        width = _blocks.row_bytes(features) + 8 * block.shape[0]
        for rows in _blocks.row_chunks(features.shape[0], width):
            part = _blocks.shifted(features[rows], origin)
            distances = _blocks.block_distances(part, block)
            distances = distances[distances > 0]
            smallest = min(smallest, distances.min(initial=np.inf))
    return float(np.sqrt(smallest)) if np.isfinite(smallest) else 0.0


@np.errstate(over="ignore", invalid="ignore")
def squared_distances_to_mean(features):
    """Squared Euclidean distance of every row to the mean of all rows.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        At least one row. The mean of product features is no product; it is kept as a
        matrix of shape (n_left, n_right).

    Returns
    -------
    ndarray of shape (n_rows,), float64
        Not finite where a row of `features` is not.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import squared_distances_to_mean
    >>> squared_distances_to_mean(np.array([[0.0], [1.0], [5.0]]))
    array([4., 1., 9.])
    """
    origin = _blocks.central_point(features)
    n_rows = features.shape[0]
    chunks = list(_blocks.row_chunks(n_rows, _blocks.row_bytes(features)))
    totals = None
    for rows in chunks:
        block = _blocks.shifted(features[rows], origin)
        totals = _blocks.add_pairs(totals, _blocks.factor_pairs(block))
    mean = [total / n_rows for total in totals]
    distances = np.empty(n_rows)
    for rows in chunks:
        block = _blocks.shifted(features[rows], origin)
        products = _blocks.pair_products(_blocks.factor_pairs(block), mean)
        distances[rows] = _blocks.block_norms(block) - 2 * products
    norm = sum((part**2).sum() for part in mean)
    return np.maximum(distances + norm, 0)


def mean_cosines(features):
    """Mean cosine of the angles between each row and all rows, itself included.

    The mean of the cosines is the product with the mean of the unit vectors, so no pair
    of rows is looked at.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        At least one row. The mean of product features is no product; it is kept as a
        matrix of shape (n_left, n_right).

    Returns
    -------
    ndarray of shape (n_rows,), float64
        Between -1 and 1; a row of zeros has 0 with all rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import mean_cosines
    >>> mean_cosines(np.array([[3.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 0.0]]))
    array([0.5 , 0.5 , 0.25, 0.  ])
    """
    n_rows = features.shape[0]
    chunks = list(_blocks.row_chunks(n_rows, _blocks.row_bytes(features)))

    def unit_pairs(rows):
        block = _blocks.shifted(features[rows], None)
        lengths = np.sqrt(_blocks.block_norms(block))
        lengths[lengths == 0] = 1
        return _blocks.factor_pairs(_blocks.scaled(block, 1 / lengths))

    totals = None
    for rows in chunks:
        totals = _blocks.add_pairs(totals, unit_pairs(rows))
    cosines = np.empty(n_rows)
    for rows in chunks:
        cosines[rows] = _blocks.pair_products(unit_pairs(rows), totals)
    return cosines / n_rows


def check_same_kind(a, b, name):
    """Raise unless `b`, called `name` in the message, can be compared with `a`."""
    if _kind(a) != _kind(b):
        raise TypeError(
            f"{name} is {_kind(b)}, but the features it is compared with are "
            f"{_kind(a)}; convert one of the two."
        )
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"{name} has {b.shape[1]} columns, but the features it is compared with "
            f"have {a.shape[1]}."
        )


def _kind(features):
    if isinstance(features, KernelFeatures):
        return "rows of a kernel"
    if isinstance(features, StackedFeatures):
        return f"a stack of [{', '.join(map(_kind, features.parts))}]"
    if isinstance(features, ProductFeatures):
        return f"ProductFeatures with a {_kind(features.right)} right factor"
    return "sparse" if sparse.issparse(features) else "dense"


def _all_pairs(a, b, origin, measure):
    check_same_kind(a, b, "b")
    result = np.empty((a.shape[0], b.shape[0]))
    for some in _blocks.row_chunks(b.shape[0], _blocks.row_bytes(b)):
        block = _blocks.shifted(b[some], origin)
        width = _blocks.row_bytes(a) + 8 * block.shape[0]
        for rows in _blocks.row_chunks(a.shape[0], width):
            result[rows, some] = measure(_blocks.shifted(a[rows], origin), block)
    return result
