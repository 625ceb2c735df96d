"""Means of clusters and distances to them, against one cluster at a time."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist

from skactive.geometry import (
    ProductFeatures,
    _blocks,
    assigned_squared_distances,
    average_linkage,
    check_vectors,
    cluster_means,
    nearest_centers,
)

rng = np.random.default_rng(0)
ROWS = rng.normal(size=(90, 6)) * (rng.random((90, 6)) < 0.4)
ROWS[5] = 0
LABELS = rng.permutation(np.arange(90) % 4)


@pytest.fixture(params=["dense", "sparse", "float32"])
def rows(request, monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK_BYTES", 400)  # several blocks
    kinds = {"dense": np.asarray, "sparse": sparse.csr_matrix, "float32": np.float32}
    return kinds[request.param](ROWS)


def test_means(rows):
    expected = [ROWS[np.equal(LABELS, label)].mean(axis=0) for label in range(4)]
    assert_allclose(cluster_means(rows, LABELS, 4), expected, atol=1e-6)


def test_distances_to_the_own_center(rows):
    centers = cluster_means(rows, LABELS, 4)
    expected = cdist(ROWS, centers, "sqeuclidean")[np.arange(90), LABELS]
    found = assigned_squared_distances(rows, centers, LABELS)
    assert_allclose(found, expected, atol=1e-6)


def test_nearest_centers(rows):
    centers = cluster_means(rows, LABELS, 4)
    expected = cdist(ROWS, centers).argmin(axis=1)
    assert_array_equal(nearest_centers(rows, centers), expected)


def test_far_from_zero():
    shift = 1e7
    centers = cluster_means(ROWS, LABELS, 4)
    found = nearest_centers(ROWS + shift, cluster_means(ROWS + shift, LABELS, 4))
    assert_array_equal(found, cdist(ROWS, centers).argmin(axis=1))


def test_average_linkage_is_scipys(rows):
    tree = fcluster(linkage(ROWS, "average"), 7, "maxclust")
    found = average_linkage(rows, 7)
    assert len(set(zip(tree, found, strict=True))) == len(set(tree)) == len(set(found))


@pytest.mark.parametrize(("n_rows", "n_clusters"), [(1, 1), (5, 5), (5, 1), (5, 3)])
def test_as_many_clusters_as_asked_for_even_of_copies(n_rows, n_clusters):
    labels = average_linkage(np.ones((n_rows, 2)), n_clusters)
    assert sorted(set(labels)) == list(range(n_clusters))


def test_products_have_no_means():
    features = ProductFeatures(ROWS, ROWS)
    with pytest.raises(TypeError, match="Who takes means of rows, and the mean of"):
        check_vectors(features, "Who")
    assert average_linkage(features, 3).shape == (90,)
