"""k-means sampling against clusters worked out one by one."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.stats import chisquare
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.compose import Prefilter
from skactive.features import GradientEmbedding
from skactive.scores import FunctionScore, LeastConfidence, Margin
from skactive.selection import KMeansSampling, _k_means

CENTERS = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0], [20.0, 20.0], [40.0, 40.0]])


def blobs(n_each=12, seed=0):
    """Five blobs far apart, one after the other."""
    noise = np.random.default_rng(seed).normal(size=(len(CENTERS) * n_each, 2))
    return np.repeat(CENTERS, n_each, axis=0) + noise


def weighing(weights):
    """A score that is written down; the rows are known by their number."""
    return FunctionScore(lambda view: np.asarray(weights)[view.X])


def view_of(points, **outputs):
    return ModelView.from_outputs(np.arange(len(points)), embedding=points, **outputs)


def nearest_to_weighted_means(points, labels, weights):
    """The naive pick of each cluster, the heaviest cluster first."""
    picks = {}
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        center = np.average(points[rows], axis=0, weights=weights[rows])
        nearest = rows[np.square(points[rows] - center).sum(axis=1).argmin()]
        picks[nearest] = weights[rows].sum()
    return sorted(picks, key=picks.get, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_blobs_give_one_sample_each_the_one_in_the_middle(seed):
    points = blobs()[: 4 * 12 + 5]  # the last blob is small
    labels = np.arange(len(points)) // 12
    strategy = KMeansSampling(n_init=10, random_state=seed)
    rows = strategy.select(points, 5)
    expected = nearest_to_weighted_means(points, labels, np.ones(len(points)))
    assert set(rows) == set(expected)
    assert rows[-1] == expected[-1]  # the small one is the least wanted


@pytest.mark.parametrize("seed", range(4))
def test_weights_move_the_centers_and_order_the_clusters(seed):
    points, rng = blobs(), np.random.default_rng(seed)
    weights = rng.exponential(size=60)
    strategy = KMeansSampling(weight=weighing(weights), n_init=10, random_state=seed)
    expected = nearest_to_weighted_means(points, np.arange(60) // 12, weights)
    assert_array_equal(strategy.select(view_of(points), 5), expected)


def test_a_blob_without_weight_loses():
    weights = np.ones(60)
    weights[24:36] = 0
    for seed in range(5):
        strategy = KMeansSampling(weight=weighing(weights), random_state=seed)
        rows = strategy.select(view_of(blobs()), 8)
        assert not set(rows) & set(range(24, 36))
        # Only where there are too few others does it come in.
        rows = strategy.select(view_of(blobs()), 50)
        assert len(set(rows) & set(range(24, 36))) == 2


def test_weights_below_zero_are_shifted_to_begin_at_zero():
    weights = np.random.default_rng(0).exponential(size=60)
    weights[0] = 0
    rows = [
        KMeansSampling(weight=weighing(w), random_state=0).select(view_of(blobs()), 7)
        for w in (weights, weights - 3)
    ]
    assert_array_equal(*rows)


@pytest.mark.parametrize("value", [0.0, -2.0, 3.0])
def test_equal_weights_are_as_none(value):
    for seed in range(3):
        plain = KMeansSampling(n_init=10, random_state=seed)
        weighted = KMeansSampling(
            weight=weighing(np.full(60, value)), n_init=10, random_state=seed
        )
        rows = weighted.select(view_of(blobs()), 4, given=[3])
        assert sorted(rows // 12) == [1, 2, 3, 4]
        assert set(rows) == set(plain.select(view_of(blobs()), 4, given=[3]))


def test_given_rows_take_up_clusters():
    for seed in range(5):
        strategy = KMeansSampling(n_init=10, random_state=seed)
        rows = strategy.select(blobs(), 3, given=[5, 40])
        assert sorted(rows // 12) == [1, 2, 4]
        # Two in one blob take one cluster or two, and never ask for that blob.
        rows = strategy.select(blobs(), 2, given=[0, 2, 26, 50])
        assert sorted(rows // 12) == [1, 3]


def test_given_rows_keep_a_center_whatever_they_weigh():
    weights = np.ones(60)
    weights[12:24] = 0
    for seed in range(5):
        strategy = KMeansSampling(
            weight=weighing(weights), n_init=10, random_state=seed
        )
        rows = strategy.select(view_of(blobs()), 4, given=[15])
        assert sorted(rows // 12) == [0, 2, 3, 4]


def test_fewer_different_samples_than_queries():
    points = np.repeat(CENTERS, 4, axis=0)
    for seed in range(5):
        rows = KMeansSampling(random_state=seed).select(points, 9)
        assert len(set(rows)) == 9
        assert set(rows[:5] // 4) == set(range(5))
        rows = KMeansSampling(random_state=seed).select(points, 5, given=[0, 1, 5])
        assert set(rows[:3] // 4) == {2, 3, 4}
        assert not set(rows) & {0, 1, 5}


def test_equal_samples_are_drawn_uniformly():
    view = np.ones((6, 2))
    rows = [KMeansSampling(random_state=s).select(view, 1)[0] for s in range(300)]
    assert chisquare(np.bincount(rows, minlength=6)).pvalue > 0.001
    assert len(set(KMeansSampling(random_state=0).select(view, 5, given=[2]))) == 5


def test_twins_of_the_middle_have_equal_chances():
    points = np.array([[0.0], [1.0], [1.0], [2.0]])
    rows = [KMeansSampling(random_state=s).select(points, 1)[0] for s in range(300)]
    counts = np.bincount(rows, minlength=4)
    assert counts[0] == counts[3] == 0
    assert chisquare(counts[1:3]).pvalue > 0.001


def test_sparse_rows_are_as_dense_ones():
    rng = np.random.default_rng(0)
    dense = blobs() @ rng.normal(size=(2, 30)) * (rng.random(30) < 0.3)
    for seed in range(3):
        strategy = KMeansSampling(n_init=3, random_state=seed)
        rows = strategy.select(ModelView.from_outputs(embedding=dense), 5)
        as_csr = ModelView.from_outputs(embedding=sparse.csr_matrix(dense))
        assert_array_equal(strategy.select(as_csr, 5), rows)


def test_large_pools_are_clustered_in_batches(monkeypatch):
    monkeypatch.setattr(_k_means, "_MINI_BATCH", 100)
    for seed in range(3):
        rows = KMeansSampling(n_init=10, random_state=seed).select(blobs(), 5)
        assert sorted(rows // 12) == list(range(5))


def test_a_sorted_pool_is_as_good_as_a_shuffled_one():
    points, order = blobs(), np.random.default_rng(1).permutation(60)
    strategy = KMeansSampling(n_init=10, random_state=0)
    rows = strategy.select(points, 5)
    assert set(order[strategy.select(points[order], 5)]) == set(rows)


def test_features_that_have_no_means():
    view = ModelView.from_outputs(proba=np.full((4, 2), 0.5), embedding=np.eye(4))
    with pytest.raises(TypeError, match=r"KMeansSampling takes means.* KMeansPlusPlus"):
        KMeansSampling(features=GradientEmbedding()).select(view)


def test_a_prefilter_of_factor_one_leaves_the_smallest_margins():
    doubt = np.random.default_rng(0).permutation(60) / 121
    view = view_of(blobs(), proba=np.column_stack([1 - doubt, doubt]))
    rows = strategies.kmeans(factor=1, random_state=0).select(view, 7)
    assert set(rows) == set(np.argsort(-doubt)[:7])


def test_the_published_method_is_a_chain():
    doubt = np.random.default_rng(0).permutation(60) / 121
    view = view_of(blobs(), proba=np.column_stack([1 - doubt, doubt]))
    rows = strategies.kmeans(factor=4, random_state=0).select(view, 5)
    # Of two classes, 1 minus the margin is twice 1 minus the larger probability.
    by_hand = KMeansSampling(weight=LeastConfidence(), random_state=0)
    kept = np.sort(np.argsort(-doubt)[:20])
    assert_array_equal(rows, kept[by_hand.select(view[kept], 5)])
    chain = strategies.kmeans(factor=4)
    assert isinstance(chain, Prefilter)
    assert isinstance(chain.score, Margin)


def test_facts():
    facts = get_tags(strategies.kmeans()).strategy
    assert (facts.task, facts.needs) == ("both", ("embedding",))
    assert facts.cold_start
    assert facts.diverse
    facts = get_tags(strategies.kmeans(factor=10)).strategy
    assert facts.task == "classification"
    assert facts.needs == ("proba|decision", "embedding")
    assert not facts.cold_start
    assert not get_tags(KMeansSampling(weight=Margin())).strategy.diverse


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({"weight": 3}, "weight"), ({"n_init": 0}, "n_init")],
)
def test_wrong_parameters(parameters, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of KMeansSampling"):
        KMeansSampling(**parameters).select(blobs())
