import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

from skactive import SimulationResult, simulate
from skactive.simulation._efficiency_interval import efficiency_intervals
from skactive.simulation._metrics import PairedCurves
from skactive.simulation._paired_test import mean_differs
from skactive.simulation._penalties import penalty_matrix
from skactive.simulation._verdict import contradicted, judge, repeats_differ

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


def test_rounding_is_no_difference():
    """Final scores that are one unit in the last place apart in all repeats."""
    curves = draw_curves(np.random.default_rng(0), 5, lead=0.1)
    random, mine = curves.scores["random"], curves.scores["mine"]
    for end in (np.nextafter(random[:, -1], 2), np.nextafter(random[:, -1], 0)):
        mine[:, -1] = end
        frame = pd.DataFrame(
            [
                (label, i, j, N_LABELED[j], score)
                for label, scores in curves.scores.items()
                for (i, j), score in np.ndenumerate(scores)
            ],
            columns=["strategy", "repeat", "round", "n_labeled", "score"],
        )
        result = SimulationResult.from_frame(frame)
        row = result.summary().loc["mine"]
        assert row["efficiency"] >= 1
        assert row["efficiency"] == result.labeling_efficiency()["mine"]
        assert row["efficiency_low"] == 1
        assert row["verdict"] == "no difference shown"
        assert "All end at the last score of 'random'" in result.report()
    shifted = {"random": random, "mine": np.nextafter(random, 2)}
    assert efficiency_intervals(curves._replace(scores=shifted), "random")["mine"] == (
        1,
        1,
    )


def test_the_whole_pool_of_a_regressor():
    """All hold the same labels at last, in another order."""
    result = simulate(
        Ridge(),
        *load_diabetes(return_X_y=True),
        strategies=["random", "gsx", "gsxy"],
        n_initial=20,
        n_queries=62,
        budget=331,
        random_state=2,
    )
    assert (result.efficiency_interval()["efficiency_low"] == 1).all()
    assert set(result.summary()["verdict"]) == {"baseline", "no difference shown"}
    assert "All end at the last score of 'random'" in result.report()


def test_both_must_agree():
    up = np.array([[0.0, 0.1], [0, 0.11], [0, 0.09]])
    unsure = np.array([[0.1, 0.1], [-0.1, 0.11], [0, 0.09]])
    fell_back = up[:, ::-1] - [0, 0.01]
    assert judge((1.1, 1.5), up, 1.2) == "fewer labels"
    assert judge((1.1, 1.5), up, 1.0) == "no difference shown"
    assert judge((1.1, 1.5), up, np.nan) == "no difference shown"
    assert judge((0, 1), -up, np.nan) == "worse"
    assert judge((1.1, 1.5), unsure, 1.2) == "no difference shown"
    assert judge((1.1, 1.5), -up, 1.2) == "no difference shown"
    assert judge((1.0, 1.5), up, 1.2) == "no difference shown"
    assert judge((0, 1), -up, 0.9) == "worse"
    assert judge((0, 1), -unsure, 0.9) == "no difference shown"
    assert judge((0, 1), fell_back, np.nan) == "no difference shown"
    assert judge((0, 1), -up[:, ::-1], 0.9) == "no difference shown"  # caught up
    assert judge((0, 1.2), -up, 0.9) == "no difference shown"
    assert judge((1, 1), 0 * up, 1.0) == "no difference shown"
    assert judge((np.nan, np.nan), up[:1], 1.2) == "no difference shown"


def test_an_estimate_below_its_interval_is_a_contradiction():
    rows = [(0, 1, 0.9), (1, 1, 1), (1, 2, np.nan), (1, 1, 0.9), (1, 1, np.nan)]
    rows += [(1.2, 2, 1), (1.2, 2, 1.1), (np.nan, np.nan, 0.9)]
    columns = ["efficiency_low", "efficiency_high", "efficiency"]
    assert contradicted(pd.DataFrame(rows, columns=columns)) == [2, 3, 4, 5]


def test_a_tie_in_some_rounds_makes_no_copies():
    same = np.tile([0.5, 0.9, 0.8], (3, 1))
    tied = same.copy()
    tied[2, 1] += 0.01
    assert not repeats_differ({"random": same, "mine": np.nextafter(same, 1)})
    assert not repeats_differ({"random": same[:1]})
    assert repeats_differ({"random": same, "mine": tied})


def verdict(curves, label="mine", baseline="random"):
    lead = curves.scores[label] - curves.scores[baseline]
    interval = efficiency_intervals(curves, baseline)[label]
    return judge(interval, lead, efficiency=np.inf)  # nothing against fewer labels


@pytest.mark.parametrize("n_repeats", [2, 3, 5, 10])
def test_chance_rarely_gets_a_verdict(n_repeats):
    rng = np.random.default_rng(n_repeats)
    verdicts = [verdict(draw_curves(rng, n_repeats)) for _ in range(200)]
    assert sum(v != "no difference shown" for v in verdicts) <= 8


@pytest.mark.parametrize("seed", range(20))
def test_the_verdict_is_two_paired_t_tests(seed):
    """Of the last round and of the mean along the curve."""
    curves = draw_curves(np.random.default_rng(seed), 4, lead=0.03)
    lead = curves.scores["mine"] - curves.scores["random"]
    tests = [lead[:, -1], lead.mean(axis=1)]
    seen = all(stats.ttest_1samp(d, 0, alternative="greater")[1] < 0.025 for d in tests)
    assert (verdict(curves) == "fewer labels") == seen


def test_a_clear_lead_is_seen():
    curves = draw_curves(np.random.default_rng(0), 5, lead=0.1)
    assert verdict(curves) == "fewer labels"
    assert verdict(curves, "random", "mine") == "worse"


@pytest.mark.parametrize("n_repeats", [3, 5, 10])
def test_a_cell_of_the_penalty_matrix_is_one_in_forty_by_chance(n_repeats):
    """One round of 4000 studies, as 4000 rounds of one: 0.025 ± 4 standard errors."""
    rng = np.random.default_rng(n_repeats)
    split = rng.normal(size=(n_repeats, 4000))
    scores = {label: split + rng.normal(size=split.shape) for label in ("a", "b", "c")}
    matrix = penalty_matrix(PairedCurves(np.ones_like(split), scores)).iloc[:-1]
    cells = matrix.to_numpy()[~np.eye(3, dtype=bool)]
    assert abs(cells - 0.025).max() < 4 * np.sqrt(0.025 * 0.975 / 4000)
