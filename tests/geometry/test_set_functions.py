"""Gains against differences of the set functions as they are defined."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.geometry import (
    ConcaveGains,
    CosineSimilarity,
    CutGains,
    DisparityGains,
    FacilityGains,
    GaussianSimilarity,
    ProductFeatures,
    SaturatedGains,
    SetCoverGains,
)

rng_of = np.random.default_rng
POOL = rng_of(0).normal(size=(15, 4))
LABELED = rng_of(1).normal(size=(5, 4))

KERNELS = [CosineSimilarity(), GaussianSimilarity(0.3)]


def facility_location(kernel, V, X):
    return kernel.matrix(V, X).max(axis=1).sum() if len(X) else 0.0


def graph_cut(kernel, V, X):
    return kernel.matrix(V, X).sum() - 0.4 * kernel.matrix(X, X).sum()


def saturated_coverage(kernel, V, X):
    most = 0.1 * kernel.matrix(V, V).sum(axis=1)
    return np.minimum(kernel.matrix(V, X).sum(axis=1), most).sum()


def disparity_sum(kernel, V, X):
    return np.triu(1 - kernel.matrix(X, X), 1).sum()


SIMILAR = [
    (facility_location, FacilityGains, {}),
    (graph_cut, CutGains, {"redundancy": 0.4}),
    (saturated_coverage, SaturatedGains, {"share": 0.1}),
    (disparity_sum, DisparityGains, {}),
]

PHI = {
    "sqrt": np.sqrt,
    "log1p": np.log1p,
    "ratio": lambda m: m / (1 + m),
    "min": lambda m: np.minimum(m, 0.7),
}


def assert_gains(value, function, labeled):
    """Gains of all rows are f(S + j) - f(S), for sets that grow row by row."""
    for rows in rng_of(2).permutation(len(function))[:6].reshape(3, 2):
        function.add(rows)
        labeled = np.vstack([labeled, POOL[rows]])
        expected = [value(np.vstack([labeled, [j]])) - value(labeled) for j in POOL]
        gains = function.gains(np.arange(len(function)))
        assert_allclose(gains, expected, atol=1e-9)
        assert_allclose(function.gains(np.array([3, 1])), gains[[3, 1]])


@pytest.mark.parametrize("n_labeled", [0, 5])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("value", "gains", "params"), SIMILAR)
def test_functions_of_similarities(value, gains, params, kernel, n_labeled):
    labeled = LABELED[:n_labeled]
    function = gains(POOL, kernel, labeled if n_labeled else None, **params)
    assert_gains(lambda X: value(kernel, POOL, X), function, labeled)


@pytest.mark.parametrize("n_labeled", [0, 5])
@pytest.mark.parametrize("concave", PHI)
def test_functions_of_features(concave, n_labeled):
    def value(X):
        parts = np.maximum(X, 0).sum(axis=0), np.maximum(-X, 0).sum(axis=0)
        return sum(PHI[concave](part).sum() for part in parts)

    labeled = LABELED[:n_labeled]
    function = ConcaveGains(
        POOL, labeled if n_labeled else None, concave=concave, cap=0.7
    )
    assert_gains(value, function, labeled)


@pytest.mark.parametrize("n_labeled", [0, 5])
def test_set_cover(n_labeled):
    cover = 1 / (1 + np.exp(-POOL)), 1 / (1 + np.exp(-LABELED[:n_labeled]))
    function = SetCoverGains(*cover) if n_labeled else SetCoverGains(cover[0])

    def value(X):
        return (1 - np.prod(1 - 1 / (1 + np.exp(-X)), axis=0)).sum()

    assert_gains(value, function, LABELED[:n_labeled])


def test_sparse_rows_are_as_dense_ones():
    dense = POOL * (rng_of(3).random(POOL.shape) < 0.5)
    rows = np.array([2, 7, 1, 0])
    for make in (
        lambda X, L: ConcaveGains(X, L, concave="sqrt"),
        lambda X, L: SetCoverGains(abs(X) / 9, abs(L) / 9),
        lambda X, L: FacilityGains(X, CosineSimilarity(), L),
    ):
        ours = make(sparse.csr_matrix(dense), sparse.csr_matrix(LABELED))
        theirs = make(dense, LABELED)
        for function in (ours, theirs):
            function.add([5])
        assert_allclose(ours.gains(rows), theirs.gains(rows), rtol=1e-9)


def test_gains_of_copies_are_equal_to_the_last_bit():
    copies = np.repeat(rng_of(4).normal(size=(7, 13)), 30, axis=0)
    order = rng_of(5).permutation(210)
    for gains, params in [(g, p) for _, g, p in SIMILAR]:
        function = gains(copies[order], CosineSimilarity(), **params)
        function.add(np.flatnonzero(order == 0))
        by_sample = function.gains(np.argsort(order)).reshape(7, 30)
        assert_array_equal(by_sample, by_sample[:, [0]] * np.ones(30))
        if gains is FacilityGains:
            assert_array_equal(by_sample[0], 0)


def test_small_gains_keep_their_digits():
    function = ConcaveGains(np.array([[1e12], [1e-6]]), concave="sqrt")
    function.add([0])
    assert_allclose(function.gains(np.array([1])), 5e-13, rtol=1e-9)
    cover = SetCoverGains(np.array([[1 - 1e-9], [0.25]]))
    cover.add([0, 0])
    assert_allclose(cover.gains(np.array([1])), 0.25e-18, rtol=1e-6)


def test_what_does_not_fit():
    factors = ProductFeatures(POOL, POOL)
    with pytest.raises(TypeError, match="these are products"):
        ConcaveGains(factors, concave="sqrt")
    for rows in (POOL, 1 + abs(POOL), factors):
        with pytest.raises(ValueError, match="needs features from 0 to 1"):
            SetCoverGains(rows)
    with pytest.raises(ValueError, match="not finite or too large"):
        FacilityGains(1e200 * POOL, CosineSimilarity())
    with pytest.raises(ValueError, match="columns"):
        FacilityGains(POOL, CosineSimilarity(), LABELED[:, :2])
    with pytest.raises(TypeError, match="sparse"):
        SetCoverGains(abs(POOL) / 9, sparse.csr_matrix(abs(LABELED) / 9))
