from math import sqrt

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from skactive.simulation import SimulationResult
from skactive.simulation._metrics import PairedCurves
from skactive.simulation._penalties import (
    MEAN,
    holm,
    paired_tests,
    pairwise_differences,
    penalty_matrix,
)


def make(**scores):
    """Arrays of shape (n_repeats, n_rounds)."""
    scores = {label: np.array(s, dtype=float) for label, s in scores.items()}
    n_repeats, n_rounds = next(iter(scores.values())).shape
    return PairedCurves(np.tile(np.arange(1.0, n_rounds + 1), (n_repeats, 1)), scores)


def to_result(curves, **options):
    rows = [
        (label, repeat, number, number + 1, score)
        for label, table in curves.scores.items()
        for repeat, curve in enumerate(table)
        for number, score in enumerate(curve)
    ]
    columns = ["strategy", "repeat", "round", "n_labeled", "score"]
    return SimulationResult.from_frame(pd.DataFrame(rows, columns=columns), **options)


def naive(curves):
    """A loop over ordered pairs and rounds, with scipy's test."""
    labels = list(curves.scores)
    cells = pd.DataFrame(0.0, labels, labels)
    n_rounds = curves.n_labeled.shape[1]
    for i in labels:
        for j in labels:
            for c in range(n_rounds):
                d = curves.scores[i][:, c] - curves.scores[j][:, c]
                n, sd = len(d), d.std(ddof=1)
                t = sqrt(n) * d.mean() / sd if sd > 0 else np.inf * (d.mean() > 0 or -1)
                wins = d.mean() > 0 and t > stats.t.ppf(0.975, n - 1)
                cells.loc[i, j] += wins / n_rounds
    return cells


def test_worked_out_by_hand():
    d = np.array([0.01, 0.02, 0.015, 0.005, 0.02])
    p_value, sign = paired_tests(0.5 + d, np.full(5, 0.5))
    assert sign == 1
    assert p_value == pytest.approx(0.0086, abs=1e-4)
    assert stats.t.isf(p_value / 2, 4) == pytest.approx(4.802, abs=1e-3)
    matrix = penalty_matrix(make(random=np.full((5, 1), 0.5), mine=0.5 + d[:, None]))
    assert matrix.loc["mine", "random"] == 1
    assert matrix.loc["random", "mine"] == 0
    assert matrix.loc[MEAN].tolist() == [0.5, 0]


@pytest.mark.parametrize("n_repeats", [2, 3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_matrix_is_that_of_the_loop(seed, n_repeats):
    rng = np.random.default_rng(seed)
    curves = make(
        **{label: rng.normal(i, 1, (n_repeats, 6)) for i, label in enumerate("abcd")}
    )
    matrix = penalty_matrix(curves)
    expected = naive(curves)
    assert_allclose(matrix.loc[list("abcd")], expected)
    assert_allclose(matrix.loc[MEAN], expected.mean())
    assert matrix.index.name == "better"
    assert matrix.columns.name == "penalized"
    assert expected.to_numpy().sum() > 0


@pytest.mark.parametrize("n_repeats", [3, 5])
def test_equal_strategies_seldom_beat_each_other(n_repeats):
    rng = np.random.default_rng(0)
    n_rounds = 20_000
    curves = make(a=rng.normal(size=(n_repeats, n_rounds)), b=np.zeros((n_repeats, 1)))
    curves.scores["b"] = rng.normal(size=(n_repeats, n_rounds))
    cells = penalty_matrix(curves).loc[["a", "b"]].to_numpy()
    error = sqrt(0.025 * 0.975 / n_rounds)
    assert_allclose(cells[[0, 1], [1, 0]], 0.025, atol=3.3 * error)


def test_a_constant_lead_beats_always():
    noise = np.random.default_rng(0).normal(0, 0.1, (5, 4))
    matrix = penalty_matrix(make(random=noise, mine=noise + 0.01))
    assert matrix.loc["mine", "random"] == 1
    assert matrix.loc["random", "mine"] == 0


def test_differences_without_spread():
    random = np.tile([0.5, 0.5, 0.5], (3, 1))
    matrix = penalty_matrix(make(random=random, mine=random + np.array([0, 0.1, -0.1])))
    assert_allclose(matrix.loc["mine", "random"], 1 / 3)
    assert_allclose(matrix.loc["random", "mine"], 1 / 3)
    # Sums in another order are no difference.
    same = make(random=np.full((3, 1), 0.1 + 0.2), mine=np.full((3, 1), 0.3))
    assert (penalty_matrix(same) == 0).all(axis=None)


def test_a_single_repeat_is_refused():
    with pytest.raises(ValueError, match="single repeat; run at least 2"):
        to_result(make(random=[[0.1]], mine=[[0.2]])).penalty_matrix()


def test_holm_steps_down():
    p_values = np.array([[0.01, 0.04], [0.03, 0.005]])
    # 0.005 < 0.05/4, 0.01 < 0.05/3, 0.03 > 0.05/2.
    assert holm(p_values).tolist() == [[True, False], [False, True]]
    assert holm(np.array([0.04, 0.01, 0.02])).all()
    assert not holm(np.array([0.04, 0.03])).any()


def test_holm_seldom_fires_anywhere():
    rng = np.random.default_rng(1)
    fired = [
        (penalty_matrix(make(**draw), "holm") > 0).any(axis=None)
        for draw in (
            dict(zip("abc", rng.normal(size=(3, 4, 5)), strict=True))
            for _ in range(300)
        )
    ]
    # 15 expected; tests of common strategies are dependent, which makes them fewer.
    assert 1 <= sum(fired) <= 27


def test_holm_never_adds_a_win():
    rng = np.random.default_rng(0)
    curves = make(**{label: rng.normal(i, 1, (5, 6)) for i, label in enumerate("abcd")})
    plain, corrected = penalty_matrix(curves), penalty_matrix(curves, "holm")
    assert (corrected <= plain).all(axis=None)
    assert corrected.to_numpy().sum() < plain.to_numpy().sum()


def test_losses_metrics_and_unknown_names():
    d = np.array([[0.01], [0.02], [0.015], [0.005], [0.02]])
    curves = make(random=np.full((5, 1), 0.5), mine=0.5 + d)
    assert to_result(curves).penalty_matrix().loc["mine", "random"] == 1
    losses = to_result(curves, greater_is_better=False)
    assert losses.penalty_matrix("score").loc["random", "mine"] == 1
    assert losses.pairwise_differences().loc[("random", "mine"), "difference"] > 0
    with pytest.raises(ValueError, match="metric='r2'"):
        losses.penalty_matrix("r2")
    with pytest.raises(ValueError, match="correction='bonferroni'"):
        losses.penalty_matrix(correction="bonferroni")


def test_pairwise_differences():
    curves = make(a=[[1, 2], [3, 4]], b=[[1, 1], [1, 1]], c=[[0, 0], [0, 0]])
    table = pairwise_differences(curves)
    assert len(table) == 6
    # Means over rounds are .5 and 2.5.
    assert_allclose(table.loc[("a", "b")], [1.5, 1])
    assert_allclose(table.loc[("b", "a")], [-1.5, 1])
    assert_allclose(table.loc[("b", "c")], [1, 0])
    single = pairwise_differences(make(a=[[1]], b=[[0]]))
    assert single["standard_error"].isna().all()
    alone = pairwise_differences(make(a=[[1]]))
    assert len(alone) == 0
