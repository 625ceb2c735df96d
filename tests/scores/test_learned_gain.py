"""LAL: trees in lockstep against scikit-learn's, what is described, what is learned."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy, spearmanr
from sklearn.tree import DecisionTreeClassifier

from skactive import ModelView, strategies
from skactive.scores import LearnedGain
from skactive.scores._lal_training import (
    describe,
    gain_regressor,
    make_training_set,
)
from skactive.scores._lockstep_trees import grow_trees


def task(n=40, n_features=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_features))
    return X, (X[:, 0] + rng.normal(size=n) > 0).astype(int), rng


@pytest.mark.parametrize("seed", range(5))
def test_a_single_feature_leaves_no_choice(seed):
    X, y, rng = task(n_features=1, seed=seed)
    weights = rng.poisson(1, (6, len(X)))
    asked = rng.normal(size=(50, 1))
    trees = grow_trees(X, y, weights, asked, n_tried=1, rng=rng)
    for i, own in enumerate(weights):
        tree = DecisionTreeClassifier(random_state=0)
        tree.fit(X, y, sample_weight=own.astype(float))
        # Of equally good cuts any will do, and deeper ones follow from it.
        assert_array_equal(trees.value[i] > 0.5, trees.value[i] == 1)
        agree = trees.value[i] == tree.predict_proba(asked)[:, 1]
        assert agree.mean() > 0.7
        own_trees = grow_trees(X, y, weights[[i]], X[own > 0], n_tried=1, rng=rng)
        assert_array_equal(own_trees.value[0], y[own > 0])


def best_cut(X, y, weights):
    """The purest cut of all, by trying them."""
    best = -np.inf, None, None
    for feature in range(X.shape[1]):
        values = np.sort(X[weights > 0, feature])
        for threshold in (values[1:] + values[:-1]) / 2:
            left = X[:, feature] <= threshold
            purity = 0
            for side in (left, ~left):
                counts = np.bincount(y[side], weights=weights[side], minlength=2)
                purity += np.sum(counts**2) / counts.sum()
            if purity > best[0] + 1e-9:
                best = purity, feature, threshold
    return best


@pytest.mark.parametrize("seed", range(5))
def test_the_first_cut_is_the_purest(seed):
    X, y, rng = task(n=12, seed=seed)
    y[:] = X[:, 1] > 0.1  # one cut does it
    weights = rng.poisson(1, (4, 12)) + 1
    trees = grow_trees(X, y, weights, X, n_tried=3, rng=rng)
    for i in range(4):
        _, feature, _ = best_cut(X, y, weights[i].astype(float))
        assert trees.depth[i] == 1
        assert_allclose(trees.importance[i], np.eye(3)[feature])


def test_depth_and_importance_are_those_of_a_tree():
    X, y, rng = task(n=60)
    trees = grow_trees(X, y, np.ones((40, 60)), X, n_tried=3, rng=rng)
    others = [DecisionTreeClassifier(random_state=seed).fit(X, y) for seed in range(40)]
    depths = [other.get_depth() for other in others]
    assert abs(trees.depth.mean() - np.mean(depths)) < 1
    importances = np.mean([other.feature_importances_ for other in others], axis=0)
    assert_allclose(trees.importance.mean(axis=0), importances, atol=0.1)
    assert_array_equal(trees.value, np.tile(y, (40, 1)))


def test_a_tree_of_one_class_has_no_split():
    X, y, rng = task(n=10)
    weights = (y == 1)[np.newaxis]
    trees = grow_trees(X, y, weights, X, n_tried=2, rng=rng)
    assert_array_equal(trees.value, np.ones((1, 10)))
    assert trees.depth.tolist() == [0]
    assert_array_equal(trees.importance, np.zeros((1, 3)))


def test_descriptions():
    rows = describe(
        np.array([0.2, 0.5]), np.array([0.4, 0.2]), 0.3, 0.9, [1.0, 0.0], 2.5, 7
    )
    assert_allclose(
        rows,
        [
            [0.2, 0.4, 0.3, 0.9, 0.25, 0.3, 2.5, 7],
            [0.5, 0.2, 0.3, 0.9, 0.25, 0.3, 2.5, 7],
        ],
    )


def test_the_training_set():
    descriptions, gains = make_training_set(2, 20)
    again = make_training_set(2, 20)
    assert_array_equal(again[0], descriptions)
    assert_array_equal(again[1], gains)
    assert descriptions.shape == (2 * 5 * 16, 8)
    assert np.isfinite(descriptions).all()
    assert (np.abs(gains) < 1).all()
    assert set(descriptions[:, 7]) == {2, 5, 10, 20, 50}
    assert ((descriptions[:, :4] >= 0) & (descriptions[:, :4] <= 1)).all()


def test_a_folder_keeps_the_training_set(tmp_path):
    regressor = gain_regressor(1, 20, str(tmp_path))
    (file,) = tmp_path.iterdir()
    with np.load(file, allow_pickle=False) as stored:  # no pickle
        gains = stored["gains"]
        descriptions = stored["descriptions"]
    with open(file, "wb") as stream:
        np.savez(stream, descriptions=descriptions, gains=gains + 1)
    gain_regressor.cache_clear()
    moved = gain_regressor(1, 20, str(tmp_path)).predict(descriptions)
    assert_allclose(moved, regressor.predict(descriptions) + 1)
    gain_regressor.cache_clear()


def symmetric(seed, n):
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], n // 2)
    X = rng.normal(size=(n, 2)) + 3 * (y[:, None] - 0.5) * [1, 0]
    return X, y, rng.normal(size=(150, 2)) * [2, 1]


@pytest.fixture(scope="module")
def scored():
    scores = []
    for seed, n in enumerate((10, 40, 10, 40)):
        X, y, pool = symmetric(seed, n)
        score = LearnedGain(n_tasks=8, random_state=seed).fit(X, y)
        scores.append((score, score.forest_.predict_proba(pool), pool))
    return scores


def test_on_symmetric_classes_it_mostly_asks_where_the_forest_is_unsure(scored):
    found = [
        spearmanr(score.score_samples(pool), entropy(proba, axis=1)).statistic
        for score, proba, pool in scored
    ]
    assert np.mean(found) > 0.5, found
    assert min(found) > 0, found


def test_opinions_are_those_of_the_trees(scored):
    score, proba, pool = scored[0]
    mean, spread = score._opinions(pool)
    trees = [tree.predict_proba(pool) for tree in score.forest_.estimators_]
    assert_allclose(mean, proba)
    assert_allclose(spread, np.std(trees, axis=0), atol=1e-7)


def test_names_of_classes_do_not_matter():
    X, y, pool = symmetric(0, 20)
    scores = [
        LearnedGain(n_tasks=8, random_state=0).fit(X, labels).score_samples(pool)
        for labels in (y, 1 - y, np.array(["b", "a"])[y])
    ]
    assert_array_equal(scores[1], scores[0])
    assert_array_equal(scores[2], scores[0])


def test_one_class_leaves_chance():
    X, _, pool = symmetric(0, 10)
    score = LearnedGain(n_tasks=8, random_state=0).fit(X, np.zeros(10))
    assert_array_equal(score.score_samples(pool), np.zeros(150))
    picks = {
        int(
            LearnedGain(n_tasks=8, random_state=seed)
            .fit(X, np.zeros(10))
            .select(pool)[0]
        )
        for seed in range(10)
    }
    assert len(picks) > 5


def test_labels_are_needed():
    with pytest.raises(ValueError, match="needs the labels"):
        strategies.lal().fit(ModelView.from_outputs(inputs=[[0.0], [1.0]]))
