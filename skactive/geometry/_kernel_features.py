"""Rows of an infinitely wide feature map, known by their inner products alone."""

import numpy as np

__all__ = ["KernelFeatures"]

# Rows compared with themselves at once, by a square matrix.
_N_DIAGONAL = 64


class KernelFeatures:
    """Samples in the space of a kernel: ``k(a, b)`` is the inner product of two rows.

    Only inner products and distances are to be had; means, sketches and other vectors
    are not.

    Parameters
    ----------
    X : {ndarray, sparse matrix, list} of n_rows samples
        What the kernel compares.
    kernel : callable
        ``kernel(A, B)`` is the matrix of inner products, as with the kernels of
        `sklearn.gaussian_process`. Noise that a kernel adds where it is called with one
        argument plays no part.
    noise : float, default=0.0
        Variance of the noise in which a process with this kernel is observed.

    Attributes
    ----------
    X, kernel, noise : as above
        As given.
    shape : tuple of int
        That of X.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.gaussian_process.kernels import RBF
    >>> from skactive.geometry import KernelFeatures, squared_distances
    >>> rows = KernelFeatures(np.array([[0.0], [0.1], [9.0]]), RBF())
    >>> squared_distances(rows, rows).round(2)
    array([[0.  , 0.01, 2.  ],
           [0.01, 0.  , 2.  ],
           [2.  , 2.  , 0.  ]])
    """

    ndim = 2
    dtype = np.dtype(np.float64)

    def __init__(self, X, kernel, noise=0.0):
        self.X = X
        self.kernel = kernel
        self.noise = noise

    @property
    def shape(self):
        return (len(self), self.X.shape[1] if hasattr(self.X, "shape") else 1)

    def __len__(self):
        return self.X.shape[0] if hasattr(self.X, "shape") else len(self.X)

    def __getitem__(self, rows):
        if hasattr(self.X, "shape"):
            part = self.X[rows]
        else:
            part = [self.X[row] for row in np.arange(len(self.X))[rows]]
        return KernelFeatures(part, self.kernel, self.noise)

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "The rows of a kernel are known by their inner products alone; where "
            "vectors are needed, use features=WeightGradient() or Inputs() in place of "
            "ModelKernel()."
        )

    def __repr__(self):
        return f"KernelFeatures(shape={self.shape}, kernel={self.kernel})"

    def products(self, others):
        """Inner products with all rows of other features of the same kernel.

        Parameters
        ----------
        others : KernelFeatures
            The other rows.

        Returns
        -------
        ndarray of shape (len(self), len(others)), float64
        """
        if not len(self) or not len(others):
            return np.zeros((len(self), len(others)))
        return np.asarray(self.kernel(self.X, others.X), dtype=np.float64)

    def pair_products(self, others):
        """Inner product of each row with the row of the same number.

        Parameters
        ----------
        others : KernelFeatures
            As many rows, or a single one.

        Returns
        -------
        ndarray of shape (len(self),), float64
        """
        if len(others) == 1:
            return self.products(others)[:, 0]
        products = np.empty(len(self))
        for start in range(0, len(self), _N_DIAGONAL):
            rows = slice(start, start + _N_DIAGONAL)
            products[rows] = self[rows].products(others[rows]).diagonal()
        return products
