"""Features of different kinds side by side, never brought into one array."""

import numpy as np
from scipy import sparse

from skactive.geometry._kernel_features import KernelFeatures
from skactive.geometry._product_features import ProductFeatures, check_entries

__all__ = ["StackedFeatures"]


class StackedFeatures:
    """Several sets of features of the same samples, as if they stood side by side.

    Inner products and squared distances of such rows are the sums over the parts: a sum
    of kernels. The gradient of a whole net is a stack of one product for each layer.

    Parameters
    ----------
    parts : list of {ndarray, CSR, ProductFeatures}
        At least one, with the same number of rows each.

    Attributes
    ----------
    parts : list
        The parts themselves, not copies.
    shape : tuple of int
        ``(n_rows, n_features)``, of all parts together.
    dtype : numpy.dtype
        The type the joint rows would have.

    Raises
    ------
    ValueError
        If there are no parts, or they differ in length.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import StackedFeatures, squared_norms
    >>> rows = StackedFeatures([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    >>> np.asarray(rows), squared_norms(rows)
    (array([[1., 2., 3.]]), array([14.]))
    """

    ndim = 2

    def __init__(self, parts):
        lengths = {part.shape[0] for part in parts}
        if len(lengths) != 1:
            raise ValueError(
                "parts must be one or more sets of features with one row per sample "
                f"each; got shapes {[part.shape for part in parts]}."
            )
        self.parts = list(parts)

    @property
    def shape(self):
        return (self.parts[0].shape[0], sum(part.shape[1] for part in self.parts))

    @property
    def dtype(self):
        return np.result_type(*(part.dtype for part in self.parts))

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        return StackedFeatures([part[rows] for part in self.parts])

    def __array__(self, dtype=None, copy=None):
        check_entries(self, copy)
        blocks = [
            part.toarray() if sparse.issparse(part) else np.asarray(part)
            for part in self.parts
        ]
        return np.hstack(blocks).astype(dtype or self.dtype, copy=False)

    def __repr__(self):
        return f"StackedFeatures(shape={self.shape}, dtype={self.dtype})"


def vectors(features):
    """Whether the rows are plain vectors: dense or CSR."""
    return not isinstance(features, ProductFeatures | StackedFeatures | KernelFeatures)
