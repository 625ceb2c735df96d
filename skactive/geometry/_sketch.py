"""Random projections that keep inner products on average."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._kernel_features import KernelFeatures
from skactive.geometry._product_features import ProductFeatures
from skactive.geometry._stacked_features import StackedFeatures

__all__ = ["RandomProjection"]


class RandomProjection:
    """Dense features of a given width, whose inner products are unbiased estimates.

    Plain vectors are multiplied by a matrix W of independent standard normal numbers,
    and divided by the square root of the width m. For products of two factors the
    entries are ``(left @ V) * (right @ W) / sqrt(m)``: they are never multiplied out.
    The parts of a stack are projected independently and added up. The same object
    projects labeled samples and pool alike, and different calls may bring different
    samples, but the same kind of features.

    Parameters
    ----------
    width : int
        Number of columns m. The standard deviation of an inner product of unit vectors
        is about ``1 / sqrt(m)`` for plain vectors, and up to three times that for
        products.
    seed : int
        Determines the matrices.

    Notes
    -----
    The matrices are kept: `width` numbers for each column of a vector or a factor.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import RandomProjection, inner_products
    >>> rows = np.eye(3)
    >>> projected = RandomProjection(100_000, seed=0).project(rows)
    >>> projected.shape, abs(inner_products(projected, projected).round(1)).tolist()
    ((3, 100000), [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    """

    def __init__(self, width, seed):
        self.width = width
        self.seed = seed
        self._matrices = {}

    def project(self, features):
        """Project the rows of features of any kind.

        Parameters
        ----------
        features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
            Taken block by block.

        Returns
        -------
        ndarray of shape (n_rows, width), float32
        """
        projected = np.empty((features.shape[0], self.width), dtype=np.float32)
        width = _blocks.row_bytes(features) + 8 * self.width
        for rows in _blocks.row_chunks(len(projected), width):
            projected[rows] = self.project_pairs(_pairs(features[rows]))
        return projected

    def project_pairs(self, pairs):
        """Project products of factors that stand side by side, such as layers.

        Parameters
        ----------
        pairs : list of (left, right)
            Arrays of shapes (n_rows, a) and (n_rows, c), where `right` may be None for
            a plain vector, or of shapes (n_rows, n_positions, a) and (n_rows,
            n_positions, c), for the sum of the products over positions.

        Returns
        -------
        ndarray of shape (n_rows, width), float32
        """
        total = 0
        for number, (left, right) in enumerate(pairs):
            product = self._times(left, (number, 0))
            if right is not None:
                product *= self._times(right, (number, 1))
            total = total + (product.sum(axis=1) if product.ndim == 3 else product)
        total *= np.float32(1 / np.sqrt(self.width))
        return total

    def _times(self, factor, key):
        if key not in self._matrices:
            rng = np.random.default_rng((self.seed, *key))
            size = (factor.shape[-1], self.width)
            self._matrices[key] = rng.standard_normal(size, dtype=np.float32)
        matrix = self._matrices[key]
        if factor.shape[-1] != len(matrix):
            raise ValueError(
                f"These features have {factor.shape[-1]} columns where those projected "
                f"before had {len(matrix)}; make another projection."
            )
        return factor.astype(np.float32, copy=False) @ matrix


def _pairs(features):
    """(left, right) of each part; right is None for plain vectors."""
    if isinstance(features, StackedFeatures):
        return [pair for part in features.parts for pair in _pairs(part)]
    if isinstance(features, ProductFeatures):
        return [(features.left, features.right)]
    if isinstance(features, KernelFeatures):
        features = np.asarray(features)  # raises, and says what to do
    return [(features, None)]
