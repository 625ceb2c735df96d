"""Greedy sampling against a loop over all pairs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

from skactive import ActiveLearner, ModelView, strategies
from skactive.features import Embedding, Inputs
from skactive.geometry import ProductFeatures, _blocks, min_distance_products
from skactive.selection import GreedyOutputs, GreedyProducts

NAMES = ["gsy", "gsxy"]


def naive(name, labeled, y, pool, predicted, n_picks, given=()):
    """Wu, Lin and Huang's loops; targets in units of the labels' spread."""
    y, predicted = (np.reshape(v, (len(v), -1)) for v in (y, predicted))
    scale = y.std(axis=0)
    known = [*zip(labeled, y, strict=True), *((pool[i], predicted[i]) for i in given)]

    def worth(i):
        return min(
            (np.linalg.norm(pool[i] - x) if name == "gsxy" else 1)
            * np.linalg.norm((predicted[i] - label) / scale)
            for x, label in known
        )

    rows = []
    for _ in range(n_picks):
        left = set(range(len(pool))) - {*rows, *given}
        rows.append(max(left, key=worth))
        known.append((pool[rows[-1]], predicted[rows[-1]]))
    return rows


def problem(n_targets=1, n=40, seed=0):
    rng = np.random.default_rng(seed)
    labeled, pool = rng.normal(size=(7, 3)), rng.normal(size=(n, 3))
    units = 10.0 ** np.arange(n_targets)
    y, predicted = (rng.normal(size=(k, n_targets)) * units for k in (7, n))
    if n_targets == 1:
        y, predicted = y[:, 0], predicted[:, 0]
    return labeled, y, pool, predicted


def view_of(pool, predicted, seed=0):
    return ModelView.from_outputs(pool, prediction=predicted, seed=seed)


def fitted(name, labeled, y):
    return strategies.get(name).fit(labeled, y)


@pytest.mark.parametrize(
    ("name", "expected"), [("gsy", [1, 2, 1]), ("gsxy", [1, 4, 2])]
)
def test_two_labels_and_three_candidates(name, expected):
    pool = view_of([[1.0], [2.0], [6.0]], [1.0, 6.0, 9.0])
    strategy = fitted(name, [[0.0], [4.0]], [0.0, 8.0])
    assert_allclose(strategy.score_samples(pool), expected)
    assert strategy.select(pool).tolist() == [1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("given", [[], [3, 8, 9]])
def test_brute_force(name, n_targets, given, monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK_BYTES", 500)  # several chunks of both sides
    labeled, y, pool, predicted = problem(n_targets)
    rows = fitted(name, labeled, y).select(view_of(pool, predicted), 15, given=given)
    expected = naive(name, labeled, y, pool, predicted, 15, given)
    assert_array_equal(rows, expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n_targets", [1, 2])
def test_origin_and_units_play_no_part(name, n_targets):
    labeled, y, pool, predicted = problem(n_targets)
    rows = fitted(name, labeled, y).select(view_of(pool, predicted), 12)
    units = 7 * 100.0 ** np.arange(n_targets)
    moved = fitted(name, 3 * labeled + 50, y * units + 1000)
    other = view_of(3 * pool + 50, predicted.reshape(40, -1) * units + 1000)
    assert_array_equal(moved.select(other, 12), rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_prediction_is_asked_once(name):
    labeled, y, pool, predicted = problem()
    predicted = np.round(predicted)  # a few values, many times each
    rows = fitted(name, labeled, y).select(view_of(pool, predicted), 40)
    n_values = len(set(predicted))
    assert len(set(predicted[rows[:n_values]])) == n_values
    assert sorted(rows) == list(range(40))


@pytest.mark.parametrize("name", NAMES)
def test_copies_tie_and_the_seed_decides(name):
    labeled, y, pool, predicted = problem(n=6)
    pool, predicted = np.tile(pool, (4, 1)), np.tile(predicted, 4)
    firsts = set()
    for seed in range(60):
        rows = fitted(name, labeled, y).select(view_of(pool, predicted, seed), 24)
        assert sorted(rows) == list(range(24))
        assert len(set(rows[:6] % 6)) == 6
        firsts.add(int(rows[0]))
    assert len(firsts) == 4


@pytest.mark.parametrize("name", NAMES)
def test_without_labels(name):
    labeled, _, pool, predicted = problem()
    with pytest.raises(ValueError, match=r"needs the labels: fit\(X, y\).*'gsx'"):
        strategies.get(name).fit(labeled)
    with pytest.raises(NotFittedError, match=r"needs the labels: call fit\(X, y\)"):
        strategies.get(name).select(view_of(pool, predicted))


@pytest.mark.parametrize("name", NAMES)
def test_in_a_learner(name):
    labeled, y, pool, _ = problem(2)
    learner = ActiveLearner(LinearRegression(), name, random_state=0).fit(labeled, y)
    predicted = LinearRegression().fit(labeled, y).predict(pool)
    both = np.vstack([labeled, pool])
    center, spread = both.mean(axis=0), both.std(axis=0)
    scaled = (labeled - center) / spread, (pool - center) / spread
    expected = naive(name, scaled[0], y, scaled[1], predicted, 6)
    assert_array_equal(learner.query(pool, 6), expected)


def test_sparse_inputs_and_another_space():
    labeled, y, pool, predicted = problem()
    expected = naive("gsxy", labeled, y, pool, predicted, 9)
    views = [
        ModelView.from_outputs(sparse.csr_matrix(labeled)),
        ModelView.from_outputs(sparse.csr_matrix(pool), prediction=predicted),
    ]
    strategy = GreedyProducts().fit(views[0], y)
    assert_array_equal(strategy.select(views[1], 9), expected)
    views = [
        ModelView.from_outputs(embedding=labeled),
        ModelView.from_outputs(embedding=pool, prediction=predicted),
    ]
    strategy = GreedyProducts(features=Embedding()).fit(views[0], y)
    assert_array_equal(strategy.select(views[1], 9), expected)


def test_products_of_product_features():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(20, 2)), rng.normal(size=(20, 3))
    features = ProductFeatures(left, right)
    dense = np.asarray(features)
    targets = rng.normal(size=(20, 1))
    assert_allclose(
        min_distance_products(features, targets, features[:4], targets[5:9]),
        min_distance_products(dense, targets, dense[:4], targets[5:9]),
        atol=1e-12,
    )


def test_facts_and_parameters():
    assert GreedyOutputs().__sklearn_tags__().strategy.needs == ("prediction",)
    assert set(GreedyProducts().__sklearn_tags__().strategy.needs) == {
        "prediction",
        "inputs",
    }
    assert isinstance(GreedyProducts()._features(), Inputs)
    with pytest.raises(ValueError, match="'features' parameter of GreedyProducts"):
        GreedyProducts(features="inputs").fit([[0.0]], [1.0])


def test_a_row_that_is_too_large():
    labeled, y, pool, predicted = problem()
    pool[4] = 1e200
    with pytest.raises(ValueError, match=r"not finite or too large.*first row 4"):
        fitted("gsxy", labeled, y).select(view_of(pool, predicted), 3)
