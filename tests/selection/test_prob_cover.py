"""ProbCover: picks against brute force, the radius, what is covered already."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.selection import ProbCover

rng_of = np.random.default_rng


def blobs(n_each=30, centers=((0, 0), (9, 0), (0, 9)), seed=0):
    noise = rng_of(seed).normal(size=(n_each * len(centers), 2))
    return np.repeat(np.array(centers, dtype=float), n_each, axis=0) + noise


def test_labeled_and_given_samples_cover():
    line = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [9.0]])
    strategy = ProbCover(delta=0.5, metric="euclidean")
    assert strategy.select(line).item() in (0, 1, 2)
    strategy.fit([[0.1]], [0])
    assert strategy.select(line).item() in (3, 4)
    assert strategy.select(line, given=[3]).item() == 5
    assert_array_equal(strategy.score_samples(line), [0, 0, 0, 2, 2, 1])


@pytest.mark.parametrize("purity", [1.0, 0.95, 0.8])
def test_the_radius_is_the_largest_that_is_pure_enough(purity):
    pool = blobs(centers=((0, 0), (4, 0), (0, 4)))
    view = ModelView.from_outputs(pool, seed=5)
    strategy = ProbCover(purity=purity, n_clusters=3, metric="euclidean")
    strategy.set_params(random_state=1)
    radius = strategy._function(view).radius
    from skactive.geometry import k_means_labels

    labels = k_means_labels(pool, 3, rng=strategy._rng(view, "clusters"))
    apart = np.sqrt(((pool[:, None] - pool) ** 2).sum(axis=2))

    def share(radius):
        return np.mean([len(set(labels[row < radius])) == 1 for row in apart])

    assert share(radius) >= purity
    assert share(radius * (1 + 1e-6)) < purity


def test_one_sample_of_each_blob():
    pool = blobs()
    for seed in range(5):
        strategy = ProbCover(n_clusters=3, metric="euclidean", random_state=seed)
        assert sorted(strategy.select(pool, 3) // 30) == [0, 1, 2]


def test_radius_before_and_after_there_are_classes():
    pool = ModelView.from_outputs(blobs(), seed=0)
    made = []
    for y in (None, [0, 1, 2], [0, 0, 0]):
        strategy = ProbCover(random_state=0, metric="euclidean")
        view = ModelView.from_outputs(blobs(1), proba=np.eye(3)) if y else blobs(1)
        strategy.fit(view, y)
        made.append(strategy.n_classes_)
    assert made == [10, 3, 2]
    assert strategies.probcover(random_state=0).select(pool, 90).shape == (90,)


def test_a_radius_of_products_is_a_number():
    view = ModelView.from_outputs(
        proba=np.full((6, 2), 0.5), embedding=rng_of(0).normal(size=(6, 3))
    )
    products = ProbCover(features=GradientEmbedding(), delta=0.5)
    assert len(set(products.select(view, 6))) == 6
    with pytest.raises(TypeError, match="means of rows"):
        products.set_params(delta="purity").select(view)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_sparse_pools(metric):
    pool = blobs()
    strategy = ProbCover(metric=metric, random_state=3)
    rows = strategy.select(pool, 9)
    assert_array_equal(strategy.select(sparse.csr_matrix(pool), 9), rows)


@pytest.mark.parametrize("delta", [0, -1, "pure", None])
def test_what_is_no_radius(delta):
    with pytest.raises(ValueError, match="delta"):
        ProbCover(delta=delta).select([[1.0]])
