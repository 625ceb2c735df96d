"""LAL where labels are numbers: regression trees in lockstep, and what is learned."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from sklearn.tree import DecisionTreeRegressor

from skactive import ModelView, strategies
from skactive.scores import LearnedGain
from skactive.scores._lal_training import (
    describe_numbers,
    gain_regressor,
    make_training_set,
    oob_r2,
)
from skactive.scores._lockstep_trees import grow_trees


def task(seed=0, n=40, n_features=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_features))
    return X, np.sin(2 * X[:, 0]) + 0.3 * rng.normal(size=n), rng


@pytest.mark.parametrize("seed", range(4))
def test_a_single_feature_leaves_no_choice(seed):
    X, y, rng = task(seed, n_features=1)
    weights = rng.poisson(1, (5, len(X)))
    asked = rng.normal(size=(60, 1))
    trees = grow_trees(X, y, weights, asked, n_tried=1, rng=rng)
    for i, own in enumerate(weights):
        tree = DecisionTreeRegressor(random_state=0)
        tree.fit(X, y, sample_weight=own.astype(float))
        assert np.isclose(trees.value[i], tree.predict(asked)).mean() > 0.98
        assert trees.depth[i] == tree.get_depth()


def test_depth_and_importance_are_those_of_trees():
    X, y, rng = task(n=60)
    trees = grow_trees(X, y, np.ones((40, 60)), X, n_tried=3, rng=rng)
    others = [DecisionTreeRegressor(random_state=seed).fit(X, y) for seed in range(40)]
    depths = [other.get_depth() for other in others]
    assert abs(trees.depth.mean() - np.mean(depths)) < 1
    importances = np.mean([other.feature_importances_ for other in others], axis=0)
    assert_allclose(trees.importance.mean(axis=0), importances, atol=0.05)
    assert_allclose(trees.value, np.tile(y, (40, 1)))


def test_a_tree_knows_its_samples():
    X, y, rng = task()
    weights = rng.poisson(1, (6, len(X)))
    trees = grow_trees(X, y, weights, X, n_tried=1, rng=rng)
    for value, own in zip(trees.value, weights, strict=True):
        assert_allclose(value[own > 0], y[own > 0])
    constant = grow_trees(X, np.ones(40), weights, X, n_tried=1, rng=rng)
    assert_array_equal(constant.value, np.ones((6, 40)))
    assert not constant.depth.any()


def test_descriptions():
    rows = describe_numbers(
        np.array([-0.2, 0.5]), np.array([0.4, 0.2]), 0.9, [1.0, 0.0], 2.5, 7
    )
    state = [0.9, 0.25, 0.3, 2.5, 7]
    assert_allclose(rows, [[0.2, 0.4, *state], [0.5, 0.2, *state]])
    assert oob_r2(np.array([1.0, -1.0]), np.array([1.0, -1.0])) == 1
    assert oob_r2(np.array([9.0, -9.0]), np.array([1.0, -1.0])) == -1


def test_the_training_set(tmp_path):
    descriptions, gains = make_training_set(2, 50, task="regression")
    again = make_training_set(2, 50, task="regression")
    assert_array_equal(again[0], descriptions)
    assert_array_equal(again[1], gains)
    assert descriptions.shape == (2 * 5 * 16, 7)
    assert np.isfinite(descriptions).all()
    assert (gains < 1).all()
    assert np.abs(descriptions[:, 2]).max() <= 1
    regressor = gain_regressor(1, 50, str(tmp_path), "regression")
    (file,) = tmp_path.iterdir()
    assert file.name == "skactive_lal_regression_1_1_50.npz"
    assert regressor.n_features_in_ == 7


@pytest.fixture(scope="module")
def scored():
    X, y, rng = task(n=30)
    pool = rng.normal(size=(200, 3))
    return X, y, pool, LearnedGain(n_tasks=4, random_state=0).fit(X, y)


def test_it_mostly_asks_where_the_trees_disagree(scored):
    X, y, pool, _ = scored
    score = LearnedGain(random_state=0).fit(X, y)
    trees = [tree.predict(pool) for tree in score.forest_.estimators_]
    mean, spread = score._opinions(pool)
    assert_allclose(mean[:, 0], np.mean(trees, axis=0), atol=1e-12)
    assert_allclose(spread[:, 0], np.std(trees, axis=0), atol=1e-7)
    found = spearmanr(score.score_samples(pool), spread[:, 0]).statistic
    assert found > 0.5


def test_scale_and_sign_of_the_targets_do_not_matter(scored):
    X, y, pool, score = scored
    expected = score.score_samples(pool)
    for own in (64 * y, -y):
        scores = LearnedGain(n_tasks=4, random_state=0).fit(X, own).score_samples(pool)
        assert_allclose(scores, expected)


def test_several_targets_and_none_that_varies(scored):
    X, y, pool, score = scored
    both = np.column_stack([y, np.ones(30), y])
    scores = LearnedGain(n_tasks=4, random_state=0).fit(X, both).score_samples(pool)
    assert_allclose(scores, score.score_samples(pool))
    still = LearnedGain(n_tasks=4, random_state=0).fit(X, np.full(30, 0.5))
    assert_array_equal(still.score_samples(pool), np.zeros(200))
    assert len(set(still.select(pool, 5))) == 5
    one = LearnedGain(n_tasks=4, random_state=0).fit(X[:1], y[:1])
    assert_array_equal(one.score_samples(pool), np.zeros(200))


def test_the_view_says_what_the_labels_are(scored):
    X, _, pool, _ = scored
    y = np.arange(30) % 5
    numbers = ModelView.from_outputs(X, prediction=np.zeros(30))
    assert not hasattr(
        LearnedGain(n_tasks=4, random_state=0).fit(numbers, y), "class_shares_"
    )
    assert len(LearnedGain(n_tasks=4, random_state=0).fit(X, y).class_shares_) == 5
    assert strategies.lal(n_tasks=4, random_state=0).fit(numbers, y).select(
        pool, 3
    ).shape == (3,)
