"""BAIT, expected output change and Bayesian core-sets on views."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.utils import get_tags

from skactive import ModelView
from skactive.features import ACSFeatures, Inputs, Posterior, Scale, gradient_pipeline
from skactive.geometry import frank_wolfe, greedy_trace
from skactive.selection import BAIT, ExpectedOutputChange, FrankWolfe

rng_of = np.random.default_rng
LABELED, POOL = rng_of(0).normal(size=(4, 6)), rng_of(1).normal(size=(40, 6))
ALL = [BAIT(), BAIT(backward=False), ExpectedOutputChange(), FrankWolfe()]


def with_one(X):
    return np.hstack([X, np.ones((len(X), 1))])


# --- BAIT


def test_gains_of_three_numbers():
    bait = BAIT(Inputs(), noise=0.1).fit([[1.0]])
    gains = bait.score_samples([[1.0], [2.0], [3.0]])
    assert_allclose(gains, [0.6061, 0.9982, 1.1341], atol=5e-5)
    assert bait.select([[1.0], [2.0], [3.0]]) == [2]


def test_defaults_are_scaled_gradients_given_the_labels():
    scale = np.sqrt(np.square(with_one(LABELED)).sum(axis=1).mean())
    labeled, pool = with_one(LABELED) / scale, with_one(POOL) / scale
    after = Posterior(1e-6).fit(labeled).transform(pool)
    for backward in (True, False):
        rows = BAIT(backward=backward).fit(LABELED).select(POOL, 8, given=[3])
        expected = greedy_trace(
            after,
            8,
            noise=1e-6,
            given=[3],
            oversample=1 + backward,
            rng=rng_of(0),
        )
        assert_array_equal(rows, expected)


def test_the_batch_lowers_the_variance_of_a_ridge_regression():
    def variance(rows):
        seen = np.vstack([with_one(LABELED), with_one(POOL[rows])])
        A = np.linalg.inv(seen.T @ seen + 0.1 * np.eye(7))
        return np.trace(with_one(POOL) @ A @ with_one(POOL).T)

    noise = 0.1 / np.square(with_one(LABELED)).sum(axis=1).mean()
    picked = variance(BAIT(noise=noise).fit(LABELED).select(POOL, 5))
    rng = rng_of(0)
    assert picked < min(variance(rng.choice(40, 5, replace=False)) for _ in range(1000))


def test_units_do_not_matter():
    for strategy in ALL:
        rows = clone(strategy).fit(with_one(LABELED)).select(with_one(POOL), 6)
        for unit in (1e-3, 1e4):
            other = clone(strategy).set_params(features=Inputs())
            # A second column of ones is what the default appends.
            table = [
                unit * np.hstack([with_one(X), np.ones((len(X), 1))])
                for X in (LABELED, POOL)
            ]
            assert_array_equal(other.fit(table[0]).select(table[1], 6), rows)


# --- expected output change


def test_squared_change_is_the_forward_half_of_bait():
    change = ExpectedOutputChange().fit(LABELED)
    bait = BAIT(backward=False).fit(LABELED)
    assert_allclose(change.score_samples(POOL), bait.score_samples(POOL) / 40)
    for given in ([], [2, 30]):
        rows = change.select(POOL, 9, given=given)
        assert_array_equal(rows, bait.select(POOL, 9, given=given))


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_change_of_refitted_ridge_regressions(norm):
    # A ridge regression is fitted anew for labels drawn from what it believes.
    noise, y = 0.5, rng_of(2).normal(size=4)
    unit = np.square(LABELED).sum(axis=1).mean()
    strategy = ExpectedOutputChange(Inputs(), noise=noise / unit, norm=norm)
    strategy.fit(LABELED)
    model = Ridge(noise, fit_intercept=False).fit(LABELED, y)
    i = 7
    before, rng = model.predict(POOL), rng_of(3)
    K = LABELED @ LABELED.T + noise * np.eye(4)
    cross = LABELED @ POOL[i]
    spread = np.sqrt(POOL[i] @ POOL[i] - cross @ np.linalg.solve(K, cross) + noise)
    changes = []
    for label in before[i] + spread * rng.normal(size=400):
        seen = np.vstack([LABELED, POOL[[i]]])
        after = clone(model).fit(seen, np.append(y, label)).predict(POOL)
        gap = np.abs(after - before)
        changes.append(gap.mean() if norm == "l1" else np.square(gap).mean())
    error = np.std(changes) / np.sqrt(len(changes))
    # Features of mean length one are a model whose outputs are smaller.
    score = strategy.score_samples(POOL)[i] * (unit if norm == "l2" else unit**0.5)
    assert abs(np.mean(changes) - score) < 4 * error


def test_absolute_change_of_a_part_of_the_pool():
    parts = [
        ExpectedOutputChange(norm="l1", n_targets=15, random_state=seed).fit(LABELED)
        for seed in range(200)
    ]
    scores = np.array([part.score_samples(POOL) for part in parts])
    error = scores.std(axis=0) / np.sqrt(len(parts))
    expected = ExpectedOutputChange(norm="l1").fit(LABELED).score_samples(POOL)
    assert (np.abs(scores.mean(axis=0) - expected) < 4.5 * error).all()
    part = parts[0]
    assert len({*part.select(POOL, 40)}) == 40
    assert get_tags(part).strategy.stochastic
    assert not get_tags(ExpectedOutputChange()).strategy.stochastic


# --- Bayesian core-sets


@pytest.mark.parametrize("kind", ["function", "gradient"])
def test_core_sets_of_log_likelihoods(kind):
    rows = FrankWolfe(kind=kind).fit(LABELED).select(POOL, 8, given=[3])
    features = gradient_pipeline(Scale(), ACSFeatures(kind=kind))
    vectors = features.fit(LABELED).transform(POOL)
    expected = frank_wolfe(np.asarray(vectors), 8, given=[3], rng=rng_of(0))
    assert_array_equal(rows, expected)


# --- what they share


@pytest.mark.parametrize("strategy", ALL)
def test_labels_are_needed_for_their_place_only(strategy):
    message = re.escape("what the labeled samples leave open: call fit(X)")
    with pytest.raises(NotFittedError, match=message):
        clone(strategy).select(POOL)
    rows = clone(strategy).fit(LABELED, rng_of(0).normal(size=4)).select(POOL, 5)
    many = clone(strategy).fit(LABELED, rng_of(1).normal(size=(4, 3))).select(POOL, 5)
    assert_array_equal(rows, many)


@pytest.mark.parametrize("strategy", ALL)
def test_sparse_leaves_of_a_forest(strategy):
    model = RandomForestRegressor(5, random_state=0).fit(LABELED, LABELED[:, 0])
    labeled, pool = ModelView(LABELED, model), ModelView(POOL, model)
    assert sparse.issparse(pool.embed())
    assert len({*clone(strategy).fit(labeled, LABELED[:, 0]).select(pool, 20)}) == 20


@pytest.mark.parametrize("strategy", ALL)
@pytest.mark.parametrize("noise", [0, -1.0, "small"])
def test_noise_is_a_positive_number(strategy, noise):
    with pytest.raises(ValueError, match="'noise' parameter of"):
        clone(strategy).set_params(noise=noise).fit(LABELED)
