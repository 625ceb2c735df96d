import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import least_squares

from skactive.simulation import SimulationResult, _learning_curve, diagnose_curve

N = np.arange(100, 2001, 100)


def test_clean_curves_are_recovered():
    diagnosis = diagnose_curve(N, 0.1 + 2 / np.sqrt(N))
    found = diagnosis.asymptote, diagnosis.amplitude, diagnosis.exponent
    assert_allclose(found, (0.1, 2, 0.5), rtol=1e-6)
    assert_allclose(diagnosis.predict(N), 0.1 + 2 / np.sqrt(N), rtol=1e-6)
    assert_allclose(diagnosis.labels_to_reach(0.12), 10_000, rtol=1e-4)
    assert diagnosis.labels_to_reach(0.1 - 1e-6) == np.inf
    low, high = diagnosis.asymptote_interval
    assert low <= diagnosis.asymptote <= high


@pytest.mark.parametrize("standard_error", [None, 1e-3])
def test_a_curve_that_keeps_falling_is_starved(standard_error):
    diagnosis = diagnose_curve(N, 2 / np.sqrt(N), standard_error)
    assert diagnosis.verdict == "data-starved"
    assert_allclose(diagnosis.doubling_gain, 1 - 2**-0.5, rtol=1e-4)
    assert_allclose(diagnosis.slope, -0.5, rtol=1e-4)
    assert "29 %" in str(diagnosis)


@pytest.mark.parametrize("error", [0.1, 0.0, 1e4])
def test_a_curve_that_does_not_fall_is_saturated(error):
    diagnosis = diagnose_curve(N, np.full(len(N), error))
    assert diagnosis.verdict == "saturated"
    assert diagnosis.doubling_gain == 0
    noisy = diagnose_curve(N, np.full(len(N), error), 0.1 * error)
    assert noisy.verdict == "saturated"


def test_a_curve_between_the_two_is_in_transition():
    diagnosis = diagnose_curve(N, 0.1 + 2 / np.sqrt(N), 1e-3)
    assert diagnosis.verdict == "transition"
    assert 0.05 < diagnosis.doubling_gain < 0.1


def test_too_little_to_tell_from():
    few = diagnose_curve(N[:4], 2 / np.sqrt(N[:4]))
    assert few.verdict == "undetermined"
    assert np.isnan(few.doubling_gain)
    assert "fewer than 5 points" in str(few)
    noise = diagnose_curve(N[:8], 0.1 + 0.3 / np.sqrt(N[:8]), 0.05)
    assert noise.verdict == "undetermined"
    assert "does not tell" in str(noise)


@pytest.mark.parametrize("seed", range(6))
def test_the_fit_is_the_least_squares_one(seed):
    """Against SciPy, from several starts."""
    rng = np.random.default_rng(seed)
    x = N / N[-1]
    standard_error = rng.uniform(0.005, 0.02, len(N))
    error = 0.05 * (seed % 3) + 0.1 * x ** -rng.uniform(0.2, 1.5)
    error = error + standard_error * rng.standard_t(2, len(N))

    def residuals(fit):
        c, log_b, log_alpha = fit
        return (c + np.exp(log_b) * x ** -np.exp(log_alpha) - error) / standard_error

    bounds = [0, -20, np.log(0.01)], [2, 2, np.log(2)]
    fits = [
        least_squares(residuals, (0.02, -2, np.log(a)), bounds=bounds, loss="soft_l1")
        for a in (0.2, 0.5, 1)
    ]
    c, b, alpha = _learning_curve._fit(x, error, standard_error)
    ours = residuals((c, np.log(b), np.log(alpha)))
    cost = (np.sqrt(1 + ours**2) - 1).sum()
    assert cost <= min(fit.cost for fit in fits) * (1 + 1e-4)


def test_an_outlier_moves_little():
    error = 0.1 + 2 / np.sqrt(N)
    error[7] += 0.3
    assert_allclose(diagnose_curve(N, error, 0.01).asymptote, 0.1, atol=0.02)


def test_order_and_seed():
    rng = np.random.default_rng(0)
    error = 0.1 + 2 / np.sqrt(N) + rng.normal(0, 0.01, len(N))
    order = rng.permutation(len(N))
    standard_error = rng.uniform(0.01, 0.02, len(N))
    first = diagnose_curve(N, error, standard_error)
    again = diagnose_curve(N[order], error[order], standard_error[order])
    assert first == again
    other = diagnose_curve(N, error, standard_error, random_state=1)
    assert other.asymptote == first.asymptote
    assert other.asymptote_interval != first.asymptote_interval
    assert diagnose_curve(N, error, 0.01, next_batch=7).next_batch == 7


@pytest.mark.parametrize(
    ("n", "error", "standard_error", "message"),
    [
        ([10, 10, 20, 30, 40], [1.0] * 5, None, "n_labeled"),
        ([0, 10, 20, 30, 40], [1.0] * 5, None, "n_labeled"),
        ([5, 10, 20, 30, 40], [1.0, -0.1, 1, 1, 1], None, "1 - accuracy"),
        ([5, 10, 20, 30, 40], [1.0, np.nan, 1, 1, 1], None, "not finite"),
        ([5, 10, 20, 30, 40], [1.0] * 5, -1.0, "standard_error"),
        ([5, 10, 20, 30, 40], [1.0] * 4, None, "inconsistent"),
    ],
)
def test_what_is_no_curve_is_refused(n, error, standard_error, message):
    with pytest.raises(ValueError, match=message):
        diagnose_curve(n, error, standard_error)


def result_of(scores, **options):
    """`scores` of shape (n_repeats, n_rounds)."""
    rows = [
        ("random", repeat, number, 100 * (number + 1), score)
        for repeat, curve in enumerate(np.asarray(scores, dtype=float))
        for number, score in enumerate(curve)
    ]
    columns = ["strategy", "repeat", "round", "n_labeled", "score"]
    return SimulationResult.from_frame(pd.DataFrame(rows, columns=columns), **options)


def test_what_counts_as_the_error_of_a_score():
    error = 0.05 + 2 / np.sqrt(N)
    accuracy = result_of([1 - error]).diagnosis()
    for same in (
        result_of([error], greater_is_better=False),
        result_of([-error]),
    ):
        assert_allclose(same.diagnosis().asymptote, accuracy.asymptote, rtol=1e-6)
    assert_allclose(accuracy.asymptote, 0.05, rtol=1e-5)
    with pytest.raises(ValueError, match="neg_mean_squared_error"):
        result_of([100 * error]).diagnosis()
    with pytest.raises(ValueError, match="neg_mean_squared_error"):
        result_of([1 - 8 * error]).diagnosis()


def test_the_spread_over_repeats_is_the_standard_error():
    error = 0.1 + 2 / np.sqrt(N)
    rng = np.random.default_rng(0)
    scores = 1 - error - rng.normal(0, 0.02, (10, len(N)))
    diagnosis = result_of(scores).diagnosis()
    assert_allclose(diagnosis.standard_error, 0.02 / np.sqrt(10), rtol=0.5)
    with pytest.raises(ValueError, match="strategy='mine'"):
        result_of(scores).diagnosis("mine")
