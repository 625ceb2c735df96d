"""Rows scaled, to length one or by given numbers."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import squared_norms
from skactive.geometry._picks import check_finite

__all__ = ["scaled_rows", "unit_rows"]


def unit_rows(features):
    """Divide every row by its length; rows of zeros stay as they are.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        Not modified. Of product features the left factor alone is scaled.

    Returns
    -------
    same kind as `features`
        In the precision of `features`, at least float32.

    Raises
    ------
    ValueError
        If a row is not finite or too large to be squared.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import unit_rows
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    norms = np.sqrt(squared_norms(features))
    check_finite(norms)
    # Below this the inverse is infinite in single precision.
    return _blocks.scaled(
        features, 1 / np.where(norms > np.finfo(np.float32).tiny, norms, 1)
    )


def scaled_rows(features, factors):
    """Multiply every row by a number.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        Not modified. Of product features the left factor alone is scaled.
    factors : ndarray of shape (n_rows,)
        The numbers.

    Returns
    -------
    same kind as `features`
        In the precision of `features`, at least float32.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import scaled_rows
    >>> scaled_rows(np.array([[3.0, 4.0], [1.0, 0.0]]), np.array([2.0, 5.0]))
    array([[6., 8.],
           [5., 0.]])
    """
    return _blocks.scaled(features, factors)
