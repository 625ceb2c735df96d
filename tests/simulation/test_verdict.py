import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from skactive.simulation import _verdict
from skactive.simulation._metrics import PairedCurves, labels_to_reach, mean_curve
from skactive.simulation._verdict import (
    judge,
    mean_differs,
    percentile_interval,
    resample_efficiency,
)

N_LABELED = 10.0 * np.arange(1, 9)


def draw_curves(rng, n_repeats, lead=0.0):
    """Paired curves of one law; the seed set's round is shared."""
    split = rng.normal(0, 0.02, (n_repeats, 1))
    noise = rng.normal(0, 0.02, (2, n_repeats, len(N_LABELED)))
    noise[1, :, 0] = noise[0, :, 0]
    base = 1 - N_LABELED**-0.5 + split
    lead = lead * (np.arange(len(N_LABELED)) > 0)
    return PairedCurves(
        np.tile(N_LABELED, (n_repeats, 1)),
        {"random": base + noise[0], "mine": base + lead + noise[1]},
    )


def test_percentiles_are_those_of_the_formula():
    samples = np.random.default_rng(0).permutation(np.arange(1, 100_001) / 100_000)
    for n in (5, 10, 1000):
        level = stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1))
        low, high = percentile_interval(samples, n)
        assert_allclose([low, high], [level, 1 - level], atol=2e-5)


def test_percentiles_of_few_repeats_are_wider():
    samples = np.arange(1000.0)
    assert percentile_interval(samples, 3) == (0, 999)
    low, high = percentile_interval(samples, 10_000)
    assert 24 <= low <= 25
    assert 974 <= high <= 975


def test_censored_resamples_count_as_below():
    samples = np.r_[np.full(30, -np.inf), np.full(970, 1.5)]
    assert percentile_interval(samples, 1000) == (-np.inf, 1.5)


def test_resamples_are_paired_and_repeat_every_step():
    curves = draw_curves(np.random.default_rng(0), 4)
    samples = resample_efficiency(curves, "random")["mine"]
    rng = np.random.default_rng(0)
    for value, rows in zip(samples, rng.integers(4, size=(1000, 4)), strict=True):
        reference, mine = (
            mean_curve(curves.n_labeled[rows], curves.scores[label][rows])
            for label in ("random", "mine")
        )
        target = reference.score[-1]
        expected = labels_to_reach(reference, target) / labels_to_reach(mine, target)
        assert value == (-np.inf if np.isnan(expected) else expected)


def test_a_strategy_is_as_efficient_as_itself_in_every_resample():
    curves = draw_curves(np.random.default_rng(1), 3)
    assert_array_equal(resample_efficiency(curves, "random")["random"], 1)


@pytest.mark.parametrize("seed", range(5))
def test_mean_differs_is_the_paired_t_test(seed):
    rng = np.random.default_rng(seed)
    for n in (2, 3, 8):
        d = rng.normal(0.8, 1, n)
        p = stats.ttest_1samp(d, 0).pvalue
        assert mean_differs(d) == (np.sign(d.mean()) if p < 0.05 else 0)


def test_mean_differs_without_spread():
    assert mean_differs(np.array([0.0, 0.0])) == 0
    assert mean_differs(np.array([0.1, 0.1])) == 1
    assert mean_differs(np.array([-0.1, -0.1])) == -1


def test_both_must_agree():
    up, unsure = np.array([0.1, 0.11, 0.09]), np.array([0.1, -0.1, 0.05])
    assert judge((1.1, 1.5), up) == "fewer labels"
    assert judge((1.1, 1.5), unsure) == "no difference shown"
    assert judge((1.1, 1.5), -up) == "no difference shown"
    assert judge((1.0, 1.5), up) == "no difference shown"
    assert judge((-np.inf, 0.9), -up) == "worse"
    assert judge((-np.inf, -np.inf), -up) == "worse"
    assert judge((-np.inf, 1.2), -up) == "no difference shown"
    assert judge((0.5, 0.9), up) == "no difference shown"


@pytest.mark.parametrize("n_repeats", [2, 3, 5])
def test_chance_rarely_gets_a_verdict(n_repeats, monkeypatch):
    # The interval alone would be fooled in more than 30 of 100 studies of two repeats.
    monkeypatch.setattr(_verdict, "_N_RESAMPLES", 100)
    rng = np.random.default_rng(n_repeats)
    verdicts = []
    for _ in range(100):
        curves = draw_curves(rng, n_repeats)
        samples = resample_efficiency(curves, "random")["mine"]
        lead = (curves.scores["mine"] - curves.scores["random"]).mean(axis=1)
        verdicts.append(judge(percentile_interval(samples, n_repeats), lead))
    assert sum(v != "no difference shown" for v in verdicts) <= 10


def test_a_clear_lead_is_seen():
    curves = draw_curves(np.random.default_rng(0), 5, lead=0.1)
    interval = percentile_interval(resample_efficiency(curves, "random")["mine"], 5)
    lead = (curves.scores["mine"] - curves.scores["random"]).mean(axis=1)
    assert judge(interval, lead) == "fewer labels"
    behind = percentile_interval(resample_efficiency(curves, "mine")["random"], 5)
    assert judge(behind, -lead) == "worse"
