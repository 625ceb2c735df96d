"""Mean distance to the nearest rows."""

import numpy as np
from sklearn.utils import gen_batches

from skactive.geometry import _blocks
from skactive.geometry._distances import inner_products, squared_norms
from skactive.geometry._picks import check_finite
from skactive.geometry._stacked_features import vectors

__all__ = ["mean_nearest_distances"]

# Pairs of rows looked at at once.
_N_PAIRS = 2**22


@np.errstate(over="ignore", invalid="ignore")  # what comes of it is checked
def mean_nearest_distances(features, n_neighbors):
    """Mean Euclidean distance of each row to the others closest to it.

    Looks at all pairs, a few rows at a time; in few dimensions at less than that.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        At least one row.
    n_neighbors : int
        How many others count; all of them if there are fewer.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        A single row has 0.

    Raises
    ------
    ValueError
        If a row is not finite or too large to be squared.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import mean_nearest_distances
    >>> mean_nearest_distances(np.array([[0.0], [1.0], [5.0]]), 1)
    array([1., 1., 4.])
    """
    n_rows = features.shape[0]
    k = min(n_neighbors, n_rows - 1)
    means = np.zeros(n_rows)
    norms = squared_norms(features)
    check_finite(norms)
    if k == 0:
        return means
    origin = _blocks.central_point(features)
    if vectors(features):
        neighbors = _of_vectors(features, origin, k)
    else:
        neighbors = _of_products(features, norms, k)
    for rows in _blocks.row_chunks(n_rows, 2 * k * _blocks.row_bytes(features)):
        near = neighbors[rows]
        own = np.repeat(np.arange(n_rows)[rows], k)
        # Measured anew by differences, so that copies are at 0 exactly.
        squares = _blocks.pair_distances(
            _blocks.shifted(features[own], origin),
            _blocks.shifted(features[near.ravel()], origin),
        )
        # Sorted, equal neighborhoods have equal sums.
        means[rows] = np.sort(np.sqrt(squares.reshape(near.shape)), axis=1).mean(axis=1)
    return means


def _of_vectors(features, origin, k):
    # A second to load, and few need it.
    from sklearn.neighbors import NearestNeighbors

    dtype = np.result_type(features.dtype, np.float32)
    near = NearestNeighbors(n_neighbors=k).fit(_blocks.shifted(features, origin, dtype))
    return near.kneighbors(return_distance=False)


def _of_products(features, norms, k):
    n_rows = features.shape[0]
    neighbors = np.empty((n_rows, k), dtype=np.int64)
    for rows in gen_batches(n_rows, max(1, _N_PAIRS // n_rows)):
        # Half the squared distance, but for the row's own norm.
        keys = norms / 2 - inner_products(features[rows], features)
        keys[np.arange(len(keys)), np.arange(n_rows)[rows]] = np.inf
        neighbors[rows] = np.argpartition(keys, k - 1, axis=1)[:, :k]
    return neighbors
