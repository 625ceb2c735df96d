"""Balls of one radius, against all pairs at once."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context

from skactive.geometry import (
    CoverGains,
    FacilityGains,
    GaussianSimilarity,
    distances_to_other_labels,
    greedy_cover,
    k_means_labels,
    naive_greedy,
    smallest_distance,
)

rng_of = np.random.default_rng


def balls(points, others, radius):
    points, others = (np.asarray(a, dtype=np.float64) for a in (points, others))
    squares = ((points[:, None] - others) ** 2).sum(axis=2)
    return squares < np.square(radius)


class TopHat(GaussianSimilarity):
    """1 within a radius, 0 outside of it."""

    def between(self, a, b):
        return balls(a, b, self.gamma).astype(np.float64)


@pytest.mark.parametrize("most_pairs", [0, 2**22])
@pytest.mark.parametrize("n", [1, 2, 57, 701])  # no multiple of any block
def test_counts_follow_every_pick(make, n, most_pairs, monkeypatch):
    monkeypatch.setattr("skactive.geometry._balls._MOST_PAIRS", most_pairs)
    # Whole numbers: many pairs lie exactly at the edge, which is outside.
    points = rng_of(n).integers(0, 7, size=(n, 3)).astype(np.float64)
    radius = 2.0
    with config_context(working_memory=1):
        cover = CoverGains(make(points), radius, make(points[: n // 9]), 0.5)
        inside = balls(points, points, radius)
        uncovered = ~balls(points, points[: n // 9], 0.5).any(axis=1)
        for pick in range(0, n, 1 + n // 5):
            assert_array_equal(cover.uncovered, uncovered)
            assert_array_equal(cover.gains(np.arange(n)), inside[:, uncovered].sum(1))
            cover.add([pick])
            uncovered &= ~inside[:, pick]


def test_labeled_rows_have_radii_of_their_own(make):
    points = rng_of(0).integers(0, 9, size=(60, 3)).astype(np.float64)
    radii = np.linspace(0, 4, 7)
    cover = CoverGains(make(points), 0.5, make(points[:7] + 1), radii)
    held = balls(points, points[:7] + 1, radii)
    assert_array_equal(cover.uncovered, ~held.any(axis=1))
    assert 0 < cover.uncovered.sum() < 60


@pytest.mark.parametrize("shift", [0, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_single_precision_decides_nothing(dtype, shift):
    points = (rng_of(2).normal(size=(300, 40)) + shift).astype(dtype)
    pairs = np.sqrt(((points[:, None].astype(np.float64) - points) ** 2).sum(axis=2))
    radius = np.sort(pairs.ravel())[len(pairs) * 30]  # somebody's exact distance
    for factor in (1 - 1e-6, 1 + 1e-6):
        counts = CoverGains(points, factor * radius).counts
        assert_array_equal(counts, (pairs < factor * radius).sum(axis=1))


def test_each_pick_covers_the_most():
    for seed in range(20):
        points = rng_of(seed).normal(size=(40, 2))
        inside = balls(points, points, 0.8)
        rows = greedy_cover(CoverGains(points, 0.8), 25, given=[3, 9], rng=rng_of(seed))
        assert len({3, 9, *rows}) == 27
        uncovered = ~inside[:, [3, 9]].any(axis=1)
        chosen = [3, 9]
        for row in rows:
            gains = inside[:, uncovered].sum(axis=1)
            if uncovered.any():
                assert gains[row] == gains.max()
            else:  # the farthest from all others
                apart = ((points[:, None] - points[chosen]) ** 2).sum(2).min(1)
                assert apart[row] == pytest.approx(apart.max())
            uncovered &= ~inside[:, row]
            chosen.append(row)


def test_a_cover_is_facility_location_with_a_kernel_that_has_an_edge():
    for seed in range(10):
        points = rng_of(seed).normal(size=(80, 3))
        cover = CoverGains(points, 0.9)
        worth = FacilityGains(points, TopHat(0.9))
        rows = greedy_cover(cover, 10, rng=rng_of(seed))
        assert_array_equal(rows, naive_greedy(worth, 10, rng=rng_of(seed)))


def test_all_covered_is_no_reason_to_repeat_a_row():
    points = np.zeros((9, 2))
    rows = greedy_cover(CoverGains(points, 1.0), 9, rng=rng_of(0))
    assert sorted(rows) == list(range(9))
    firsts = {
        int(greedy_cover(CoverGains(points, np.inf), 1, rng=rng_of(s))[0])
        for s in range(60)
    }
    assert len(firsts) == 9


def test_features_that_are_not_finite():
    points = np.ones((4, 2))
    points[2] = np.nan
    with pytest.raises(ValueError, match=r"1 rows of features .* first row 2"):
        CoverGains(points, 1.0)


def test_distances_to_other_labels(make):
    points = rng_of(5).integers(0, 9, size=(90, 2)).astype(np.float64)
    labels = rng_of(6).integers(0, 3, size=90)
    apart = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    apart[labels[:, None] == labels] = np.inf
    rows = np.array([4, 88, 0])
    with config_context(working_memory=1):
        found = distances_to_other_labels(make(points), labels, rows)
    assert_allclose(found, apart[rows].min(axis=1), atol=1e-12)
    alone = distances_to_other_labels(make(points), np.zeros(90), rows)
    assert np.isinf(alone).all()


def test_smallest_distance(make):
    points = np.array([[5, 5], [0, 0], [5, 5], [0, 3], [9, 0]])
    assert smallest_distance(make(points)) == 3
    assert smallest_distance(make(points[[0, 2]])) == 0


def test_planted_clusters_are_found_in_any_container():
    from scipy import sparse

    points = np.repeat(np.eye(4) * 9, 30, axis=0) + rng_of(0).normal(size=(120, 4))
    found = [
        k_means_labels(some, 4, rng=rng_of(1))
        for some in (points, sparse.csr_matrix(points), points.astype(np.float32))
    ]
    assert_array_equal(found[0], found[1])
    assert_array_equal(found[0], found[2])
    assert len({tuple(np.unique(part)) for part in found[0].reshape(4, 30)}) == 4
