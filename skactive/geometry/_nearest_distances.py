"""Mean distance to the nearest rows."""

import numpy as np
from sklearn.utils import gen_batches

from skactive.geometry._distances import squared_distances

__all__ = ["mean_nearest_distances"]

# Distances held at once.
_N_PAIRS = 2**22


def mean_nearest_distances(features, n_neighbors):
    """Mean Euclidean distance of each row to the others closest to it.

    Looks at all pairs, a few rows at a time.

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
    if k == 0:
        return means
    for rows in gen_batches(n_rows, max(1, _N_PAIRS // n_rows)):
        squares = squared_distances(features[rows], features)
        squares[np.arange(len(squares)), np.arange(n_rows)[rows]] = np.inf
        squares.partition(k - 1, axis=1)
        # Sorted, equal neighborhoods have equal sums.
        means[rows] = np.sqrt(np.sort(squares[:, :k], axis=1)).mean(axis=1)
    return means
