"""Quotas of clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skactive import ModelView, strategies
from skactive.scores import Margin
from skactive.selection import ClusterQuota
from skactive.selection._cluster_quota import share_out


@settings(max_examples=200)
@given(st.data())
def test_quotas_sum_to_the_batch_and_fit_the_clusters(data):
    sizes = np.array(data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=8)))
    taken = np.array([data.draw(st.integers(0, int(size))) for size in sizes])
    n_free = int((sizes - taken).sum())
    if n_free == 0:
        return
    n_queries = data.draw(st.integers(1, n_free))
    quotas = share_out(n_queries, sizes, taken, np.random.default_rng(0))
    assert quotas.sum() == n_queries
    assert (quotas >= 0).all()
    assert (quotas <= sizes - taken).all()
    if not taken.any():
        # Largest remainder: within one of the share.
        assert (abs(quotas - n_queries * sizes / sizes.sum()) < 1).all()


def test_shares_by_hand():
    rng = np.random.default_rng(0)

    def shares(n_queries, sizes, taken):
        return share_out(n_queries, np.array(sizes), np.array(taken), rng).tolist()

    assert shares(10, [50, 30, 20], [0, 0, 0]) == [5, 3, 2]
    assert shares(4, [60, 25, 15], [0, 0, 0]) == [2, 1, 1]
    # What was picked before counts: three of the first cluster are its share.
    assert shares(3, [50, 25, 25], [3, 0, 0])[0] == 0
    assert shares(5, [4, 3], [1, 1]) == [3, 2]


def test_ties_of_remainders_are_drawn():
    sizes, taken = np.full(6, 5), np.zeros(6, dtype=int)
    firsts = {
        int(share_out(1, sizes, taken, np.random.default_rng(seed)).argmax())
        for seed in range(60)
    }
    assert firsts == set(range(6))


def blobs(seed=0):
    rng = np.random.default_rng(seed)
    sizes = [40, 20, 20]
    labels = np.repeat(np.arange(3), sizes)
    embedding = rng.normal(size=(80, 3)) + 50 * np.eye(3)[labels]
    proba = rng.dirichlet(np.ones(3), 80)
    order = rng.permutation(80)
    return labels[order], proba[order], embedding[order]


def test_the_best_of_each_cluster():
    labels, proba, embedding = blobs()
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    rows = ClusterQuota(Margin(), n_clusters=3, random_state=0).select(view, 8)
    scores = Margin().score_samples(view)
    expected = [
        np.flatnonzero(labels == c)[np.argsort(-scores[labels == c])][:quota]
        for c, quota in enumerate([4, 2, 2])
    ]
    assert set(rows) == set(np.concatenate(expected))
    assert (np.diff(scores[rows]) <= 0).all()


def test_one_cluster_is_the_score_alone():
    _, proba, embedding = blobs()
    view = ModelView.from_outputs(
        augmented=proba[:, None], embedding=embedding, classes=[0, 1, 2]
    )
    one = strategies.ssl_diff2aug_kmeans(n_clusters=1, random_state=0)
    direct = strategies.ssl_diff2aug_direct()
    assert_array_equal(one.select(view, 9), direct.select(view, 9))


def test_given_rows_take_up_the_share_of_their_cluster():
    labels, proba, embedding = blobs()
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    first = np.flatnonzero(labels == 0)[:4]
    rows = ClusterQuota(Margin(), n_clusters=3, random_state=0).select(
        view, 4, given=first
    )
    assert np.bincount(labels[rows], minlength=3).tolist() == [0, 2, 2]


def test_every_row_has_features_of_its_own():
    # Clusters of features that belong to other rows would mix the blobs.
    for seed in range(5):
        labels, proba, embedding = blobs(seed)
        view = ModelView.from_outputs(proba=proba, embedding=embedding)
        rows = ClusterQuota(Margin(), n_clusters=3, random_state=seed).select(view, 4)
        assert np.bincount(labels[rows], minlength=3).tolist() == [2, 1, 1]


def test_products_have_no_means():
    from skactive.features import GradientEmbedding

    _, proba, embedding = blobs()
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    with pytest.raises(TypeError, match="ClusterQuota takes means"):
        ClusterQuota(Margin(), features=GradientEmbedding()).select(view, 2)
