"""Disagreement of draws against hand-made cases and naive formulas."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from skactive import ModelView
from skactive.geometry import _probabilities
from skactive.scores import BALD, Disagreement, Entropy

# Two draws of three samples: sure and opposed, torn alike, and between.
SURE, TORN, MILD = [[1, 0], [0, 1]], [[0.5, 0.5]] * 2, [[0.9, 0.1], [0.1, 0.9]]


def draws_view(draws, **options):
    return ModelView.from_outputs(draws=draws, **options)


def random_draws(n=30, n_draws=5, n_classes=4, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(n_classes), size=(n, n_draws))


# --- BALD


def test_bald_of_two_draws():
    scores = BALD().score_samples(draws_view([SURE, TORN, MILD]))
    assert_allclose(scores, [0.693147, 0, 0.368064], atol=1e-6)


def test_bald_is_not_entropy():
    draws = np.array([SURE, TORN])
    assert BALD().select(draws_view(draws)).tolist() == [0]
    entropies = Entropy().score_samples(
        ModelView.from_outputs(proba=draws.mean(axis=1))
    )
    assert_allclose(entropies, np.log(2))


def test_bald_is_the_mean_divergence_from_the_mean():
    draws = random_draws()
    expected = [
        np.mean([entropy(draw, sample.mean(axis=0)) for draw in sample])
        for sample in draws
    ]
    assert_allclose(BALD().score_samples(draws_view(draws)), expected, rtol=1e-9)
    assert_allclose(
        BALD().score_samples(draws_view(draws.astype(np.float32))), expected, atol=1e-6
    )


@pytest.mark.parametrize(("n_draws", "n_classes"), [(1, 3), (2, 5), (9, 2)])
def test_bald_is_bounded(n_draws, n_classes):
    draws = random_draws(200, n_draws, n_classes)
    scores = BALD().score_samples(draws_view(draws))
    assert (scores >= 0).all()
    assert (scores <= min(np.log(n_draws), np.log(n_classes)) + 1e-9).all()


def test_bald_knows_no_log_of_zero():
    rng = np.random.default_rng(1)
    votes = np.eye(3)[rng.integers(3, size=(50, 7))]
    scores = BALD().score_samples(draws_view(votes))
    # The entropy of the votes: each draw is sure.
    assert_allclose(scores, entropy(votes.mean(axis=1), axis=1), atol=1e-9)


def test_rounding_makes_no_negative_score():
    same = np.repeat(random_draws(500, 1, 7).astype(np.float32), 6, axis=1)
    scores = BALD().score_samples(draws_view(same))
    assert (scores >= 0).all()
    assert_allclose(scores, 0, atol=1e-6)


def test_bald_by_chunks(monkeypatch):
    view = draws_view(random_draws())
    expected = BALD().score_samples(view)
    monkeypatch.setattr(_probabilities, "_N_ROWS", 7)
    assert_array_equal(BALD().score_samples(view), expected)


# --- votes


def test_vote_entropy_against_a_loop():
    draws = random_draws(n_draws=7, seed=2)
    expected = [
        entropy(np.bincount(sample.argmax(axis=1), minlength=4) / 7) for sample in draws
    ]
    assert_allclose(
        Disagreement().score_samples(draws_view(draws)), expected, atol=1e-12
    )


def test_votes_do_not_count_how_sure_they_are():
    scores = Disagreement().score_samples(draws_view([[[1, 0], [0.49, 0.51]], TORN]))
    assert_allclose(scores, [np.log(2), 0], atol=1e-12)


def test_equal_splits_of_the_votes_tie_exactly():
    votes = np.array(
        [[0, 0, 0, 0, 0, 1, 2], [1, 1, 1, 1, 1, 2, 0], [2, 2, 2, 2, 2, 0, 1]]
    )
    scores = Disagreement().score_samples(draws_view(np.eye(3)[votes]))
    assert len(set(scores)) == 1


def test_draws_that_are_not_finite_do_not_vote():
    draws = random_draws()
    draws[[4, 9], 2, 0] = np.nan
    for score in (Disagreement(), BALD()):
        with pytest.raises(ValueError, match=r"2 .* not finite, first in row 4"):
            score.select(draws_view(draws))


def test_votes_of_a_forest():
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = np.array(["no", "yes", "who"])[(X[:, 0] > 0).astype(int) + (X[:, 1] > 1)]
    forest = RandomForestClassifier(n_estimators=9, random_state=0).fit(X[:30], y[:30])
    votes = np.array(
        [tree.predict_proba(X).argmax(axis=1) for tree in forest.estimators_]
    )
    expected = [entropy(np.bincount(v, minlength=3) / 9) for v in votes.T]
    labeled, pool = ModelView(X[:30], forest), ModelView(X, forest)
    scores = Disagreement().fit(labeled, y[:30]).score_samples(pool)
    assert_allclose(scores, expected, atol=1e-6)


# --- regression


def numbers(draws, **options):
    """A view of a regressor: predictions tell its task."""
    draws = np.asarray(draws, dtype=float)
    return draws_view(draws, prediction=draws.mean(axis=1), **options)


def test_variance_of_the_members():
    draws = np.random.default_rng(0).normal(size=(20, 6, 1))
    scores = Disagreement().score_samples(numbers(draws))
    assert_allclose(scores, draws[:, :, 0].var(axis=1))


def test_one_target_needs_no_task():
    assert_allclose(
        Disagreement().score_samples(draws_view([[[1.0], [3.0]], [[2.0], [2.0]]])),
        [1, 0],
    )


def test_several_targets_are_measured_in_the_spread_of_their_labels():
    rng = np.random.default_rng(1)
    draws, y = rng.normal(size=(15, 5, 3)), rng.normal(size=(40, 3))
    draws *= [1, 100, 1]
    y *= [1, 100, 0]  # the last target is constant: as it is
    labeled = numbers(rng.normal(size=(40, 5, 3)))
    scores = Disagreement().fit(labeled, y).score_samples(numbers(draws))
    spread = np.array([*y.std(axis=0)[:2], 1])
    expected = (draws / spread).var(axis=1).mean(axis=1)
    assert_allclose(scores, expected)
    # A shift of the labels says nothing, and neither does another unit.
    shifted = Disagreement().fit(labeled, y + 7).score_samples(numbers(draws + 7))
    assert_allclose(shifted, expected)
    unit = np.array([1000, 0.1, 1])
    scaled = Disagreement().fit(labeled, y * unit).score_samples(numbers(draws * unit))
    assert_allclose(scaled, expected)


def test_trees_of_a_forest_regressor():
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = X[:, 0] ** 2
    forest = RandomForestRegressor(n_estimators=8, random_state=0).fit(X[:25], y[:25])
    trees = np.array([tree.predict(X) for tree in forest.estimators_])
    scorer = Disagreement().fit(ModelView(X[:25], forest), y[:25])
    scores = scorer.score_samples(ModelView(X, forest))
    expected = trees.var(axis=0) / y[:25].var()
    assert_allclose(scores, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("score", [BALD, Disagreement])
@pytest.mark.parametrize("n_draws", [0, -1, 2.5, None])
def test_a_number_of_draws_that_is_none(score, n_draws):
    with pytest.raises(ValueError, match=f"'n_draws' parameter of {score.__name__}"):
        score(n_draws).select(draws_view([SURE]))
