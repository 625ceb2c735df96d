"""MaxHerding and UHerding: brute force, the limits, weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive import ModelView, strategies
from skactive.compose import Tempered
from skactive.geometry import GaussianSimilarity
from skactive.scores import FunctionScore, LeastConfidence
from skactive.selection import FacilityLocation, MaxHerding, ProbCover, _herding

rng_of = np.random.default_rng


def points(n, seed=0, d=3):
    return rng_of([seed, n]).normal(size=(n, d))


def kernel(a, b, sigma):
    return np.exp(-((a[:, None] - b) ** 2).sum(axis=2) / sigma**2)


def top_hat(a, b, radius):
    return (((a[:, None] - b) ** 2).sum(axis=2) < radius**2).astype(float)


def assert_greedy(rows, pool, labeled, weights, sigma, kernel=kernel):
    """Each pick gains the most; of an isolated pair both gain the same."""
    near = kernel(pool, labeled, sigma).max(axis=1, initial=0)
    to_all = kernel(pool, pool, sigma)
    for row in rows:
        gains = weights @ np.maximum(to_all - near[:, None], 0)
        assert_allclose(gains[row], gains.max(), rtol=1e-9)
        near = np.maximum(near, to_all[:, row])


@pytest.mark.parametrize("seed", range(4))
def test_picks_are_those_of_brute_force(seed):
    pool, labeled = points(50, seed), points(5, seed)
    weights = rng_of(seed).uniform(size=50)
    weight = FunctionScore(lambda view: weights)
    for w, score in ((np.ones(50), None), (weights, weight)):
        strategy = MaxHerding(sigma=0.8, weight=score, metric="euclidean")
        strategy.fit(labeled)
        assert_greedy(strategy.select(pool, 9), pool, labeled, w, 0.8)
    unit = pool / np.linalg.norm(pool, axis=1, keepdims=True)
    rows = strategies.max_herding().select(pool, 6)
    assert_greedy(rows, unit, unit[:0], np.ones(50), 1.0)


def test_without_weights_it_is_facility_location():
    pool, labeled = points(70), points(4)
    herding = MaxHerding(sigma=2.0, metric="euclidean").fit(labeled)
    location = FacilityLocation(similarity="rbf", gamma=0.25).fit(labeled)
    assert_array_equal(herding.select(pool, 20), location.select(pool, 20))
    assert_allclose(herding.score_samples(pool), location.score_samples(pool))


class TopHat(GaussianSimilarity):
    """1 within a radius, 0 outside of it."""

    def between(self, a, b):
        return top_hat(np.asarray(a, dtype=float), np.asarray(b), self.gamma)


@pytest.mark.parametrize("labeled", [points(0), points(5)])
def test_with_an_edge_it_is_probcover(labeled, monkeypatch):
    monkeypatch.setattr(_herding, "gaussian_kernel", lambda _, sigma: TopHat(sigma))
    for seed in range(5):
        pool = points(80, seed)
        herding = MaxHerding(sigma=0.9, metric="euclidean")
        cover = ProbCover(delta=0.9, metric="euclidean")
        if len(labeled):
            herding.fit(labeled)
            cover.fit(labeled, np.arange(5))
        # Equal counts are broken by lot: what is compared is the worth of each pick.
        for strategy in (herding, cover):
            rows = strategy.select(pool, 12)
            assert_greedy(rows, pool, labeled, np.ones(80), 0.9, top_hat)
        assert_allclose(herding.score_samples(pool), cover.score_samples(pool))


def with_doubt(n, seed=0):
    pool = points(n, seed)
    gap = rng_of([7, seed]).uniform(size=n)
    proba = np.column_stack([1 + gap, 1 - gap]) / 2
    return ModelView.from_outputs(pool, proba=proba), 1 - gap


def test_a_tiny_reach_leaves_the_largest_doubts():
    pool, doubt = with_doubt(60)
    for sigma in (1e-3, 1e-9):
        strategy = strategies.uherding(sigma=sigma, temperature=1.0)
        assert_array_equal(strategy.select(pool, 12), np.argsort(-doubt)[:12])
    # No probability leaves no doubt.
    assert_allclose(strategy.score_samples(pool), doubt / doubt.max(), atol=1e-6)


def test_equal_doubts_leave_the_coverage():
    pool = points(60)
    for proba in ([0.7, 0.3], [1.0, 0.0]):
        view = ModelView.from_outputs(pool, proba=np.tile(proba, (60, 1)))
        rows = strategies.uherding(sigma=1.0).select(view, 10)
        assert_array_equal(rows, strategies.max_herding().select(pool, 10))


def test_the_reach_is_the_smallest_distance_of_labels():
    labeled = [[0.0, 0], [0, 0], [3, 4], [30, 40]]
    strategy = MaxHerding(sigma="labeled", metric="euclidean")
    assert strategy.fit(labeled).sigma_ == 5
    assert strategy.fit(labeled[:2]).sigma_ == 1
    # As long as there are none, it is 1.
    pool = points(40)
    fixed = MaxHerding(sigma=1.0, metric="euclidean")
    fresh = MaxHerding(sigma="labeled", metric="euclidean")
    assert_array_equal(fresh.select(pool, 9), fixed.select(pool, 9))


def test_doubt_is_taken_of_tempered_probabilities():
    strategy = strategies.uherding()
    assert isinstance(strategy.weight, Tempered)
    assert strategy.weight.temperature == "fit"
    pool, doubt = with_doubt(40)
    hot = strategies.uherding(sigma=1e-6, temperature=3.0).score_samples(pool)
    odds = (2 - doubt) / doubt
    soft = odds ** (1 / 3)
    assert_allclose(hot, (w := 1 - (soft - 1) / (soft + 1)) / w.max(), atol=1e-6)


def test_scores_below_zero_are_shifted():
    pool, doubt = with_doubt(30)
    tops = []
    for shift in (0, 5):
        score = FunctionScore(lambda view, s=shift: doubt - doubt.min() - s)
        tops.append(MaxHerding(weight=score, sigma=0.5).select(pool, 5))
    assert_array_equal(*tops)


def test_copies_wait_for_what_still_gains():
    pool = np.repeat(points(6), 5, axis=0)
    for optimizer in ("lazy", "stochastic"):
        rows = MaxHerding(optimizer=optimizer).select(pool, 30)
        assert sorted(rows) == list(range(30))
    assert set(MaxHerding().select(pool, 6) // 5) == set(range(6))


def test_a_weight_brings_its_needs():
    from sklearn.utils import get_tags

    facts = get_tags(MaxHerding(weight=LeastConfidence())).strategy
    assert (facts.task, facts.cold_start) == ("classification", False)
    assert get_tags(MaxHerding()).strategy.cold_start
