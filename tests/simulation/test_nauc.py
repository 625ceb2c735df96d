import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skactive.simulation import SimulationResult
from skactive.simulation._paired_test import paired_p_value

N = [10, 20, 40]
RANDOM, MINE = [1, 0.5, 0.25], [1, 0.4, 0.2]


def make(curves, n_labeled=N, **options):
    """`curves` maps a strategy to one curve per repeat."""
    rows = [
        (label, repeat, number, n_labeled[number], score)
        for label, repeats in curves.items()
        for repeat, scores in enumerate(repeats)
        for number, score in enumerate(scores)
    ]
    columns = ["strategy", "repeat", "round", "n_labeled", "score"]
    return SimulationResult.from_frame(pd.DataFrame(rows, columns=columns), **options)


def test_a_loss_worked_out_by_hand():
    result = make({"random": [RANDOM], "mine": [MINE]}, greater_is_better=False)
    table = result.nauc()
    assert_allclose(table["nauc"], [1, 13 / 15])
    assert table["better"].tolist() == ["below 1"] * 2
    assert table["standard_error"].isna().all()


def test_the_sign_of_a_scorer_plays_no_part():
    plain = make({"random": [RANDOM], "mine": [MINE]}, greater_is_better=False)
    negated = [-np.array(scores) for scores in (RANDOM, MINE)]
    result = make({"random": [negated[0]], "mine": [negated[1]]})
    pd.testing.assert_frame_equal(result.nauc(), plain.nauc())


def test_an_accuracy_is_better_above_one():
    result = make({"random": [[0.5, 0.6, 0.7]], "mine": [[0.5, 0.8, 0.9]]})
    table = result.nauc()
    assert_allclose(table.loc["mine", "nauc"], (6.5 + 17) / (5.5 + 13))
    assert table["better"].tolist() == ["above 1"] * 2


def test_logarithm_of_the_labels():
    curves = {"random": [RANDOM], "mine": [MINE]}
    table = make(curves, greater_is_better=False).nauc(scale="log")
    # Both steps double the labels, so that they count the same.
    expected = (1 / 2 + 0.4 + 0.2 / 2) / (1 / 2 + 0.5 + 0.25 / 2)
    assert_allclose(table.loc["mine", "nauc"], expected)


def test_mean_of_ratios_over_repeats():
    curves = {"random": [[1, 1, 1], [2, 2, 2]], "mine": [[3, 3, 3], [2, 2, 2]]}
    table = make(curves).nauc()
    assert_allclose(table.loc["mine", ["nauc", "standard_error"]].tolist(), [2, 1])
    assert_allclose(table.loc["random", ["nauc", "standard_error"]].tolist(), [1, 0])
    other = make(curves).nauc("mine")
    assert_allclose(other.loc["random", "nauc"], (1 / 3 + 1) / 2)


def test_the_order_of_rows_plays_no_part():
    rng = np.random.default_rng(0)
    result = make({"random": rng.random((4, 3)), "mine": rng.random((4, 3))})
    shuffled = result.to_frame().sample(frac=1, random_state=0)
    expected = result.nauc()
    table = SimulationResult.from_frame(shuffled).nauc()
    pd.testing.assert_frame_equal(table.loc[expected.index], expected)


def test_no_area_no_ratio():
    flat = make({"random": [[0, 0, 0]], "mine": [MINE]}, greater_is_better=False)
    assert flat.nauc()["nauc"].isna().all()
    single = make({"random": [[1]], "mine": [[1]]})
    assert single.nauc()["nauc"].isna().all()


def test_scores_of_both_signs_are_refused():
    with pytest.raises(ValueError, match=r"from -0.2 to 0.9 have no nAUC"):
        make({"random": [[-0.2, 0.1, 0.9]]}).nauc()
    with pytest.raises(ValueError, match="have no nAUC"):
        make({"random": [[-3, -2, -1]]}, greater_is_better=False).nauc()


def test_unknown_names_are_refused():
    result = make({"random": [RANDOM]})
    with pytest.raises(ValueError, match="scale='cubic'"):
        result.nauc(scale="cubic")
    with pytest.raises(ValueError, match="baseline='none' is not among"):
        result.nauc("none")
    with pytest.raises(ValueError, match="metric='r2' is not among"):
        result.nauc(metric="r2")


def test_p_value():
    # t = 4.802 with four degrees of freedom.
    differences = np.array([0.01, 0.02, 0.015, 0.005, 0.02])
    assert paired_p_value(differences) == pytest.approx(0.0086, abs=1e-4)
    assert paired_p_value(-differences) == paired_p_value(differences)
    assert paired_p_value(np.zeros(3)) == 1
    assert paired_p_value(np.ones(3)) == 0
    assert np.isnan(paired_p_value(np.ones(1)))
    assert np.isnan(paired_p_value(np.array([0.1, -np.inf])))
