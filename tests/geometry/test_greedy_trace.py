"""Reductions of total variance against explicit covariances."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive.features import Posterior
from skactive.geometry import (
    ProductFeatures,
    expected_changes,
    greedy_change,
    greedy_trace,
    trace_gains,
)

rng_of = np.random.default_rng


def total_variance(Z, target, rows, noise):
    """Trace of the covariance over the target, given some rows."""
    K = Z[rows] @ Z[rows].T + noise * np.eye(len(rows))
    cross = target @ Z[rows].T
    return np.square(target).sum() - np.trace(cross @ np.linalg.solve(K, cross.T))


def brute_force(Z, n_picks, noise, target, given=(), oversample=1):
    chosen = list(given)
    for _ in range(oversample * n_picks):
        left = [i for i in range(len(Z)) if i not in chosen]
        totals = [total_variance(Z, target, [*chosen, i], noise) for i in left]
        chosen.append(left[int(np.argmin(totals))])
    while len(chosen) - len(given) > n_picks:
        picks = chosen[len(given) :]
        totals = [
            total_variance(Z, target, [c for c in chosen if c != i], noise)
            for i in picks
        ]
        chosen.remove(picks[int(np.argmin(totals))])
    return chosen[len(given) :]


@pytest.mark.parametrize("noise", [0.01, 1.0])
@pytest.mark.parametrize("oversample", [1, 2])
@pytest.mark.parametrize("given", [(), (4, 17)])
def test_smallest_traces(noise, oversample, given):
    Z, target = rng_of(0).normal(size=(30, 6)), rng_of(1).normal(size=(9, 6))
    for over in (Z, target):
        picks = greedy_trace(
            Z,
            7,
            noise=noise,
            target=over,
            given=given,
            oversample=oversample,
            rng=rng_of(1),
        )
        expected = brute_force(Z, 7, noise, over, given, oversample)
        assert_array_equal(picks, expected)


def test_gains_are_differences_of_traces():
    Z = rng_of(0).normal(size=(25, 4))
    none = total_variance(Z, Z, [], 0.1)
    expected = [none - total_variance(Z, Z, [i], 0.1) for i in range(25)]
    assert_allclose(trace_gains(Z, noise=0.1), expected)
    (best,) = greedy_trace(Z, 1, noise=0.1, oversample=2, rng=rng_of(0))
    assert best == np.argmax(expected)


@pytest.mark.parametrize("seed", range(3))
def test_pruning_may_undo_the_first_pick(seed):
    # Two directions together beat the first pick, which lies between them.
    rng = rng_of(seed)
    ends = np.array([[1.0, 0.1], [0.1, 1.0]])
    Z = np.vstack([1.05 * ends.mean(axis=0, keepdims=True), ends, ends, ends])
    picks = greedy_trace(Z, 2, noise=1e-3, oversample=2, rng=rng)
    best = min(
        total_variance(Z, Z, [i, j], 1e-3) for i in range(7) for j in range(7) if i != j
    )
    assert total_variance(Z, Z, list(picks), 1e-3) == pytest.approx(best, rel=0.2)


@pytest.mark.parametrize("n_given", [1, 5, 30])
def test_little_noise_and_few_dimensions(n_given):
    # Everything is known but for the noise: gains fall by many orders of magnitude.
    Z = rng_of(0).normal(size=(200, 3)) * [1, 10, 0.1]
    given = rng_of(1).choice(200, n_given, replace=False)
    after = Posterior(1e-6).fit(Z[given]).transform(Z)
    gains = trace_gains(after, noise=1e-6)
    gains[given] = -1
    (pick,) = greedy_trace(Z, 1, noise=1e-6, given=given, rng=rng_of(0))
    assert pick == gains.argmax()
    # In one go, the same as pick after pick.
    picks = greedy_trace(Z, 25, noise=1e-6, given=given, rng=rng_of(0))
    seen = list(given)
    for pick in picks:
        (alone,) = greedy_trace(Z, 1, noise=1e-6, given=seen, rng=rng_of(0))
        assert alone == pick
        seen.append(pick)


def test_all_kinds_of_features(make, product):
    X = rng_of(0).integers(-9, 10, size=(50, 6))
    expected = greedy_trace(X.astype(float), 8, noise=0.3, oversample=2, rng=rng_of(1))
    picks = greedy_trace(make(X), 8, noise=0.3, oversample=2, rng=rng_of(1))
    assert_array_equal(picks, expected)
    factors, dense = product
    expected = greedy_trace(dense, 8, noise=0.3, rng=rng_of(1))
    assert_array_equal(greedy_trace(factors, 8, noise=0.3, rng=rng_of(1)), expected)


def test_wide_products_need_a_sketch():
    wide = ProductFeatures(np.ones((2, 100)), np.ones((2, 100)))
    with pytest.raises(TypeError, match=r"skactive\.features\.Sketch behind them"):
        greedy_trace(wide, 1, noise=1.0, rng=rng_of(0))


@pytest.mark.parametrize("oversample", [1, 2])
def test_equal_rows_in_any_order(oversample):
    first = set()
    for Z in (np.ones((8, 3)), np.zeros((8, 3))):
        for seed in range(40):
            picks = greedy_trace(
                Z, 8, noise=0.1, oversample=oversample, rng=rng_of(seed)
            )
            assert sorted(picks) == list(range(8))
            first.add(int(picks[0]))
    assert first == set(range(8))


def test_zeros_come_after_all_that_tells_something():
    Z = np.vstack([np.zeros((5, 4)), np.eye(4)])
    picks = greedy_trace(Z, 9, noise=1e-6, rng=rng_of(0))
    assert set(picks[:4]) == {5, 6, 7, 8}


def test_what_is_not_finite():
    Z = np.ones((4, 2))
    Z[2] = np.nan
    with pytest.raises(ValueError, match=r"1 rows of features .*first row 2"):
        greedy_trace(Z, 1, noise=0.1, rng=rng_of(0))


def changes(Z, target, noise):
    K = Z @ target.T
    k = np.square(Z).sum(axis=1)
    return np.sqrt(2 / np.pi) * np.abs(K).mean(axis=1) / np.sqrt(k + noise)


def test_absolute_changes():
    Z = rng_of(0).normal(size=(30, 5))
    target = Z[:7]
    assert_allclose(
        expected_changes(Z, noise=0.1, target=target), changes(Z, target, 0.1)
    )
    seen, after = [3, 11], Z
    picks = greedy_change(Z, 6, noise=0.1, target=target, given=seen, rng=rng_of(0))
    for pick in picks:
        after = Posterior(0.1).fit(Z[seen]).transform(Z)
        expected = changes(after, after[:7], 0.1)
        expected[seen] = -1
        assert pick == expected.argmax()
        seen.append(pick)


def test_absolute_changes_by_simulation():
    # A linear model is fitted anew for labels drawn from what it believes.
    Z, noise, i = rng_of(0).normal(size=(6, 3)), 0.5, 2
    label = rng_of(1).normal(size=20_000) * np.sqrt(Z[i] @ Z[i] + noise)
    ridge = np.linalg.solve(np.outer(Z[i], Z[i]) + noise * np.eye(3), Z[i])
    moved = np.abs(np.outer(label, Z @ ridge)).mean(axis=1)
    expected = expected_changes(Z, noise=noise, target=Z)[i]
    assert abs(moved.mean() - expected) < 4 * moved.std() / np.sqrt(len(moved))
