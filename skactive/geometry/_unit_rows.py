"""Rows scaled to length one."""

import numpy as np
from scipy import sparse

from skactive.geometry._distances import squared_norms
from skactive.geometry._picks import check_finite
from skactive.geometry._product_features import ProductFeatures

__all__ = ["unit_rows"]


def unit_rows(features):
    """Divide every row by its length; rows of zeros stay as they are.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        Not modified. Of product features the left factor alone is scaled.

    Returns
    -------
    {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
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
    return _divided(features, np.where(norms > np.finfo(np.float32).tiny, norms, 1))


def _divided(features, norms):
    if isinstance(features, ProductFeatures):
        return ProductFeatures(_divided(features.left, norms), features.right)
    factors = (1 / norms).astype(np.result_type(features.dtype, np.float32))
    if sparse.issparse(features):
        scaled = features.astype(factors.dtype)
        scaled.data *= np.repeat(factors, np.diff(scaled.indptr))
        return scaled
    return features * factors[:, np.newaxis]
