"""Random projections: unbiased inner products, whatever the kind of the features."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.geometry import ProductFeatures, RandomProjection, StackedFeatures


def features_of(kind, rng, n_rows=6):
    dense = rng.normal(size=(n_rows, 7)).astype(np.float32)
    product = ProductFeatures(
        rng.normal(size=(n_rows, 3)), rng.normal(size=(n_rows, 4))
    )
    return {
        "dense": dense,
        "sparse": sparse.csr_array(dense * (dense > 0)),
        "product": product,
        "sparse product": ProductFeatures(product.left, sparse.csr_array(dense)),
        "stack": StackedFeatures([dense, product, ProductFeatures(dense, dense)]),
    }[kind]


def explicit(features):
    return features.toarray() if sparse.issparse(features) else np.asarray(features)


@pytest.mark.parametrize(
    "kind", ["dense", "sparse", "product", "sparse product", "stack"]
)
def test_inner_products_are_unbiased(kind):
    features = features_of(kind, np.random.default_rng(0))
    rows = explicit(features).astype(np.float64)
    estimates = []
    for seed in range(300):
        projected = RandomProjection(50, seed).project(features)
        assert projected.shape == (6, 50)
        assert projected.dtype == np.float32
        estimates.append(projected.astype(np.float64) @ projected.T)
    error = np.mean(estimates, axis=0) - rows @ rows.T
    standard_error = np.std(estimates, axis=0, ddof=1) / np.sqrt(300)
    assert (np.abs(error) < 4.5 * standard_error).all()


def test_the_same_rows_are_projected_alike():
    rng = np.random.default_rng(0)
    features = features_of("stack", rng)
    projection = RandomProjection(20, seed=3)
    whole, part = projection.project(features), projection.project(features[[4, 1]])
    assert_allclose(whole[[4, 1]], part, rtol=1e-5)
    again = RandomProjection(20, seed=3).project(features)
    assert_array_equal(whole, again)
    assert not np.allclose(whole, RandomProjection(20, seed=4).project(features))


def test_positions_are_summed_up():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3, 4))
    projection = RandomProjection(30, seed=0)
    together = projection.project_pairs([(left, right)])
    apart = sum(projection.project_pairs([(left[:, p], right[:, p])]) for p in range(3))
    assert_allclose(together, apart, rtol=1e-4, atol=1e-5)


def test_variance_is_as_stated():
    rows = np.eye(2, 40)
    products = []
    for seed in range(400):
        a, b = RandomProjection(64, seed).project(rows)
        products.append(a @ b)
    assert_allclose(np.std(products), 1 / 8, rtol=0.15)
