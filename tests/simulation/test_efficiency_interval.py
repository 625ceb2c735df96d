import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from skactive.simulation import SimulationResult
from skactive.simulation._efficiency_interval import efficiency_intervals
from skactive.simulation._metrics import PairedCurves

N_LABELED = np.arange(20.0, 201, 20)


def draw(rng, n_repeats, efficiency, shift, noise):
    """Scores are linear in the logarithm, so that interpolation makes no error."""
    shape = n_repeats, len(N_LABELED)
    shared = rng.normal(0, shift, (n_repeats, 1))

    def curves(e):
        own = rng.normal(0, shift, (n_repeats, 1))
        return 0.1 * np.log(e * N_LABELED) + shared + own + rng.normal(0, noise, shape)

    scores = {"random": curves(1), "mine": curves(efficiency)}
    return PairedCurves(np.tile(N_LABELED, (n_repeats, 1)), scores)


def covered(interval, truth, n_studies, n_repeats, seed, **law):
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(n_studies):
        low, high = interval(draw(rng, n_repeats, truth, **law))
        hits += low <= truth < high  # a bound of 1 is not attained
    return hits / n_studies


def by_t_test(curves):
    return efficiency_intervals(curves, "random")["mine"]


LAWS = [{"shift": 0.01, "noise": 0.01}, {"shift": 0.0, "noise": 0.02}]


@pytest.mark.parametrize("law", LAWS)
def test_the_interval_covers_the_truth(law):
    # Of two or three repeats it is often all there is: more than 95 %.
    assert covered(by_t_test, 1.5, 200, 2, 0, **law) > 0.92
    assert covered(by_t_test, 1.5, 200, 3, 0, **law) > 0.92
    assert 0.92 <= covered(by_t_test, 1.5, 400, 5, 0, **law) <= 0.98
    assert 0.92 <= covered(by_t_test, 1.5, 400, 10, 0, **law) <= 0.98
    # Of equal strategies, half of the misses say that this one does not get there.
    assert 0.92 <= covered(by_t_test, 1.0, 400, 5, 0, **law) <= 0.98


@pytest.mark.parametrize("n_repeats", [2, 5, 12])
@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_are_where_the_test_begins_to_reject(seed, n_repeats):
    """A t test at every one of many places."""
    curves = draw(np.random.default_rng(seed), n_repeats, 1.4, 0.005, 0.01)
    low, high = by_t_test(curves)
    x = np.log(N_LABELED)
    places = np.linspace(x[0], x[-1], 4001)
    lead = [np.interp(places, x, row) for row in curves.scores["mine"]]
    lead = np.array(lead) - curves.scores["random"][:, -1:]
    p = stats.ttest_1samp(lead, 0).pvalue
    efficiency = 200 / np.exp(places[p >= 0.05])
    arrives = p[-1] < 0.05 and lead[:, -1].mean() > 0
    assert_allclose(high, efficiency.max(), rtol=2e-3)
    assert_allclose(low, efficiency.min() if arrives else 0, rtol=2e-3)


def interval(mine, random, n_labeled=(10, 20, 40)):
    n_repeats = len(mine)
    curves = PairedCurves(
        np.tile(n_labeled, (n_repeats, 1)).astype(float),
        {"random": np.array(random), "mine": np.array(mine)},
    )
    return efficiency_intervals(curves, "random")["mine"]


def test_without_spread_the_interval_is_a_point():
    low, high = interval([[0, 2, 3]] * 3, [[0, 1, 2]] * 3)
    assert_allclose([low, high], [2, 2])


@pytest.mark.parametrize("noise", [0, 1e-12, 1e-9, 1e-7])
def test_repeats_that_hardly_differ_leave_no_gap(noise):
    rng = np.random.default_rng(0)
    n_labeled = np.tile([10.0, 20, 40], (5, 1))
    for _ in range(100):
        reference, mine = np.sort(rng.random((2, 3)))
        mine[-1] = reference[-1] + 0.1
        scores = {
            name: curve + noise * rng.normal(size=(5, 3))
            for name, curve in {"random": reference, "mine": mine}.items()
        }
        low, high = by_t_test(PairedCurves(n_labeled, scores))
        exact = np.exp(np.interp(reference[-1], mine, np.log(n_labeled[0])))
        assert_allclose([low, high], 40 / exact, rtol=1e-4 + 1e3 * noise)


def test_ends_of_the_interval():
    # Never there, also if it was by chance on the way.
    assert interval([[0, 0.5, 1]] * 3, [[0, 1, 2]] * 3) == (0, 1)
    assert interval([[0, 2, 1]] * 2, [[0, 1, 2]] * 2)[0] == 0
    # There with the last labels, in every repeat; perhaps before.
    assert interval([[0, 0, 2]] * 2, [[0, 1, 2]] * 2) == (1, 1)
    low, high = interval([[0, 1, 2], [0, 3, 2]], [[0, 1, 2]] * 2)
    assert low == 1
    assert high > 2
    # There from the seed set on: nothing is extrapolated.
    assert_allclose(interval([[3, 4, 5]] * 3, [[0, 1, 2]] * 3), (4, 4))


def test_a_strategy_is_as_efficient_as_itself():
    scores = np.random.default_rng(0).random((4, 3))
    assert interval(scores, scores) == (1, 1)


def test_a_single_repeat_has_no_interval():
    frame = pd.DataFrame(
        {
            "strategy": ["random"] * 2 + ["mine"] * 2,
            "repeat": 0,
            "round": [0, 1] * 2,
            "n_labeled": [10, 20] * 2,
            "score": [0.1, 0.2, 0.1, 0.3],
        }
    )
    result = SimulationResult.from_frame(frame)
    table = result.efficiency_interval()
    assert table.isna().all(axis=None)
    assert list(table.index) == ["random", "mine"]


def test_losses_are_scores_turned_round():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        [
            (label, repeat, number, 10 * 2**number, number + lead + rng.normal(0, 0.1))
            for label, lead in (("random", 0), ("mine", 0.5))
            for repeat in range(5)
            for number in range(4)
        ],
        columns=["strategy", "repeat", "round", "n_labeled", "score"],
    )
    losses = frame.assign(score=-frame["score"])
    pd.testing.assert_frame_equal(
        SimulationResult.from_frame(losses, None, False).efficiency_interval(),
        SimulationResult.from_frame(frame).efficiency_interval(),
    )
    with pytest.raises(ValueError, match="baseline='none'"):
        SimulationResult.from_frame(frame).efficiency_interval("none")
    with pytest.raises(ValueError, match="metric='r2'"):
        SimulationResult.from_frame(frame).efficiency_interval(metric="r2")
