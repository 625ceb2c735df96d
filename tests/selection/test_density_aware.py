"""Density-aware core-sets: shares of the bins, and k-center in each."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.special import softmax

from skactive.geometry import squared_distances
from skactive.selection import DensityAwareKCenter, KCenterGreedy
from skactive.selection._density_aware import share_out

rng_of = np.random.default_rng


def blobs(seed=0, sizes=(100, 30, 10), widths=(0.1, 1, 10)):
    """Three blobs, from dense to sparse, shuffled; rows and their blobs."""
    rng = rng_of(seed)
    own = rng.permutation(np.repeat(np.arange(3), sizes))
    X = rng.normal(size=(len(own), 2)) * np.take(widths, own)[:, None]
    return X + 200 * own[:, None], own


@pytest.mark.parametrize("labeled", [None, rng_of(5).normal(size=(3, 2))])
@pytest.mark.parametrize("given", [[], [4, 7]])
def test_one_bin_is_the_core_set(labeled, given):
    X, _ = blobs()
    strategies = DensityAwareKCenter(n_bins=1), KCenterGreedy()
    rows = [
        (s if labeled is None else s.fit(labeled)).select(X, 9, given=given)
        for s in strategies
    ]
    assert_array_equal(*rows)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("seed", range(3))
def test_bins_get_their_shares(temperature, seed):
    X, _ = blobs(seed)
    strategy = DensityAwareKCenter(n_bins=3, n_neighbors=3, temperature=temperature)
    bins = strategy._bins(X)
    rows = strategy.fit(X[:1]).select(X, 8)
    sizes = np.bincount(bins)
    wanted = 8 * softmax((1 - sizes / len(X)) / temperature)
    counts = np.bincount(bins[rows], minlength=len(sizes))
    full = counts == sizes
    assert (
        np.abs(counts - wanted)[~full] <= 1 + max((wanted - counts)[full], default=0)
    ).all()
    assert counts.sum() == 8
    # The first bin to be served is the one with the largest share.
    assert bins[rows[0]] == sizes.argmin()


def test_picks_keep_away_from_those_of_other_bins():
    X, _ = blobs()
    labeled = X[:2] + 1e-3
    strategy = DensityAwareKCenter(n_bins=3, n_neighbors=3).fit(labeled)
    bins, given = strategy._bins(X), [5]
    rows = strategy.select(X, 12, given=given)
    for t, row in enumerate(rows):
        centers = np.vstack([labeled, X[given], X[rows[:t]]])
        distances = squared_distances(X, centers).min(axis=1)
        assert distances[row] == distances[(bins == bins[row])].max()


def test_whole_pools_and_surplus():
    X, _ = blobs(sizes=(20, 5, 2))
    strategy = DensityAwareKCenter(n_bins=3, n_neighbors=1, temperature=0.01).fit(X[:1])
    bins = strategy._bins(X)
    rows = strategy.select(X, 12)
    small = np.bincount(bins).argmin()
    assert (bins[rows] == small).sum() == (bins == small).sum()  # all it has
    assert sorted(strategy.select(X, 27)) == list(range(27))
    free = strategy.select(X, 24, given=[3, 8, 9])
    assert sorted([*free, 3, 8, 9]) == list(range(27))


@pytest.mark.parametrize(
    ("n", "shares", "capacities", "expected"),
    [
        (10, [0.5, 0.3, 0.2], [99, 99, 99], [5, 3, 2]),
        (10, [0.5, 0.3, 0.2], [2, 99, 99], [2, 5, 3]),
        (10, [0.5, 0.3, 0.2], [2, 1, 99], [2, 1, 7]),
        (1, [0.25] * 4, [9] * 4, [0, 0, 0, 1]),
        (5, [0.25] * 4, [9] * 4, [1, 1, 1, 2]),
        (5, [0.25] * 4, [9, 9, 9, 0], [1, 2, 2, 0]),
        (3, [1.0, 0.0], [1, 2], [1, 2]),
        (4, [0.6, 0.4], [4, 0], [4, 0]),
    ],
)
def test_shares_in_whole_numbers(n, shares, capacities, expected):
    assert share_out(n, np.array(shares), np.array(capacities)).tolist() == expected


@pytest.mark.parametrize("seed", range(20))
def test_any_shares_add_up(seed):
    rng = rng_of(seed)
    shares, capacities = rng.dirichlet(np.ones(6) / 3), rng.integers(9, size=6)
    for n in range(1, capacities.sum() + 1):
        numbers = share_out(n, shares, capacities)
        assert numbers.sum() == n
        assert (numbers <= capacities).all()
        assert (numbers >= 0).all()


def test_sparse_rows_and_copies():
    X, _ = blobs()
    X = np.round(X)
    rows = DensityAwareKCenter().fit(X[:3]).select(X, 30)
    assert_array_equal(
        DensityAwareKCenter()
        .fit(sparse.csr_matrix(X[:3]))
        .select(sparse.csr_matrix(X), 30),
        rows,
    )
    assert sorted(DensityAwareKCenter().select(np.ones((9, 2)), 9)) == list(range(9))
