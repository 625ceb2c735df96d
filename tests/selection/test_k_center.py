"""Greedy k-center against brute force."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.spatial.distance import cdist

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.selection import KCenterGreedy

LINE = np.arange(11.0)[:, None]


def naive_k_center(labeled, pool, n_queries, given=()):
    """One argmax after the other, from the whole matrix of distances."""
    centers, picked = [*labeled, *pool[list(given)]], []
    for _ in range(n_queries):
        distances = cdist(pool, centers).min(axis=1)
        distances[[*given, *picked]] = -1
        picked.append(int(distances.argmax()))
        centers.append(pool[picked[-1]])
    return picked


def assert_each_pick_is_farthest(rows, labeled, pool, given=()):
    """What can be said in the presence of ties."""
    centers, taken = [*labeled, *pool[list(given)]], list(given)
    for row in rows:
        distances = cdist(pool, centers).min(axis=1)
        distances[taken] = -1
        assert distances[row] == pytest.approx(distances.max(), abs=1e-6)
        centers.append(pool[row])
        taken.append(row)


def points(n, d):
    return np.random.default_rng([n, d]).normal(size=(n, d))


@pytest.mark.parametrize(("n_labeled", "n", "d"), [(1, 30, 1), (5, 80, 3), (40, 60, 8)])
def test_brute_force_in_the_embedding(n_labeled, n, d):
    labeled, pool = points(n_labeled, d), points(n, d)
    views = [ModelView.from_outputs(embedding=rows) for rows in (labeled, pool)]
    strategy = strategies.coreset().fit(views[0])
    assert_array_equal(strategy.select(views[1], 15), naive_k_center(labeled, pool, 15))
    assert_array_equal(
        strategy.select(views[1], 10, given=[3, 8]),
        naive_k_center(labeled, pool, 10, given=[3, 8]),
    )
    assert_allclose(
        strategy.score_samples(views[1]), cdist(pool, labeled).min(axis=1), atol=1e-6
    )


@given(arrays(float, (12, 2), elements=st.integers(-3, 3).map(float)), st.data())
def test_ties_and_copies(points, data):
    n_given = data.draw(st.integers(0, 4))
    taken = data.draw(st.permutations(range(9)))[:n_given]
    labeled, pool = points[:3], points[3:]
    rows = KCenterGreedy().fit(labeled).select(pool, 5, given=taken)
    assert_each_pick_is_farthest(rows, labeled, pool, taken)


def test_a_line():
    for seed in range(5):
        view = ModelView.from_outputs(LINE, seed=seed)
        rows = KCenterGreedy().fit([[0.0]]).select(view, 5)
        assert rows[:2].tolist() == [10, 5]
        assert set(rows[2:4]) <= {2, 3, 7, 8}
        assert_each_pick_is_farthest(rows, [[0.0]], LINE)


def test_the_radius_is_at_most_twice_the_best():
    for seed in range(20):
        pool = np.random.default_rng(seed).uniform(size=(9, 2))

        def radius(centers, pool=pool):
            return cdist(pool, pool[list(centers)]).min(axis=1).max()

        greedy = radius(KCenterGreedy().select(pool, 3))
        best = min(radius(centers) for centers in combinations(range(9), 3))
        assert best <= greedy <= 2 * best


def test_with_nothing_labeled_the_first_is_closest_to_the_mean():
    pool = points(40, 3)
    first = cdist(pool, [pool.mean(axis=0)]).argmin()
    rows = KCenterGreedy().select(pool, 6)
    assert rows[0] == first
    assert_array_equal(rows[1:], naive_k_center(pool[[first]], pool, 5, given=[first]))
    scores = KCenterGreedy().score_samples(pool)
    assert_allclose(scores, -cdist(pool, [pool.mean(axis=0)])[:, 0], atol=1e-6)


def test_with_nothing_labeled_given_rows_are_centers():
    pool = points(40, 3)
    rows = KCenterGreedy().select(pool, 6, given=[7, 2])
    assert_array_equal(rows, naive_k_center([], pool, 6, given=[7, 2]))


def test_duplicated_rows_have_distance_zero_and_not_nan():
    base = points(20, 5) * 1e3 + 1e4
    pool = np.repeat(base, 3, axis=0).astype(np.float32)
    strategy = KCenterGreedy().fit(base[:4].astype(np.float32))
    scores = strategy.score_samples(pool)
    assert_array_equal(scores[:12], 0)
    assert (scores[12:] > 0).all()
    rows = strategy.select(pool, 16)
    assert sorted(rows // 3) == list(range(4, 20))


def test_identical_points_are_chosen_once_each():
    rows = KCenterGreedy().fit(np.ones((1, 2))).select(np.ones((6, 2)), 6)
    assert sorted(rows) == [0, 1, 2, 3, 4, 5]


def test_sparse_rows_are_as_dense_ones():
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(60, 30)) * (rng.random((60, 30)) < 0.2)
    labeled, pool = dense[:5], dense[5:]
    expected = naive_k_center(labeled, pool, 12)
    strategy = KCenterGreedy().fit(sparse.csr_matrix(labeled))
    assert_array_equal(strategy.select(sparse.csr_matrix(pool), 12), expected)
    assert_array_equal(KCenterGreedy().fit(labeled).select(pool, 12), expected)


def test_neither_a_shift_nor_a_turn_nor_the_order_of_columns_matters():
    labeled, pool = points(4, 3), points(50, 3)
    turn = np.linalg.qr(points(3, 3))[0]
    expected = KCenterGreedy().fit(labeled).select(pool, 10)
    for change in (
        lambda X: X + np.array([100, -40, 7]),
        lambda X: X @ turn,
        lambda X: X[:, [2, 0, 1]],
        lambda X: 1e-3 * X,
    ):
        rows = KCenterGreedy().fit(change(labeled)).select(change(pool), 10)
        assert_array_equal(rows, expected)


def test_gradients_that_are_never_multiplied_out():
    rng = np.random.default_rng(0)
    proba, embedding = rng.dirichlet(np.ones(3), 40), rng.normal(size=(40, 4))
    residual = proba - np.eye(3)[proba.argmax(axis=1)]
    gradients = np.einsum("nk,nd->nkd", residual, embedding).reshape(40, 12)
    views = [
        ModelView.from_outputs(proba=proba[part], embedding=embedding[part])
        for part in (slice(0, 5), slice(5, 40))
    ]
    strategy = KCenterGreedy(features=GradientEmbedding()).fit(views[0])
    expected = naive_k_center(gradients[:5], gradients[5:], 12)
    assert_array_equal(strategy.select(views[1], 12), expected)
    from_mean = cdist(gradients[5:], [gradients[5:].mean(axis=0)])[:, 0]
    unfitted = KCenterGreedy(features=GradientEmbedding())
    assert_allclose(unfitted.score_samples(views[1]), -from_mean, atol=1e-6)
    assert unfitted.select(views[1]).tolist() == [from_mean.argmin()]


def test_greedy_sampling_on_the_inputs():
    strategy = strategies.gsx().fit([[0.0], [4.0]], [0.0, 8.0])
    pool = [[1.0], [2.0], [6.0]]
    assert_allclose(strategy.score_samples(pool), [1, 2, 2])
    firsts = {
        int(strategy.select(ModelView.from_outputs(pool, seed=seed))[0])
        for seed in range(20)
    }
    assert firsts == {1, 2}


@pytest.mark.parametrize("features", ["embedding", 3])
def test_features_must_be_a_transformer(features):
    with pytest.raises(ValueError, match="'features' parameter of KCenterGreedy"):
        KCenterGreedy(features=features).fit(LINE)


def test_the_cosine_metric_compares_directions():
    labeled, pool = points(4, 3), points(50, 3) * np.geomspace(0.01, 100, 50)[:, None]
    norms = np.linalg.norm(pool, axis=1, keepdims=True)
    unit = labeled / np.linalg.norm(labeled, axis=1, keepdims=True)
    expected = naive_k_center(unit, pool / norms, 12, given=[3])
    for kind in (np.asarray, sparse.csr_matrix):
        strategy = KCenterGreedy(metric="cosine").fit(kind(labeled))
        assert_array_equal(strategy.select(kind(pool), 12, given=[3]), expected)
        cosines = (pool / norms) @ unit.T
        assert_allclose(
            strategy.score_samples(kind(pool)),
            np.sqrt(2 - 2 * cosines.max(axis=1)),
            atol=1e-6,
        )


def test_the_cosine_metric_finds_no_outlier_in_a_long_vector():
    pool = np.array([[1.0, 0.1], [1.0, 0.0], [0.0, 1.0], [1000.0, 0.0]])
    rows = strategies.coreset(metric="cosine").fit(pool[:1]).select(pool, 1)
    assert rows.tolist() == [2]
    assert strategies.coreset().fit(pool[:1]).select(pool, 1).tolist() == [3]


def test_the_cosine_metric_and_vectors_of_zeros():
    pool = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 0.0], [0.0, 3.0]])
    rows = KCenterGreedy(metric="cosine").fit(pool[1:2]).select(pool, 4)
    assert rows[0] == 3  # at a right angle; zeros are one from everything
    assert sorted(rows) == [0, 1, 2, 3]
    assert rows[-1] in {0, 1, 2}


def test_the_cosine_metric_of_gradients():
    rng = np.random.default_rng(0)
    proba, embedding = rng.dirichlet(np.ones(3), 40), rng.normal(size=(40, 4))
    residual = proba - np.eye(3)[proba.argmax(axis=1)]
    gradients = np.einsum("nk,nd->nkd", residual, embedding).reshape(40, 12)
    gradients /= np.linalg.norm(gradients, axis=1, keepdims=True)
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    strategy = KCenterGreedy(features=GradientEmbedding(), metric="cosine")
    expected = naive_k_center([], gradients, 12, given=[7])
    assert_array_equal(strategy.select(view, 12, given=[7]), expected)


def test_an_unknown_metric():
    with pytest.raises(ValueError, match="'metric' parameter of KCenterGreedy"):
        KCenterGreedy(metric="l1").fit(LINE)
