"""Features of any kind as plain dense rows, where they are narrow enough."""

import numpy as np
from scipy import sparse

from skactive.geometry import _blocks

__all__ = ["dense_rows"]

_MOST_COLUMNS = 8192


def dense_rows(features, who):
    """Write sparse, product and stacked features out; dense ones stay as they are.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        Features of samples.
    who : str
        Who needs plain rows, for the message.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        `features` itself if it is dense, else float64.

    Raises
    ------
    TypeError
        If they are of another kind and have more than 8192 columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import ProductFeatures, dense_rows
    >>> rows = ProductFeatures(np.array([[1.0, 2.0]]), np.array([[3.0]]))
    >>> dense_rows(rows, "the reader")
    array([[3., 6.]])
    """
    if isinstance(features, np.ndarray):
        return features
    if features.shape[1] > _MOST_COLUMNS:
        raise TypeError(
            f"{who} needs plain vectors, and these features of {features.shape[1]} "
            f"columns, sparse or products, are too wide for that (more than "
            f"{_MOST_COLUMNS}); put skactive.features.Sketch behind them."
        )
    dense = np.empty(features.shape)
    for rows in _blocks.row_chunks(len(dense), 8 * dense.shape[1]):
        block = features[rows]
        dense[rows] = block.toarray() if sparse.issparse(block) else np.asarray(block)
    return dense
