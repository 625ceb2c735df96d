"""Weighted sums of score, distance and density, against one sweep per pick."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.spatial.distance import cdist
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding, Inputs
from skactive.geometry import (
    ProductFeatures,
    _nearest_cosines,
    farthest_first,
    mean_nearest_cosines,
)
from skactive.scores import Entropy, Variance
from skactive.selection import DiverseBatch


def minmax(values):
    spread = values.max() - values.min()
    return (values - values.min()) / spread if spread > 0 else 0 * values


def cosines(pool, k=10):
    """Mean cosine with the k nearest others, by a full matrix."""
    similarity = 1 - cdist(pool, pool, "cosine")
    np.fill_diagonal(similarity, -np.inf)
    return -np.sort(-similarity, axis=1)[:, :k].mean(axis=1)


def naive(labeled, pool, variance, n_picks, diversity, density, given=()):
    picked, scores, dense = list(given), minmax(variance), cosines(pool)
    for _ in range(n_picks):
        left = np.setdiff1d(np.arange(len(pool)), picked)
        centers = np.vstack([labeled, pool[picked]])
        distances = np.zeros(len(left))
        if len(centers):
            distances = minmax(cdist(pool[left], centers).min(axis=1))
        worth = (1 - diversity - density) * scores[left]
        worth = worth + diversity * distances + density * minmax(dense[left])
        picked.append(int(left[worth.argmax()]))
    return picked[len(given) :]


def points(n, d, seed=0):
    return np.random.default_rng([n, d, seed]).normal(size=(n, d))


def view_of(embedding, seed=0):
    std = np.random.default_rng(1).uniform(size=embedding.shape[0])
    return ModelView.from_outputs(std=std, embedding=embedding, seed=seed)


def variance(view):
    return view.predict_std() ** 2


@pytest.mark.parametrize("weights", [(0.5, 0), (0.33, 0.33), (0.2, 0.7), (0, 0.4)])
@pytest.mark.parametrize("given", [[], [3, 8, 9]])
def test_brute_force(weights, given, monkeypatch):
    monkeypatch.setattr(_nearest_cosines, "_N_PAIRS", 400)  # several chunks
    labeled, pool = points(9, 3, seed=1), view_of(points(60, 3))
    strategy = DiverseBatch(Variance(), None, *weights).fit(view_of(labeled))
    expected = naive(labeled, pool.embed(), variance(pool), 20, *weights, given)
    assert_array_equal(strategy.select(pool, 20, given=given), expected)


def test_with_nothing_labeled_the_first_is_that_of_the_score():
    pool = view_of(points(40, 3))
    rows = DiverseBatch(Variance()).select(pool, 8)
    assert rows[0] == variance(pool).argmax()
    expected = naive(np.empty((0, 3)), pool.embed(), variance(pool), 8, 0.5, 0)
    assert_array_equal(rows, expected)


def test_a_single_weight():
    labeled, pool = points(5, 3, seed=1), view_of(points(50, 3))

    def rows(diversity, density):
        strategy = DiverseBatch(Variance(), diversity=diversity, density=density)
        return strategy.fit(view_of(labeled)).select(pool, 9)

    assert_array_equal(rows(0, 0), np.argsort(-variance(pool))[:9])
    far = farthest_first(pool.embed(), 9, centers=labeled, rng=np.random.default_rng(0))
    assert_array_equal(rows(1, 0), far)
    assert_array_equal(rows(0, 1), np.argsort(-cosines(pool.embed()))[:9])


def test_density_is_high_where_samples_are_many():
    # The published code adds a distance: it would like the lone_row.
    angles = np.r_[np.linspace(0, 0.1, 12), np.linspace(1, 2, 5), 4]
    pool = np.column_stack([np.cos(angles), np.sin(angles)])
    assert cosines(pool).argmax() < 12
    (row,) = DiverseBatch(Variance(), diversity=0, density=1).select(view_of(pool))
    assert row < 12
    assert mean_nearest_cosines(pool, 10).argmin() == 17


@pytest.mark.parametrize("n_neighbors", [1, 4, 500])
def test_mean_nearest_cosines(n_neighbors):
    pool = points(30, 4)
    expected = cosines(pool, n_neighbors) if n_neighbors < 30 else cosines(pool, 29)
    assert_allclose(mean_nearest_cosines(pool, n_neighbors), expected)
    csr = sparse.csr_matrix(pool)
    assert_allclose(mean_nearest_cosines(csr, n_neighbors), expected)
    product = ProductFeatures(pool, points(30, 2))
    dense = mean_nearest_cosines(np.asarray(product), n_neighbors)
    assert_allclose(mean_nearest_cosines(product, n_neighbors), dense)
    assert mean_nearest_cosines(pool[:1], 3).tolist() == [0]


@pytest.mark.parametrize("density", [0, 0.33])
def test_copies_tie_and_the_seed_decides(density):
    base, std = points(6, 2), np.random.default_rng(0).uniform(size=6)
    firsts = set()
    for seed in range(60):
        view = ModelView.from_outputs(
            std=np.tile(std, 4), embedding=np.tile(base, (4, 1)), seed=seed
        )
        strategy = DiverseBatch(Variance(), diversity=0.3, density=density)
        rows = strategy.fit(view_of(points(2, 2, seed=1))).select(view, 24)
        assert sorted(rows) == list(range(24))
        firsts.add(int(rows[0]))
    assert len(firsts) == 4
    assert len({row % 6 for row in firsts}) == 1


def test_the_recipes():
    X, draws = points(40, 2), np.random.default_rng(0).normal(size=(40, 7, 2))
    labeled, y = points(4, 2, seed=1), points(4, 2, seed=2) * [1, 100]
    pool = ModelView.from_outputs(X, draws=draws * [1, 100], prediction=draws[:, 0])
    first = ModelView.from_outputs(labeled, prediction=y)
    spread = np.mean((draws * [1, 100]).var(axis=1) / y.var(axis=0), axis=1)
    for name, weights in {"qbc_div": (0.5, 0), "qbc_div_den": (0.33, 0.33)}.items():
        rows = strategies.get(name).fit(first, y).select(pool, 9)
        assert_array_equal(rows, naive(labeled, X, spread, 9, *weights))


def test_facts():
    facts = get_tags(DiverseBatch(Variance(), Inputs())).strategy
    assert facts.task == "regression"
    assert set(facts.needs) == {"std", "inputs"}
    assert not facts.quadratic
    assert get_tags(DiverseBatch(Variance(), density=0.1)).strategy.quadratic


def test_gradients_that_are_never_multiplied_out():
    proba = np.random.default_rng(0).dirichlet(np.ones(3), 30)
    embedding = points(30, 4)
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    residual = proba - np.eye(3)[proba.argmax(axis=1)]
    dense = np.einsum("nk,nd->nkd", residual, embedding).reshape(30, -1)
    strategy = DiverseBatch(Entropy(), GradientEmbedding(), 0.33, 0.33)
    rows = strategy.fit(view[:5]).select(view[5:], 9)
    scores = Entropy().score_samples(view[5:])
    assert_array_equal(rows, naive(dense[:5], dense[5:], scores, 9, 0.33, 0.33))


@pytest.mark.parametrize(
    ("name", "value"), [("score", None), ("diversity", 1.5), ("n_neighbors", 0)]
)
def test_wrong_parameters(name, value):
    strategy = DiverseBatch(Variance()).set_params(**{name: value})
    with pytest.raises(ValueError, match=f"'{name}' parameter of DiverseBatch"):
        strategy.fit(view_of(points(9, 2)))


def test_weights_above_one_together():
    with pytest.raises(ValueError, match="must add up to 1 at most"):
        DiverseBatch(Variance(), diversity=0.6, density=0.6).fit([[0.0]])


@pytest.mark.parametrize("fit", [False, True])
def test_a_row_that_is_too_large(fit):
    pool = points(20, 2)
    pool[4] = 1e200
    strategy = DiverseBatch(Variance())
    if fit:
        strategy.fit(view_of(points(3, 2)))
    with pytest.raises(ValueError, match=r"not finite or too large.*first row"):
        strategy.select(view_of(pool), 3)
