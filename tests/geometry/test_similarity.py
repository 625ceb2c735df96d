"""Kernels against what scikit-learn says of all pairs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics.pairwise import cosine_similarity, linear_kernel, rbf_kernel

from skactive.geometry import (
    ClippedCosine,
    CosineSimilarity,
    GaussianSimilarity,
    InnerProduct,
    squared_norms,
    typical_gamma,
    unit_rows,
)

rng_of = np.random.default_rng

KERNELS = {
    "linear": (InnerProduct(), linear_kernel),
    "cosine": (CosineSimilarity(), lambda a, b: (1 + cosine_similarity(a, b)) / 2),
    "clipped": (ClippedCosine(), lambda a, b: np.maximum(cosine_similarity(a, b), 0)),
    "rbf": (GaussianSimilarity(0.1), lambda a, b: rbf_kernel(a, b, 0.1)),
}


def whole_numbers(n):
    rows = rng_of(n).integers(-3, 4, size=(n, 5))
    rows[0] = 0  # no direction
    return rows


@pytest.mark.parametrize("name", KERNELS)
def test_all_kinds_of_features(name, make):
    kernel, naive = KERNELS[name]
    a, b = whole_numbers(30), whole_numbers(7)
    expected = naive(a, b)
    assert_allclose(kernel.matrix(make(a), make(b)), expected, atol=1e-12)
    assert_allclose(kernel.sums(make(a), make(b)), expected.sum(axis=1), atol=1e-12)
    assert_allclose(kernel.diagonal(make(a)), np.diag(naive(a, a)), atol=1e-12)
    assert_array_equal(kernel.sums(make(a), make(b)[:0]), 0)


@pytest.mark.parametrize("name", KERNELS)
def test_products_are_never_multiplied_out(name, product):
    kernel, naive = KERNELS[name]
    factors, dense = product
    expected = naive(dense, dense[:9])
    assert_allclose(kernel.matrix(factors, factors[:9]), expected, atol=1e-12)
    assert_allclose(kernel.sums(factors, factors[:9]), expected.sum(axis=1))
    assert_allclose(kernel.diagonal(factors), np.diag(naive(dense, dense)))


def test_more_rows_than_fit_a_block():
    a, b = rng_of(0).normal(size=(2000, 3)), rng_of(1).normal(size=(1500, 3))
    for kernel, naive in KERNELS.values():
        assert_allclose(kernel.sums(a, b), naive(a, b).sum(axis=1), rtol=1e-9)


def test_an_origin_keeps_the_digits():
    far = 1e8 + np.array([[0.0], [1.0], [2.0]])
    kernel = GaussianSimilarity(1.0, origin=far[0])
    assert_allclose(kernel.matrix(far[:1], far)[0], np.exp([0, -1, -4]), atol=1e-12)


def test_units(make, product):
    rows = whole_numbers(20)
    norms = squared_norms(unit_rows(make(rows)))
    assert_allclose(norms, np.any(rows, axis=1), atol=1e-6)
    factors, dense = product
    assert_allclose(
        np.asarray(unit_rows(factors)),
        dense / np.linalg.norm(dense, axis=1, keepdims=True),
    )
    assert unit_rows(rows.astype(np.float32)).dtype == np.float32


def test_a_typical_distance():
    line = np.array([[0.0], [1.0], [3.0]])
    assert typical_gamma(line, rng_of(0)) == 1 / 4
    assert typical_gamma(np.repeat(line, 50, axis=0), rng_of(0)) == 1 / 4
    assert typical_gamma(np.ones((4, 2)), rng_of(0)) == 1
    many = rng_of(0).normal(size=(3000, 2))
    assert typical_gamma(many, rng_of(1)) == pytest.approx(1 / 2.77, rel=0.2)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_gaussians_of_any_exponent(scale):
    points = scale * np.random.default_rng(4).normal(size=(30, 3))
    points[7] = points[3]
    kernel = GaussianSimilarity(0.5)
    values = kernel.matrix(points, points)
    assert_allclose(values, rbf_kernel(points, gamma=0.5), atol=1e-12)
    assert values.max() <= 1
    assert values[3, 7] == pytest.approx(1, abs=1e-12)
