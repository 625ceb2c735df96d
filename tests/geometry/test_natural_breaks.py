"""Bins of numbers, and the distances that densities are made of."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import NearestNeighbors

from skactive.geometry import mean_nearest_distances, natural_breaks

rng_of = np.random.default_rng


@pytest.mark.parametrize("seed", range(5))
def test_gaps_are_found(seed):
    centers = np.array([0.0, 10.0, 30.0])
    own = rng_of(seed).integers(3, size=200)
    values = centers[own] + rng_of(seed + 9).normal(size=200)
    assert_array_equal(natural_breaks(values, 3), own)
    order = rng_of(seed).permutation(200)
    assert_array_equal(natural_breaks(values[order], 3), own[order])
    assert_array_equal(natural_breaks(1e6 + values, 3), own)


@pytest.mark.parametrize("n_bins", [2, 3, 5])
def test_every_number_is_nearest_to_the_mean_of_its_bin(n_bins):
    values = rng_of(0).gamma(1.0, size=300)
    bins = natural_breaks(values, n_bins)
    assert_array_equal(np.unique(bins), np.arange(n_bins))
    means = np.array([values[bins == b].mean() for b in range(n_bins)])
    assert (np.diff(means) > 0).all()
    assert_array_equal(abs(values[:, None] - means).argmin(axis=1), bins)


def test_few_different_numbers():
    assert_array_equal(natural_breaks(np.array([2.0, 2.0, 1.0]), 5), [1, 1, 0])
    assert_array_equal(natural_breaks(np.zeros(4), 3), np.zeros(4))
    assert_array_equal(natural_breaks(np.array([3.0]), 1), [0])
    many = np.array([0.0] * 90 + [1.0] * 5 + [9.0] * 5)
    assert_array_equal(natural_breaks(many, 1), np.zeros(100))
    assert_array_equal(natural_breaks(many, 3), np.repeat([0, 1, 2], [90, 5, 5]))


@pytest.mark.parametrize("n_neighbors", [1, 3, 99])
def test_mean_distances(make, n_neighbors):
    X = rng_of(0).integers(-9, 10, size=(60, 4)).astype(float)
    X[7] = X[3]
    k = min(n_neighbors, 59)
    # The nearest of all is the row itself, or a copy.
    expected = NearestNeighbors(n_neighbors=k + 1).fit(X).kneighbors(X)[0][:, 1:]
    means = mean_nearest_distances(make(X), n_neighbors)
    assert_allclose(means, expected.mean(axis=1), atol=1e-12)


def test_a_single_row_has_no_neighbors():
    assert_array_equal(mean_nearest_distances(np.ones((1, 2)), 3), [0])
