"""The graph in which all rows are linked, as strongly as their directions agree."""

import numpy as np
from scipy import sparse
from sklearn.utils import gen_batches

from skactive.geometry import _blocks

__all__ = ["CosineGraph"]

# A row whose links add up to less is linked to none: what is left is rounding.
_LEAST_DEGREE = 1e-3

# Columns smoothed at once.
_N_COLUMNS = 512


class CosineGraph:
    """Products with the adjacency matrix of a graph that is never built.

    Links are the cosines of the rows where no feature is negative, and ``(1 + cosine) /
    2`` otherwise, so that no link is. The adjacency matrix has columns of links that
    add up to 1, and on its diagonal ones in place of the links of rows to themselves.

    Parameters
    ----------
    units : {ndarray, CSR} of shape (n_rows, n_features)
        Rows of length one, or zero.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import CosineGraph
    >>> graph = CosineGraph(np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]))
    >>> graph.product(np.eye(3)).round(2)
    array([[1.  , 0.43, 0.  ],
           [1.  , 1.  , 1.  ],
           [0.  , 0.57, 1.  ]])
    """

    def __init__(self, units):
        self.units = units
        squares = _blocks.block_norms(units).astype(np.float64)
        # 1/2 + cosine/2 is a product too: that of rows with one more feature.
        self._constant = 0.0 if units.min() >= 0 else 0.5
        self._slope = 1 - self._constant
        self._diagonal = self._constant + self._slope * squares
        degrees = self._links(np.ones((units.shape[0], 1)))[:, 0]
        self._inverse_degrees = np.divide(
            1, degrees, out=np.zeros_like(degrees), where=degrees > _LEAST_DEGREE
        )

    def product(self, values, *, transposed=False):
        """Multiply the adjacency matrix, or its transpose, by some columns.

        Parameters
        ----------
        values : ndarray of shape (n_rows, n_columns)
            The columns.
        transposed : bool, default=False
            Whether rows of links add up to 1, not columns.

        Returns
        -------
        product : ndarray of shape (n_rows, n_columns)
            In the precision of `values`.
        """
        weights = self._inverse_degrees.astype(values.dtype)[:, np.newaxis]
        if transposed:
            result = self._links(values)
            result *= weights
        else:
            result = self._links(values * weights)
        result += values
        return result

    def project(self, matrix):
        """Multiply the rows by a matrix.

        Parameters
        ----------
        matrix : ndarray of shape (n_features, n_columns)
            The matrix.

        Returns
        -------
        projected : ndarray of shape (n_rows, n_columns)
            In the precision of `matrix`.
        """
        projected = np.empty((self.units.shape[0], matrix.shape[1]), matrix.dtype)
        for rows, block in self._row_blocks(projected):
            projected[rows] = block @ matrix
        return projected

    def smoothed_units(self):
        """Multiply the adjacency matrix by the rows.

        Returns
        -------
        smoothed : ndarray of shape (n_rows, n_features)
        """
        smoothed = np.empty(self.units.shape, dtype=self.units.dtype)
        for columns in gen_batches(self.units.shape[1], _N_COLUMNS):
            block = self.units[:, columns]
            block = block.toarray() if sparse.issparse(block) else block
            smoothed[:, columns] = self.product(block)
        return smoothed

    def _links(self, values):
        """Sums of values over the neighbors, weighted by the links."""
        sums = np.zeros((self.units.shape[1], values.shape[1]), dtype=values.dtype)
        for rows, block in self._row_blocks(values):
            sums += block.T @ values[rows]
        sums *= self._slope
        result = self.project(sums)
        result += self._constant * values.sum(axis=0)
        result -= self._diagonal.astype(values.dtype)[:, np.newaxis] * values
        return result

    def _row_blocks(self, values):
        """Slices of rows, and these rows in the precision of some values."""
        if values.dtype == self.units.dtype:  # nothing to convert
            yield slice(None), self.units
            return
        width = _blocks.row_bytes(self.units) + 8 * values.shape[1]
        for rows in _blocks.row_chunks(self.units.shape[0], width):
            yield rows, self.units[rows].astype(values.dtype, copy=False)
