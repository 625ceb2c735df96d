"""Mean cosine with the nearest rows."""

import numpy as np
from sklearn.utils import gen_batches

from skactive.geometry._distances import inner_products
from skactive.geometry._unit_rows import unit_rows

__all__ = ["mean_nearest_cosines"]

# Similarities held at once.
_N_PAIRS = 2**22


def mean_nearest_cosines(features, n_neighbors):
    """Mean cosine of the angles between each row and the others closest in direction.

    Looks at all pairs, a few rows at a time.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        At least one row.
    n_neighbors : int
        How many others count, those with the largest cosines; all of them if there are
        fewer.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        Between -1 and 1; a row of zeros has 0 with all rows. A single row has 0.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import mean_nearest_cosines
    >>> rows = np.array([[3.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    >>> mean_nearest_cosines(rows, 1)
    array([1., 1., 0.])
    """
    units = unit_rows(features)
    n_rows = units.shape[0]
    k = min(n_neighbors, n_rows - 1)
    means = np.zeros(n_rows)
    if k == 0:
        return means
    for rows in gen_batches(n_rows, max(1, _N_PAIRS // n_rows)):
        cosines = inner_products(units[rows], units)
        cosines[np.arange(len(cosines)), np.arange(n_rows)[rows]] = -np.inf
        cosines.partition(n_rows - k, axis=1)
        # Sorted, equal neighborhoods have equal sums.
        means[rows] = np.sort(cosines[:, n_rows - k :], axis=1).mean(axis=1)
    return means
