"""Robust k-center against all picks there are."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.spatial.distance import cdist

from skactive.geometry import (
    ProductFeatures,
    _blocks,
    _robust_k_center,
    farthest_first,
    robust_k_center,
)
from skactive.geometry._robust_k_center import _greedy_cover, _Pool

rng_of = np.random.default_rng


def radius_of(points, rows, n_outliers, others=()):
    """Radius of balls around rows and others that cover all but a few points."""
    centers = np.concatenate([points[list(rows)], *others])
    return np.sort(cdist(points, centers).min(axis=1))[::-1][n_outliers]


def best_radius(points, n_picks, n_outliers, given=(), others=()):
    free = [row for row in range(len(points)) if row not in given]
    return min(
        radius_of(points, [*rows, *given], n_outliers, others)
        for rows in combinations(free, n_picks)
    )


def pick(points, n_picks, n_outliers, seed=0, **options):
    return robust_k_center(
        points, n_picks, n_outliers=n_outliers, rng=rng_of(seed), **options
    )


def cloud(seed, n=12):
    """Points with outliers far away, in general position."""
    points = rng_of(seed).normal(size=(n, 2))
    points[rng_of(seed).choice(n, 2, replace=False)] += rng_of(seed).normal(
        scale=20, size=(2, 2)
    )
    return points


@pytest.mark.parametrize("n_outliers", [0, 1, 3])
@pytest.mark.parametrize("n_picks", [1, 2, 3])
def test_at_most_three_times_the_best(n_picks, n_outliers):
    ratios = []
    for seed in range(15):
        points = cloud(seed)
        rows = pick(points, n_picks, n_outliers)
        best = best_radius(points, n_picks, n_outliers)
        ratios.append(radius_of(points, rows, n_outliers) / best)
    assert min(ratios) >= 1 - 1e-9
    assert max(ratios) <= 3.15
    assert np.median(ratios) < 1.6


@pytest.mark.parametrize("n_outliers", [0, 1, 3])
def test_labeled_and_given_rows_are_centers(n_outliers):
    for seed in range(10):
        points, labeled = cloud(seed, 11), rng_of([seed, 1]).normal(size=(2, 2))
        rows = pick(points, 2, n_outliers, centers=labeled, given=[4, 7])
        assert not set(rows) & {4, 7}
        best = best_radius(points, 2, n_outliers, [4, 7], [labeled])
        reached = radius_of(points, [*rows, 4, 7], n_outliers, [labeled])
        assert best - 1e-9 <= reached <= 3.15 * best
        rows = pick(points, 2, n_outliers, centers=labeled, given=[4, 7], exact=True)
        reached = radius_of(points, [*rows, 4, 7], n_outliers, [labeled])
        assert reached == pytest.approx(best)


@pytest.mark.parametrize("n_outliers", [0, 1, 3])
@pytest.mark.parametrize("n_picks", [1, 3])
def test_exact_picks_have_the_smallest_radius(n_picks, n_outliers):
    for seed in range(6):
        points = cloud(seed)
        rows = pick(points, n_picks, n_outliers, exact=True)
        best = best_radius(points, n_picks, n_outliers)
        assert radius_of(points, rows, n_outliers) == pytest.approx(best)


def test_without_outliers_exact_picks_are_at_most_twice_as_good_as_greedy_ones():
    points = rng_of(0).normal(size=(60, 2))
    greedy = radius_of(points, farthest_first(points, 6, rng=rng_of(0)), 0)
    exact = radius_of(points, pick(points, 6, 0, exact=True), 0)
    assert greedy / 2 <= exact <= greedy


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("far", [30.0, 1e9])
def test_an_outlier_is_not_picked(exact, far):
    points = np.append(rng_of(0).normal(size=(25, 2)), [[far, far]], axis=0)
    for seed in range(3):
        assert 25 in farthest_first(points, 4, rng=rng_of(seed))
        assert 25 not in pick(points, 4, 1, seed, exact=exact)
    assert 25 in pick(points, 4, 0, exact=exact)


def test_each_pick_has_the_most_uncovered_rows_in_its_ball():
    points = cloud(3, 60)
    distances = cdist(points, points)
    for radius in (0.1, 0.3, 0.7):
        pool = _Pool(points, points[:2] + 0.1, np.array([9]), 4, rng_of(0))
        picked, enough = _greedy_cover(pool, 12, radius)
        centers = np.concatenate([points[:2] + 0.1, points[[9]]])
        uncovered = cdist(points, centers).min(axis=1) > 3 * radius
        for row in picked:
            assert uncovered.sum() > 4
            counts = (distances[:, uncovered] <= radius).sum(axis=1)
            counts[9] = -1
            assert counts[row] == counts.max()
            uncovered &= distances[row] > 3 * radius
        assert enough == (uncovered.sum() <= 4)
        assert enough or len(picked) == 12


def test_all_kinds_of_features_in_blocks(monkeypatch):
    rng = rng_of(0)
    left, right = rng.normal(size=(25, 2)), rng.normal(size=(25, 3))
    product = ProductFeatures(left, right)
    dense = np.asarray(product)
    expected = [pick(dense, 4, n_outliers, given=[3]) for n_outliers in (0, 2)]
    monkeypatch.setattr(_blocks, "_BLOCK_BYTES", 600)
    for features in (dense, sparse.csr_matrix(dense), product):
        for n_outliers, rows in zip((0, 2), expected, strict=True):
            assert_array_equal(pick(features, 4, n_outliers, given=[3]), rows)


@pytest.mark.parametrize("exact", [False, True])
def test_copies(exact):
    points = np.repeat(rng_of(0).normal(size=(6, 3)) + 1e4, 5, axis=0)
    for seed in range(4):
        rows = pick(points, 6, 0, seed, exact=exact)
        assert sorted(rows // 5) == list(range(6))
        rows = pick(points, 6, 5, seed, exact=exact)  # one sample may stay uncovered
        assert len(set(rows // 5)) >= 5
        assert len(set(pick(points, 29, 5, seed, given=[3], exact=exact))) == 29


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("n_outliers", [0, 1, 3, 100])
def test_any_number_of_equal_rows(n_outliers, exact):
    for n_picks in (1, 3, 6):
        rows = pick(np.ones((6, 2)), n_picks, n_outliers, exact=exact)
        assert len(set(rows)) == n_picks
    rows = pick(np.ones((6, 2)), 4, n_outliers, given=[0, 2], exact=exact)
    assert sorted(rows) == [1, 3, 4, 5]
    assert pick(np.ones((1, 2)), 1, n_outliers, exact=exact).tolist() == [0]


def test_the_batch_is_filled_without_outliers_first():
    # Two picks cover all but the outlier; then come the others, the outlier last.
    points = np.array([[0.0], [0.0], [1.0], [50.0], [50.0], [51.0], [900.0]])
    for seed in range(10):
        rows = pick(points, 7, 1, seed)
        assert rows[-1] == 6
        assert sorted(rows) == list(range(7))


def test_labeled_rows_may_cover_everything_already():
    points = rng_of(0).normal(size=(20, 2))
    for exact in (False, True):
        rows = pick(points, 5, 2, centers=points, exact=exact)
        assert len(set(rows)) == 5


def test_a_radius_far_below_that_of_plain_k_center():
    # Outliers a million times farther away: the search must not lose the small scale.
    points = np.concatenate([rng_of(0).uniform(size=(60, 2)), 1e6 * np.eye(2)])
    rows = pick(points, 5, 2)
    assert radius_of(points, rows, 2) < 1
    assert max(rows) < 60


def test_a_solver_that_gives_up(monkeypatch):
    class Result:
        status, message, x = 1, "Time is up.", None

    monkeypatch.setattr(_robust_k_center, "milp", lambda *args, **kwargs: Result)
    with pytest.raises(RuntimeError, match=r"not solved: Time is up\."):
        pick(cloud(0, 30), 3, 2, exact=True)


def test_what_does_not_fit():
    with pytest.raises(ValueError, match="n_picks=4 must be between 1 and the 3 rows"):
        pick(np.ones((4, 2)), 4, 1, given=[0])
    with pytest.raises(TypeError, match="centers is sparse"):
        pick(np.ones((4, 2)), 2, 1, centers=sparse.csr_matrix(np.ones((1, 2))))
    with pytest.raises(ValueError, match="not finite"):
        pick(np.array([[0.0], [1.0], [np.nan]]), 1, 1)


def test_no_matrix_of_all_pairs():
    points = rng_of(0).normal(size=(4000, 2)).astype(np.float32)
    tracemalloc.start()
    rows = pick(points, 3, 4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6 < 4000**2 * 8
    greedy = farthest_first(points, 3, rng=rng_of(0))
    assert radius_of(points, rows, 4) < radius_of(points, greedy, 4)
