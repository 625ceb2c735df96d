"""Greedy log-determinants against determinants, and against Gaussian processes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from skactive.geometry import (
    CosineSimilarity,
    GaussianSimilarity,
    InnerProduct,
    pivoted_cholesky,
    residual_variances,
)

rng_of = np.random.default_rng


def brute_force(K, n_picks, noise, chosen):
    """Largest determinant after each pick; `chosen` are rows of K chosen before."""
    chosen, n_chosen = list(chosen), len(chosen)
    for _ in range(n_picks):
        values = np.full(len(K), -np.inf)
        for j in set(range(len(K))) - set(chosen):
            rows = [*chosen, j]
            part = K[np.ix_(rows, rows)] + noise * np.eye(len(rows))
            values[j] = np.linalg.slogdet(part)[1]
        chosen.append(int(values.argmax()))
    return chosen[n_chosen:]


@pytest.mark.parametrize("noise", [0.01, 1.0])
@pytest.mark.parametrize(
    "kernel", [InnerProduct(), CosineSimilarity(), GaussianSimilarity(0.3)]
)
def test_largest_determinants(kernel, noise):
    X = rng_of(0).normal(size=(46, 4))
    K = kernel.matrix(X, X)
    # Kernels with ones on the diagonal leave the first pick to chance.
    for given in ([8], [3, 17]):
        expected = brute_force(K, 12, noise, given)
        picks = pivoted_cholesky(
            X, 12, kernel=kernel, noise=noise, given=given, rng=rng_of(1)
        )
        assert_array_equal(picks, expected)
        # The first rows as labeled samples outside of the pool.
        expected = brute_force(K, 12, noise, range(6))
        picks = pivoted_cholesky(
            X[6:], 12, kernel=kernel, noise=noise, centers=X[:6], rng=rng_of(1)
        )
        assert_array_equal(picks + 6, expected)


def test_all_kinds_of_features(make, product):
    X = rng_of(0).integers(-9, 10, size=(200, 12))
    expected = pivoted_cholesky(
        X.astype(float), 10, noise=0.1, centers=X[:4].astype(float), rng=rng_of(1)
    )
    picks = pivoted_cholesky(make(X), 10, noise=0.1, centers=make(X[:4]), rng=rng_of(1))
    assert_array_equal(picks, expected)
    factors, dense = product
    expected = pivoted_cholesky(dense, 12, given=[5], rng=rng_of(1))
    assert_array_equal(
        pivoted_cholesky(factors, 12, given=[5], rng=rng_of(1)), expected
    )


@pytest.mark.parametrize("n_picks", [5, 200])
def test_a_large_pool_is_as_if_looked_at_whole(n_picks):
    X = rng_of(0).normal(size=(5000, 3))
    kernel, noise = GaussianSimilarity(0.1), 1e-3
    v, L, expected = np.ones(5000), np.zeros((5000, n_picks)), []
    for t in range(n_picks):
        j = int(np.where(np.isin(np.arange(5000), expected), -1, v).argmax())
        column = kernel.matrix(X, X[[j]])[:, 0] - L[:, :t] @ L[j, :t]
        L[:, t] = column / np.sqrt(v[j] + noise)
        v = v - L[:, t] ** 2
        expected.append(j)
    picks = pivoted_cholesky(
        X, n_picks - 1, kernel=kernel, noise=noise, given=expected[:1], rng=rng_of(0)
    )
    assert_array_equal(picks, expected[1:])


def test_picks_follow_the_variance_of_a_gaussian_process():
    grid = np.linspace(0, 1, 101)[:, np.newaxis]
    kernel, noise = GaussianSimilarity(1 / (2 * 0.2**2)), 1e-4
    seen = [40]
    picks = pivoted_cholesky(
        grid, 3, kernel=kernel, noise=noise, centers=grid[seen], rng=rng_of(0)
    )
    assert_array_equal(picks, [100, 0, 70])
    for row in picks:
        process = GaussianProcessRegressor(RBF(0.2), alpha=noise, optimizer=None)
        process.fit(grid[seen], np.zeros(len(seen)))
        std = process.predict(grid, return_std=True)[1]
        assert std[row] == pytest.approx(std.max())
        variances = residual_variances(
            grid, kernel=kernel, noise=noise, centers=grid[seen]
        )
        assert_allclose(variances, std**2, atol=1e-7)
        seen.append(row)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("kernel", [InnerProduct(), CosineSimilarity()])
def test_many_centers_count_as_few(kernel, noise, dtype):
    X = rng_of(0).normal(size=(100, 4)).astype(dtype)
    X[:60, 3] *= 1e-3  # so that a direction is left
    centers, pool = X[:60], X[60:]
    slow = [sparse.csr_matrix(rows) for rows in (centers, pool)]
    expected = residual_variances(slow[1], kernel=kernel, noise=noise, centers=slow[0])
    variances = residual_variances(pool, kernel=kernel, noise=noise, centers=centers)
    assert_allclose(variances, expected, atol=1e-6)
    if noise:
        picks = [
            pivoted_cholesky(
                rows, 5, kernel=kernel, noise=noise, centers=c, rng=rng_of(1)
            )
            for c, rows in ((centers, pool), slow)
        ]
        assert_array_equal(*picks)
    if not noise:  # copies have nothing left, in either precision
        copies = residual_variances(centers, kernel=kernel, centers=centers)
        assert_allclose(copies, 0, atol=1e-9)


def test_copies_have_no_variance_left_and_fill_the_rest_at_random():
    X = np.repeat(rng_of(0).normal(size=(5, 8)), 10, axis=0)
    firsts = set()
    for seed in range(20):
        picks = pivoted_cholesky(X, 30, centers=X[:1], rng=rng_of(seed))
        assert sorted(picks[:4] // 10) == [1, 2, 3, 4]
        assert len(set(picks)) == 30
        firsts.add(picks[0])
    assert len(firsts) > 5


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_rows_without_any_variance(noise):
    picks = pivoted_cholesky(np.zeros((6, 2)), 6, noise=noise, rng=rng_of(0))
    assert sorted(picks) == list(range(6))
    ones = np.ones((6, 2))
    picks = pivoted_cholesky(ones, 5, noise=noise, given=[2], rng=rng_of(0))
    assert sorted(picks) == [0, 1, 3, 4, 5]


def test_what_does_not_fit():
    X = np.ones((4, 2))
    with pytest.raises(TypeError, match="centers is sparse"):
        pivoted_cholesky(X, 1, centers=sparse.csr_matrix(X), rng=rng_of(0))
    with pytest.raises(ValueError, match="n_picks=5"):
        pivoted_cholesky(X, 5, rng=rng_of(0))
    with pytest.raises(ValueError, match="not finite or too large"):
        pivoted_cholesky(np.full((4, 2), np.nan), 1, rng=rng_of(0))
