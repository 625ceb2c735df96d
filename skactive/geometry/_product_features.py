"""Features that are outer products of two factors, kept as the two factors."""

import numpy as np
from scipy import sparse

__all__ = ["ProductFeatures"]

MAX_DENSE_ENTRIES = 1_000_000


class ProductFeatures:
    """Rows that are flattened outer products, never multiplied out.

    Row ``i`` stands for ``outer(left[i], right[i]).ravel()``. The gradient of a linear
    layer has this form (signal times activation), with 10 classes and 512 activations
    5,120 numbers per sample; norms and inner products need only the 522 of the factors,
    because ``<l ⊗ r, m ⊗ s> = <l, m> <r, s>``.

    Parameters
    ----------
    left : ndarray of shape (n_rows, n_left)
        The first factor.
    right : {ndarray, CSR matrix or array} of shape (n_rows, n_right)
        The second factor.

    Attributes
    ----------
    left, right : as above
        The factors themselves, not copies.
    shape : tuple of int
        ``(n_rows, n_left * n_right)``.
    dtype : numpy.dtype
        The type the multiplied rows would have.

    Raises
    ------
    ValueError
        If a factor is not two-dimensional or the factors differ in length.
    TypeError
        If `left` is sparse.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import ProductFeatures
    >>> features = ProductFeatures(np.array([[1, 2], [3, 4]]), np.array([[5], [6]]))
    >>> features.shape
    (2, 2)
    >>> np.asarray(features[[1]])
    array([[18, 24]])
    """

    ndim = 2

    def __init__(self, left, right):
        if sparse.issparse(left):
            raise TypeError(
                "left is sparse, but only the right factor may be; swap the factors or "
                "call left.toarray()."
            )
        if left.ndim != 2 or right.ndim != 2 or left.shape[0] != right.shape[0]:
            raise ValueError(
                "left and right must be two-dimensional with one row per sample each; "
                f"got shapes {left.shape} and {right.shape}."
            )
        self.left = left
        self.right = right

    @property
    def shape(self):
        return (self.left.shape[0], self.left.shape[1] * self.right.shape[1])

    @property
    def dtype(self):
        return np.result_type(self.left.dtype, self.right.dtype)

    def __len__(self):
        return self.left.shape[0]

    def __getitem__(self, rows):
        return ProductFeatures(self.left[rows], self.right[rows])

    def __array__(self, dtype=None, copy=None):
        check_entries(self, copy)
        right = self.right.toarray() if sparse.issparse(self.right) else self.right
        product = self.left[:, :, np.newaxis] * right[:, np.newaxis, :]
        return product.reshape(self.shape).astype(dtype or self.dtype, copy=False)

    def __repr__(self):
        return f"ProductFeatures(shape={self.shape}, dtype={self.dtype})"


def check_entries(features, copy):
    """Raise unless features may become one array, as ``__array__`` is asked to."""
    name = type(features).__name__
    if copy is False:
        raise ValueError(f"{name} cannot become an array without a copy.")
    n_entries = features.shape[0] * features.shape[1]
    if n_entries > MAX_DENSE_ENTRIES:
        raise ValueError(
            f"{name} of shape {features.shape} would be multiplied out to {n_entries} "
            f"entries, more than {MAX_DENSE_ENTRIES}; take fewer rows, or put "
            "skactive.features.Sketch behind the features."
        )
