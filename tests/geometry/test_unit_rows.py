"""Rows of length one, of every kind of features."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from skactive.geometry import ProductFeatures, squared_distances, unit_rows

ROWS = np.random.default_rng(0).normal(size=(7, 3))
ROWS[2] = 0
ROWS[3] = 5 * ROWS[1]


def by_hand(rows):
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dense_and_sparse_rows(kind, dtype):
    rows = kind(ROWS.astype(dtype))
    before = rows.copy()
    unit = unit_rows(rows)
    assert unit.dtype == dtype
    assert (rows != before).sum() == 0
    unit = unit.toarray() if sparse.issparse(unit) else unit
    assert_allclose(unit, by_hand(ROWS), atol=1e-6)


def test_product_features_keep_their_factors():
    right = np.random.default_rng(1).normal(size=(7, 4)).astype(np.float32)
    features = ProductFeatures(ROWS, right)
    unit = unit_rows(features)
    assert unit.right is right
    assert_allclose(np.asarray(unit), by_hand(np.asarray(features)), atol=1e-6)
    assert_allclose(squared_distances(unit, unit)[3, 4], 2 - 2 * cosine(features, 3, 4))


def cosine(features, i, j):
    a, b = by_hand(np.asarray(features))[[i, j]]
    return a @ b


def test_whole_numbers_and_tiny_ones():
    assert_allclose(unit_rows(np.array([[3, 4]])), [[0.6, 0.8]])
    tiny = unit_rows(np.array([[1e-45, 0], [1e-20, 0]], dtype=np.float32))
    assert_allclose(tiny, [[0, 0], [1, 0]], atol=1e-30)


def test_rows_that_are_not_finite():
    with pytest.raises(ValueError, match="1 rows of features are not finite"):
        unit_rows(np.array([[1.0], [np.nan]]))
