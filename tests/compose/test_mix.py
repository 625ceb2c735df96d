"""Random picks in the batch: how many, which, and the mean they estimate."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner, strategies
from skactive.compose import Mix, Prefilter, monitored_mean
from skactive.selection import KCenterGreedy

rng_of = np.random.default_rng
LINE = np.arange(40.0)[:, None]


@pytest.mark.parametrize(
    ("share", "n_queries", "counts"),
    [(0, 9, {0}), (0.2, 10, {2}), (0.25, 10, {2, 3}), (0.1, 1, {0, 1}), (1, 6, {6})],
)
def test_counts(share, n_queries, counts):
    n_random = []
    for seed in range(100):
        mix = Mix(strategies.coreset(), share=share, random_state=seed)
        rows = mix.select(LINE, n_queries, given=[3, 5])
        random = mix.notes_["random"]
        assert_array_equal(rows[len(rows) - len(random) :], random)
        assert_array_equal(mix.notes_["random_from"], np.delete(np.arange(40), [3, 5]))
        n_random.append(len(random))
    assert set(n_random) == counts
    assert np.mean(n_random) == pytest.approx(share * n_queries, abs=0.2)


def test_random_picks_are_fair():
    times = np.zeros(40)
    for seed in range(250):
        mix = Mix(strategies.coreset(), share=0.5, random_state=seed)
        mix.select(LINE, 8, given=[0])
        times[mix.notes_["random"]] += 1
    assert times[0] == 0
    assert chisquare(times[1:]).pvalue > 0.001


def test_the_others_are_the_strategys_own_and_keep_away():
    for seed in range(20):
        mix = Mix(KCenterGreedy(), share=0.5, random_state=seed)
        rows = mix.select(LINE, 6)
        random = mix.notes_["random"]
        assert_array_equal(rows[:3], KCenterGreedy().select(LINE, 3, given=random))


def problem(seed):
    rng = rng_of(seed)
    y = rng.integers(0, 2, 300)
    return rng.normal(size=(300, 2)) + 0.7 * y[:, None], y


def test_the_monitor_has_no_bias():
    # Margin sampling asks where the model errs most: its own picks tell lies.
    errors, lies, widths = [], [], []
    for seed in range(200):
        X, y = problem(seed)
        strategy = Mix(strategies.margin(), share=0.4)
        learner = ActiveLearner(GaussianNB(), strategy, random_state=seed)
        start = np.append(np.flatnonzero(y == 0)[:5], np.flatnonzero(y == 1)[:5])
        learner.fit(X[start], y[start])
        left = np.setdiff1d(np.arange(300), start)
        rows = left[learner.query(X[left], 50)]
        right = learner.predict(X[rows]) == y[rows]
        truth = np.mean(learner.predict(X[left]) == y[left])
        mean, error = monitored_mean(learner.last_query_, right)
        errors.append(mean - truth)
        widths.append(error)
        lies.append(right.mean() - truth)
    standard_error = np.std(errors, ddof=1) / np.sqrt(200)
    assert abs(np.mean(errors)) < 3 * standard_error
    assert np.mean(lies) < -6 * standard_error
    # The standard error is right, too.
    assert np.std(errors) == pytest.approx(
        np.sqrt(np.mean(np.square(widths))), rel=0.15
    )


def test_a_census_has_no_error():
    learner = ActiveLearner(GaussianNB(), Mix(strategies.random(), share=1))
    rows = learner.query(LINE, 40)
    assert monitored_mean(learner.last_query_, LINE[rows, 0]) == (19.5, 0.0)
    rows = learner.query(LINE, 1)
    mean, error = monitored_mean(learner.last_query_, LINE[rows, 0])
    assert mean == LINE[rows[0], 0]
    assert np.isnan(error)


def test_within_a_filter_they_speak_for_what_was_kept():
    X, y = problem(0)
    chain = Prefilter(strategies.margin(), Mix(strategies.random(), share=0.5), 3)
    learner = ActiveLearner(GaussianNB(), chain, random_state=0).fit(X[:50], y[:50])
    learner.query(X, 20)
    notes = learner.last_query_.notes
    best = np.argsort(-strategies.margin().score_samples(learner.view(X)))[:60]
    assert_array_equal(np.sort(notes["random_from"]), np.sort(best))


def test_what_says_nothing():
    learner = ActiveLearner(GaussianNB(), strategies.random())
    learner.query(LINE, 3)
    with pytest.raises(ValueError, match="no random picks"):
        monitored_mean(learner.last_query_, [1, 2, 3])
    with pytest.raises(ValueError, match=r"shape \(2,\), but 3 rows"):
        monitored_mean(learner.last_query_, [1, 2])
