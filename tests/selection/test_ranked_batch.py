"""Ranked batches against one sweep per pick."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.spatial.distance import cdist
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding, Inputs
from skactive.geometry import _ranked
from skactive.scores import Entropy, LeastConfidence, Variance
from skactive.selection import RankedBatch


def worths(pool, scores, centers, n_left):
    """What each row is worth once `centers` are labeled or picked."""
    if len(centers) == 0:
        return scores
    alpha = n_left / (n_left + len(centers))
    nearest = cdist(pool, centers).min(axis=1)
    return alpha * (1 - 1 / (1 + nearest)) + (1 - alpha) * scores


def naive(labeled, pool, scores, n_picks, given=()):
    picked = list(given)
    for _ in range(n_picks):
        centers = [*labeled, *pool[picked]]
        worth = np.array(worths(pool, scores, centers, len(pool) - len(picked)))
        worth[picked] = -1
        picked.append(int(worth.argmax()))
    return picked[len(given) :]


def points(n, d, seed=0):
    return np.random.default_rng([n, d, seed]).normal(size=(n, d))


def view_of(embedding, seed=0):
    proba = np.random.default_rng(1).dirichlet(np.ones(3), embedding.shape[0])
    return ModelView.from_outputs(proba=proba, embedding=embedding, seed=seed)


def doubt(view):
    return LeastConfidence().score_samples(view)


@pytest.mark.parametrize("n_measured", [3, 128])
@pytest.mark.parametrize(("n_labeled", "n", "d"), [(1, 60, 1), (9, 90, 3), (80, 50, 6)])
def test_brute_force(n_labeled, n, d, n_measured, monkeypatch):
    monkeypatch.setattr(_ranked, "_N_MEASURED", n_measured)
    labeled, pool = points(n_labeled, d, seed=1), view_of(points(n, d))
    strategy = strategies.ranked_batch().fit(view_of(labeled))
    for given in ([], [3, 8, 9]):
        expected = naive(labeled, pool.embed(), doubt(pool), 20, given)
        assert_array_equal(strategy.select(pool, 20, given=given), expected)
    assert_allclose(
        strategy.score_samples(pool),
        worths(pool.embed(), doubt(pool), labeled, n),
        atol=1e-6,
    )


def test_with_nothing_labeled_the_first_is_that_of_the_score():
    pool = view_of(points(40, 3))
    strategy = RankedBatch(LeastConfidence())
    rows = strategy.select(pool, 8)
    assert rows[0] == doubt(pool).argmax()
    assert_array_equal(rows, naive([], pool.embed(), doubt(pool), 8))
    assert_array_equal(strategy.score_samples(pool), doubt(pool))
    rows = strategy.select(pool, 5, given=[4])
    assert_array_equal(rows, naive([], pool.embed(), doubt(pool), 5, [4]))


def test_the_more_is_labeled_the_more_counts_the_score():
    pool = view_of(points(30, 2))
    few, many = points(1, 2, seed=5), np.tile(points(1, 2, seed=5), (100_000, 1))
    far = cdist(pool.embed(), few)[:, 0].argmax()
    assert RankedBatch(LeastConfidence()).fit(few).select(pool).tolist() == [far]
    rows = RankedBatch(LeastConfidence()).fit(many).select(pool, 5)
    assert_array_equal(rows, np.argsort(-doubt(pool))[:5])


def test_sparse_rows_are_as_dense_ones():
    dense = points(70, 20) * (np.random.default_rng(0).random((70, 20)) < 0.3)
    labeled, pool = dense[:10], view_of(dense[10:])
    expected = naive(labeled, dense[10:], doubt(pool), 15)
    pool = view_of(sparse.csr_matrix(dense[10:]))
    strategy = RankedBatch(LeastConfidence()).fit(view_of(sparse.csr_matrix(labeled)))
    assert_array_equal(strategy.select(pool, 15), expected)


def test_gradients_that_are_never_multiplied_out():
    labeled, pool = view_of(points(5, 4)), view_of(points(50, 4))

    def gradients(view):
        proba = view.predict_proba()
        residual = proba - np.eye(3)[proba.argmax(axis=1)]
        return np.einsum("nk,nd->nkd", residual, view.embed()).reshape(len(view), -1)

    strategy = RankedBatch(LeastConfidence(), features=GradientEmbedding())
    rows = strategy.fit(labeled).select(pool, 15)
    expected = naive(gradients(labeled), gradients(pool), doubt(pool), 15)
    assert_array_equal(rows, expected)


def test_copies_tie_and_the_seed_decides():
    base = points(6, 2)
    embedding = np.tile(base, (4, 1))
    proba = np.tile(np.random.default_rng(0).dirichlet(np.ones(3), 6), (4, 1))
    firsts = set()
    for seed in range(60):
        view = ModelView.from_outputs(proba=proba, embedding=embedding, seed=seed)
        rows = RankedBatch(LeastConfidence()).fit(base[:1]).select(view, 24)
        assert sorted(rows) == list(range(24))
        firsts.add(int(rows[0]))
    assert len(firsts) == 4
    assert len({row % 6 for row in firsts}) == 1


def test_regression():
    X, std = points(30, 2), np.random.default_rng(0).uniform(size=30)
    view = ModelView.from_outputs(X, std=std)
    labeled = ModelView.from_outputs(points(4, 2), std=np.ones(4))
    strategy = strategies.ranked_batch(Variance(), features=Inputs())
    rows = strategy.fit(labeled, [0.0, 1.0, 2.0, 3.0]).select(view, 6)
    assert_array_equal(rows, naive(points(4, 2), X, std**2, 6))
    facts = get_tags(strategy).strategy
    assert facts.task == "regression"
    assert set(facts.needs) == {"std", "inputs"}


@pytest.mark.parametrize(("name", "value"), [("score", None), ("features", "inputs")])
def test_wrong_parameters(name, value):
    strategy = RankedBatch(Entropy()).set_params(**{name: value})
    with pytest.raises(ValueError, match=f"'{name}' parameter of RankedBatch"):
        strategy.fit(view_of(points(9, 2)))
