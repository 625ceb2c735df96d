"""A stack of parts behaves as the parts written side by side, in every engine."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.geometry import (
    CosineSimilarity,
    ProductFeatures,
    StackedFeatures,
    farthest_first,
    inner_products,
    kmeans_plusplus,
    mean_cosines,
    min_squared_distances,
    pivoted_cholesky,
    residual_variances,
    squared_distances,
    squared_distances_to_mean,
    squared_norms,
    unit_rows,
)


def stack(rng, n_rows, dtype=np.float64):
    dense = rng.normal(size=(n_rows, 3)).astype(dtype)
    factors = [rng.normal(size=(n_rows, width)).astype(dtype) for width in (2, 4)]
    csr = sparse.random(n_rows, 5, 0.4, format="csr", random_state=rng, dtype=dtype)
    return StackedFeatures([dense, ProductFeatures(*factors), csr])


@pytest.fixture
def rows():
    return stack(np.random.default_rng(0), 40)


@pytest.fixture
def others():
    return stack(np.random.default_rng(1), 7)


def test_shape_and_rows(rows):
    assert rows.shape == (40, 3 + 8 + 5)
    assert len(rows[:4]) == 4
    assert_array_equal(np.asarray(rows[[5, 2]]), np.asarray(rows)[[5, 2]])
    assert rows.dtype == np.float64
    assert "StackedFeatures(shape=(40, 16)" in repr(rows)


def test_parts_that_do_not_fit():
    with pytest.raises(ValueError, match="one row per sample"):
        StackedFeatures([np.ones((2, 1)), np.ones((3, 1))])
    with pytest.raises(ValueError, match="one or more"):
        StackedFeatures([])


def test_refuses_to_become_large():
    factor = np.ones((1001, 100))
    rows = StackedFeatures([ProductFeatures(factor, np.ones((1001, 10)))])
    with pytest.raises(ValueError, match="Sketch"):
        np.asarray(rows)


@pytest.mark.parametrize("function", [squared_norms, squared_distances_to_mean])
def test_norms(function, rows):
    assert_allclose(function(rows), function(np.asarray(rows)))


def test_mean_cosines(rows):
    assert_allclose(mean_cosines(rows), mean_cosines(np.asarray(rows)))


@pytest.mark.parametrize(
    "function", [inner_products, squared_distances, min_squared_distances]
)
def test_pairs(function, rows, others):
    expected = function(np.asarray(rows), np.asarray(others))
    assert_allclose(function(rows, others), expected, atol=1e-12)


def test_copies_have_no_distance(rows):
    assert_array_equal(squared_distances(rows, rows).diagonal(), 0)


def test_unit_rows(rows):
    assert_allclose(np.asarray(unit_rows(rows)), unit_rows(np.asarray(rows)))


def test_cosine_similarity(rows, others):
    kernel = CosineSimilarity()
    dense = np.asarray(rows), np.asarray(others)
    assert_allclose(kernel.matrix(rows, others), kernel.matrix(*dense), atol=1e-12)
    assert_allclose(kernel.sums(rows, others), kernel.sums(*dense))
    assert_allclose(kernel.diagonal(rows), kernel.diagonal(dense[0]))


def test_residual_variances(rows, others):
    got = residual_variances(rows, noise=0.1, centers=others)
    dense = {"noise": 0.1, "centers": np.asarray(others)}
    assert_allclose(got, residual_variances(np.asarray(rows), **dense), atol=1e-8)


@pytest.mark.parametrize("engine", [farthest_first, pivoted_cholesky])
def test_picks(engine, rows, others):
    picks = engine(rows, 9, centers=others, rng=np.random.default_rng(0))
    dense = np.asarray(rows), np.asarray(others)
    expected = engine(dense[0], 9, centers=dense[1], rng=np.random.default_rng(0))
    assert_array_equal(picks, expected)


def test_kmeans_plusplus(rows):
    picks = kmeans_plusplus(rows, 9, rng=np.random.default_rng(0))
    expected = kmeans_plusplus(np.asarray(rows), 9, rng=np.random.default_rng(0))
    assert_array_equal(picks, expected)


def test_stacks_of_other_kinds(rows):
    other = StackedFeatures(rows.parts[::-1])
    with pytest.raises(TypeError, match=r"a stack of \[dense, ProductFeatures"):
        min_squared_distances(rows, other)
