"""Bayesian core-sets against the algorithm on explicit vectors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive.geometry import (
    ProductFeatures,
    StackedFeatures,
    frank_wolfe,
    frank_wolfe_scores,
)
from skactive.geometry._frank_wolfe import _WeightedSum

rng_of = np.random.default_rng


def on_vectors(L, n_picks, given=()):
    """Picks, weights and the length of what is missing after each step."""
    norms = np.linalg.norm(L, axis=1)
    total, weights, missing = L.sum(axis=0), np.zeros(len(L)), []
    picks = []
    while len(picks) < len(given) + n_picks:
        scores = L @ (total - weights @ L) / norms
        scores[picks] = -np.inf
        among = given if len(picks) < len(given) else np.setdiff1d(range(len(L)), given)
        f = among[np.argmax(scores[among])]
        corner = norms.sum() / norms[f] * L[f]
        now = weights @ L
        share = (corner - now) @ (total - now) / np.square(corner - now).sum()
        share = np.clip(share, 0, 1)
        weights *= 1 - share
        weights[f] += share * norms.sum() / norms[f]
        missing.append(np.linalg.norm(total - weights @ L))
        picks.append(f)
    return picks[len(given) :], weights, missing


@pytest.mark.parametrize("shift", [0, 2])
@pytest.mark.parametrize("given", [[], [5, 9]])
def test_picks_of_the_algorithm(shift, given):
    L = rng_of(0).normal(size=(30, 6)) + shift
    expected, _, missing = on_vectors(L, 12, given)
    picks = frank_wolfe(L, 12, given=given, rng=rng_of(1))
    assert_array_equal(picks, expected)
    assert (np.diff(missing) <= 1e-9).all()


def test_steps_of_three_vectors():
    L = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert_allclose(frank_wolfe_scores(L) * np.sqrt(8), [2, 2, np.sqrt(8)])
    _, weights, missing = on_vectors(L, 1)
    assert_allclose((weights[2], missing[0]), (2, 0), atol=1e-12)
    state = _WeightedSum(L)
    state.step(2)
    assert_allclose(state.reached, state.wanted)  # nothing is missing
    second = {int(frank_wolfe(L, 2, rng=rng_of(seed))[1]) for seed in range(20)}
    assert second == {0, 1}


def test_all_kinds_of_features(make, product):
    X = rng_of(0).integers(-9, 10, size=(50, 6)) + 4
    expected = on_vectors(X.astype(float), 8)[0]
    assert_array_equal(frank_wolfe(make(X), 8, rng=rng_of(1)), expected)
    factors, dense = product
    expected = on_vectors(dense, 8)[0]
    assert_array_equal(frank_wolfe(factors, 8, rng=rng_of(1)), expected)
    stack = StackedFeatures([dense[:, :2] + 1, factors])
    expected = on_vectors(np.hstack([dense[:, :2] + 1, dense]), 8)[0]
    assert_array_equal(frank_wolfe(stack, 8, rng=rng_of(1)), expected)


def test_the_sum_of_products_is_a_matrix():
    left, right = rng_of(0).normal(size=(2, 40, 300))
    wide = ProductFeatures(left, right)  # 90,000 columns
    K = (left @ left.T) * (right @ right.T)
    expected = K.sum(axis=1) / np.sqrt(K.diagonal() * K.sum())
    assert_allclose(frank_wolfe_scores(wide), expected)
    assert frank_wolfe(wide, 1, rng=rng_of(0)) == [expected.argmax()]


def test_zeros_only_fill():
    L = np.vstack([np.zeros((6, 3)), rng_of(0).normal(size=(6, 3))])
    picks = frank_wolfe(L, 12, given=None, rng=rng_of(0))
    assert set(picks[:6]) == set(range(6, 12))
    assert sorted(picks) == list(range(12))
    assert_array_equal(frank_wolfe_scores(L)[:6], -1)
    filled = {int(frank_wolfe(L, 7, rng=rng_of(s))[6]) for s in range(60)}
    assert filled == set(range(6))
    assert sorted(frank_wolfe(np.zeros((5, 2)), 5, rng=rng_of(0))) == list(range(5))


def test_equal_rows_in_any_order():
    first = {int(frank_wolfe(np.ones((8, 3)), 8, rng=rng_of(s))[0]) for s in range(60)}
    assert first == set(range(8))


def test_vectors_that_cancel():
    L = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert sorted(frank_wolfe(L, 4, rng=rng_of(0))) == [0, 1, 2, 3]


def test_what_is_not_finite():
    L = np.ones((4, 2))
    L[2] = np.inf
    with pytest.raises(ValueError, match=r"1 rows of features .*first row 2"):
        frank_wolfe(L, 1, rng=rng_of(0))
