import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skactive.simulation import SimulationResult


def make(scores, **options):
    """`scores` maps a strategy to an array of shape (n_repeats, n_rounds)."""
    rows = [
        (label, repeat, number, 10 * number + 10, score)
        for label, table in scores.items()
        for repeat, curve in enumerate(table)
        for number, score in enumerate(curve)
    ]
    columns = ["strategy", "repeat", "round", "n_labeled", "score"]
    return SimulationResult.from_frame(pd.DataFrame(rows, columns=columns), **options)


SCORES = {
    "random": [[0.5, 0.6, 0.8, 0.9], [0.5, 0.8, 0.8, 0.9]],
    "mine": [[0.5, 0.7, 0.9, 0.9], [0.5, 0.9, 0.9, 0.86]],
}
# Mean errors: .5 .3 .2 .1 and .5 .2 .1 .12
RATIOS = [0.5, 2 / 3, 1, 1.2]


def test_ratios_worked_out_by_hand():
    table = make(SCORES).error_cdf()
    mine = table[table["strategy"] == "mine"]
    assert_allclose(mine["ratio"], RATIOS)
    assert mine["round"].tolist() == [2, 1, 0, 3]
    assert mine["n_labeled"].tolist() == [30, 20, 10, 40]
    assert_allclose(mine["cdf"], [0.25, 0.5, 0.75, 1])
    assert (mine["p_below_1"] == 0.5).all()
    random = table[table["strategy"] == "random"]
    assert (random[["ratio", "cdf"]] == 1).all(axis=None)
    assert (random["p_below_1"] == 0).all()


def test_losses_of_either_sign_are_errors():
    losses = {label: 1 - np.array(table) for label, table in SCORES.items()}
    negated = {label: -table for label, table in losses.items()}
    for table in (
        make(losses, greater_is_better=False).error_cdf(),
        make(negated).error_cdf(),
    ):
        assert_allclose(table.loc[table["strategy"] == "mine", "ratio"], RATIOS)


def test_no_error_at_all():
    table = make({"random": [[0.5, 1, 1]], "mine": [[0.5, 1, 0.9]]}).error_cdf()
    assert table.loc[table["strategy"] == "mine", "ratio"].tolist() == [1, 1, np.inf]


def test_scores_that_do_not_tell_the_error_are_refused():
    with pytest.raises(ValueError, match="Scores from 50 to 90 do not say"):
        make({"random": [[50, 90]]}).error_cdf()
    with pytest.raises(ValueError, match="do not say"):
        make({"random": [[-0.5, 0.5]]}, greater_is_better=False).error_cdf()
    # 1 - R² is an error.
    table = make({"random": [[-1, 0.5]], "mine": [[-0.5, 0.5]]}).error_cdf()
    assert_allclose(table.loc[table["strategy"] == "mine", "ratio"], [0.75, 1])


def test_deficiency_worked_out_by_hand():
    # Missed to .9: .4 .2 .1 0 and .4 .1 0 .02
    deficiency = make(SCORES).deficiency()
    assert_allclose(deficiency[["random", "mine"]], [1, 0.52 / 0.7])
    other = make(SCORES).deficiency("mine")
    # To .88: .38 .18 .08 -.02 and .38 .08 -.02 0
    assert_allclose(other[["random", "mine"]], [0.62 / 0.44, 1])


def test_deficiency_of_losses():
    losses = {label: 1 - np.array(table) for label, table in SCORES.items()}
    result = make(losses, greater_is_better=False)
    assert_allclose(result.deficiency()["mine"], 0.52 / 0.7)


def test_a_baseline_that_misses_nothing_has_no_deficiency():
    assert make({"random": [[1, 1]], "mine": [[0, 1]]}).deficiency().isna().all()
    assert make({"random": [[2, 1]], "mine": [[0, 1]]}).deficiency().isna().all()


@pytest.mark.parametrize("method", ["error_cdf", "deficiency"])
def test_unknown_names_are_refused(method):
    with pytest.raises(ValueError, match="baseline='none'"):
        getattr(make(SCORES), method)("none")
    with pytest.raises(ValueError, match="metric='r2'"):
        getattr(make(SCORES), method)(metric="r2")
