"""TypiClust: planted clusters, brute force, clusters that run out."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from skactive import strategies
from skactive.features import GradientEmbedding
from skactive.geometry import k_means_labels
from skactive.selection import TypiClust

rng_of = np.random.default_rng
CENTERS = np.array([[0.0, 9], [9, 0], [-9, -9]])


def planted(sizes=(60, 30, 20), seed=0):
    noise = rng_of(seed).normal(size=(sum(sizes), 2))
    return np.repeat(CENTERS, sizes, axis=0) + noise, np.repeat(np.arange(3), sizes)


def typicality(points, n_neighbors=20):
    apart = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    k = max(1, min(n_neighbors, len(points) // 2))
    nearest = np.sort(apart, axis=1)[:, 1 : k + 1]
    return 1 / (nearest.mean(axis=1) + 1e-5) if len(points) > 1 else np.ones(1)


def test_the_most_typical_sample_of_each_cluster():
    pool, blob = planted()
    strategy = TypiClust(metric="euclidean", random_state=0)
    rows = strategy.select(pool, 3)
    assert_array_equal(blob[rows], [0, 1, 2])  # the largest first
    for row in rows:
        own = np.flatnonzero(blob == blob[row])
        assert row == own[typicality(pool[own]).argmax()]


def test_distances_are_not_squared():
    # Neighbors at 0.2 and 1.7 are nearer on average than two at 1, and not if squared.
    pool = np.array([[0.0], [1.0], [-1.0], [100.0], [100.2], [98.3]])
    strategy = TypiClust(max_clusters=1, n_neighbors=2, metric="euclidean")
    assert strategy.select(pool).item() == 3


def test_clusters_with_a_label_come_last():
    pool, blob = planted()
    strategy = TypiClust(metric="euclidean", max_clusters=3, random_state=0)
    strategy.fit(pool[[5]], [0])
    assert_array_equal(blob[strategy.select(pool[1:], 2) + 1], [1, 2])
    # A given row counts as a label.
    again = strategy.select(pool[1:], 2, given=[70])
    assert_array_equal(blob[again + 1], [2, 0])


@pytest.mark.parametrize("seed", range(4))
def test_all_rows_in_the_order_of_brute_force(seed):
    pool, labeled = (
        rng_of(seed).normal(size=(40, 3)),
        rng_of(seed + 9).normal(size=(4, 3)),
    )
    strategy = TypiClust(
        max_clusters=7, n_neighbors=3, metric="euclidean", random_state=seed
    ).fit(labeled)
    rows = strategy.select(pool, 40)
    assert sorted(rows) == list(range(40))
    both = np.vstack([pool, labeled])
    from skactive.view import as_view

    clusters = k_means_labels(both, 7, rng=strategy._rng(as_view(pool)))
    sizes = np.bincount(clusters, minlength=7)
    n_known = np.bincount(clusters[40:], minlength=7)
    left = set(range(40))
    turns = []
    for row in rows:
        own = np.array(sorted(left & set(np.flatnonzero(clusters == clusters[row]))))
        worth = typicality(pool[own], 3)
        assert worth[own == row] == pytest.approx(worth.max())
        turns.append(sum(clusters[r] == clusters[row] for r in set(range(40)) - left))
        left.remove(row)
    keys = [
        (sizes[c] < 6, turn, n_known[c], -sizes[c])
        for c, turn in zip(clusters[rows], turns, strict=True)
    ]
    assert keys == sorted(keys)


def test_outliers_come_last():
    pool = np.vstack([planted()[0], [[99.0, 99]], [[-99, 99]]])
    strategy = TypiClust(metric="euclidean", random_state=0)
    assert strategy.select(pool, 30).max() < 110
    everything = strategy.set_params(max_clusters=5).select(pool, len(pool))
    assert set(everything[-2:]) == {110, 111}


def test_clusters_smaller_than_a_pair():
    pool = np.diag([1.0, 2, 3, 4, 5])
    rows = TypiClust(random_state=0).select(pool, 5)
    assert sorted(rows) == [0, 1, 2, 3, 4]


def test_more_clusters_than_labels_allow():
    # Labels fill all clusters: those with the fewest come first.
    pool, blob = planted()
    labeled = np.repeat(CENTERS, [3, 1, 2], axis=0)
    strategy = TypiClust(metric="euclidean", max_clusters=3, random_state=1)
    rows = strategy.fit(labeled).select(pool, 6)
    assert_array_equal(blob[rows], [1, 2, 0, 1, 2, 0])


def test_mini_batches_and_sparse_rows():
    pool = rng_of(0).normal(size=(400, 5))
    strategy = TypiClust(random_state=0)
    rows = strategy.select(pool, 80)
    assert len(set(rows)) == 80
    assert_array_equal(strategy.select(sparse.csr_matrix(pool), 80), rows)


def test_products_have_no_means():
    from skactive import ModelView

    view = ModelView.from_outputs(proba=np.eye(2), embedding=np.eye(2))
    with pytest.raises(TypeError, match="TypiClust takes means of rows"):
        strategies.typiclust(features=GradientEmbedding()).select(view)
