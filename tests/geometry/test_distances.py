import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import config_context

from skactive.geometry import (
    ProductFeatures,
    _blocks,
    inner_products,
    min_squared_distances,
    squared_distances,
    squared_distances_to_mean,
    squared_norms,
)

RNG = np.random.default_rng(0)
A = RNG.integers(-9, 10, size=(40, 6))
B = np.concatenate([A[:3], RNG.integers(-9, 10, size=(20, 6))])


def naive(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)


def test_against_definitions(make):
    a, b = make(A), make(B)
    assert_array_equal(squared_norms(a), (A**2).sum(axis=1))
    assert_array_equal(inner_products(a, b), A @ B.T)
    assert_array_equal(squared_distances(a, b), naive(A, B))
    assert_array_equal(min_squared_distances(a, b), naive(A, B).min(axis=1))
    mean = A.mean(axis=0, keepdims=True)
    assert_allclose(squared_distances_to_mean(a), naive(A, mean)[:, 0])


def test_products_against_multiplied_out(product):
    features, dense = product
    assert_allclose(squared_norms(features), (dense**2).sum(axis=1))
    assert_allclose(inner_products(features, features), dense @ dense.T, atol=1e-12)
    distances = squared_distances(features, features)
    assert_allclose(distances, naive(dense, dense), atol=1e-12)
    assert_array_equal(np.diag(distances), 0)
    mean = dense.mean(axis=0, keepdims=True)
    assert_allclose(squared_distances_to_mean(features), naive(dense, mean)[:, 0])


def test_products_with_a_sparse_factor(product):
    features, dense = product
    features = ProductFeatures(features.left, sparse.csr_array(features.right))
    assert_allclose(inner_products(features, features), dense @ dense.T, atol=1e-12)
    distances = squared_distances(features, features)
    assert_allclose(distances, naive(dense, dense), atol=1e-12)
    assert_array_equal(np.diag(distances), 0)


def test_small_blocks_give_the_same(make):
    a, b = make(A), make(B)
    whole = squared_distances(a, b), min_squared_distances(a, b), squared_norms(a)
    with config_context(working_memory=1e-3):  # a few rows
        parts = squared_distances(a, b), min_squared_distances(a, b), squared_norms(a)
    for one, other in zip(whole, parts, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize(("dtype", "offset"), [("float64", 1e6), ("float32", 1e3)])
def test_offset_data(dtype, offset):
    rows = (RNG.normal(size=(200, 4)) + offset).astype(dtype)
    exact = naive(rows.astype(np.float64), rows.astype(np.float64))
    assert_allclose(squared_distances(rows, rows), exact, rtol=1e-7)
    assert_allclose(
        min_squared_distances(rows[20:], rows[:20]), exact[20:, :20].min(1), rtol=1e-7
    )


def test_close_rows_beside_a_far_one():
    rows = np.array([[0.0], [1.0], [1.0], [3.0], [1e9]])
    assert_array_equal(squared_distances(rows, rows[::-1]), naive(rows, rows[::-1]))
    nearest = min_squared_distances(rows, rows[[1, 4]])
    assert_array_equal(nearest, [1, 0, 0, 4, 0])


def test_two_clusters_far_apart():
    rows = np.concatenate([np.arange(9.0), 1e9 + np.arange(9.0)])[:, np.newaxis]
    centers = rows[[0, 4, 6, 9, 11, 14, 16]] + 0.25
    exact = naive(rows, centers)
    assert_allclose(squared_distances(rows, centers), exact, rtol=1e-14)
    assert_array_equal(min_squared_distances(rows, centers), exact.min(axis=1))


def test_products_close_to_each_other():
    """The change of an outer product, to first order in a step h of its factors."""
    left, right, h = np.array([1.0, 2]), np.array([3.0, 4]), 1e-7
    steps = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, -1]])
    lefts = left + h * steps[:, :1] * [0, 1]
    rights = right + h * steps[:, 1:] * [0, 1]
    features = ProductFeatures(lefts, rights)
    changes = [
        a * np.outer([0, 1], right) + b * np.outer(left, [0, 1]) for a, b in steps
    ]
    expected = h**2 * (np.array(changes) ** 2).sum(axis=(1, 2))
    assert_allclose(squared_distances(features[:1], features)[0], expected, rtol=1e-6)


def test_offset_alone_needs_no_differences(monkeypatch):
    """Differences are exact but slow: for close rows, not for all."""
    monkeypatch.setattr(_blocks, "pair_distances", None)
    rows = RNG.normal(size=(50, 3)) + 1e6
    assert_allclose(
        squared_distances(rows[:25], rows[25:]), naive(rows[:25], rows[25:]), rtol=1e-9
    )


@pytest.mark.parametrize("kind", ["dense", "product"])
@pytest.mark.parametrize("scale", [1, 1e-3])
def test_rough_bounds_are_bounds(kind, scale):
    """In single precision, and where that is not enough to tell close rows apart."""
    rng = np.random.default_rng(1)
    right = (1 + scale * rng.normal(size=(2000, 100))).astype(np.float32)
    features = {"dense": right, "product": ProductFeatures(right[:, :3], right)}[kind]
    bounds = _blocks.minima(
        features, features[:30], None, _blocks.block_bounds, np.float32
    )
    exact = min_squared_distances(features, features[:30])
    assert (bounds >= exact).all()
    assert_allclose(bounds, exact, atol=1e-3 * squared_norms(features).max())


def test_many_identical_rows(make):
    rows = make(np.repeat([[1, 2, 3], [4, 5, 6]], 50, axis=0))
    assert_array_equal(np.unique(squared_distances(rows, rows)), [0, 27])
    assert_array_equal(min_squared_distances(rows, rows), 0)


def test_unlike_features():
    with pytest.raises(TypeError, match=r"b is dense.* are sparse"):
        inner_products(sparse.csr_array(A), A)
    with pytest.raises(TypeError, match=r"centers is ProductFeatures.* are dense"):
        min_squared_distances(A, ProductFeatures(A, A))
    with pytest.raises(ValueError, match=r"b has 5 columns.*have 6"):
        squared_distances(A, A[:, :5])
