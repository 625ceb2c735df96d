"""Products of two distances, to the center where they are smallest."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind
from skactive.geometry._picks import check_finite

__all__ = ["min_distance_products"]


@np.errstate(over="ignore", invalid="ignore")
def min_distance_products(a, b, a_centers, b_centers):
    """Smallest product of the squared distances in two spaces, over all centers.

    Parameters
    ----------
    a, b : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The same rows in two spaces.
    a_centers, b_centers : same kinds as `a` and `b`
        The same centers in both spaces, at least one. Memory does not grow with
        ``n_rows * n_centers``.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Raises
    ------
    TypeError
        If centers are not of the same kind as the rows.
    ValueError
        If the widths differ, or the rows are not finite or too large to be squared.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import min_distance_products
    >>> rows, centers = np.array([[1.0], [2.0]]), np.array([[0.0], [4.0]])
    >>> min_distance_products(rows, 3 * rows, centers, centers)
    array([ 9., 16.])
    """
    check_same_kind(a, a_centers, "a_centers")
    check_same_kind(b, b_centers, "b_centers")
    a_origin, b_origin = _blocks.central_point(a), _blocks.central_point(b)
    minima = np.full(a.shape[0], np.inf)
    width = _blocks.row_bytes(a_centers) + _blocks.row_bytes(b_centers)
    for some in _blocks.row_chunks(a_centers.shape[0], width):
        a_block = _blocks.shifted(a_centers[some], a_origin)
        b_block = _blocks.shifted(b_centers[some], b_origin)
        width = _blocks.row_bytes(a) + _blocks.row_bytes(b) + 16 * a_block.shape[0]
        for rows in _blocks.row_chunks(a.shape[0], width):
            products = _blocks.block_distances(
                _blocks.shifted(a[rows], a_origin), a_block
            )
            products *= _blocks.block_distances(
                _blocks.shifted(b[rows], b_origin), b_block
            )
            np.minimum(minima[rows], products.min(axis=1), out=minima[rows])
    check_finite(minima)
    return minima
