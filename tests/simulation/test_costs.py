import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skactive import simulate
from skactive.simulation import SimulationResult


def make_frame(**seconds):
    """`seconds` maps a strategy to those of (query, training) in each round."""
    return pd.DataFrame(
        [
            (label, repeat, number, 10 * number + 10, 0.5, *times)
            for label, rounds in seconds.items()
            for repeat in range(2)
            for number, times in enumerate(rounds)
        ],
        columns=[
            *["strategy", "repeat", "round", "n_labeled", "score"],
            *["query_time", "fit_time"],
        ],
    )


def test_mean_over_rounds_against_the_baseline():
    frame = make_frame(random=[(0, 1), (1, 2)], mine=[(0, 1), (5, 4)])
    result = SimulationResult.from_frame(frame)
    cost = result.normalized_cost()
    assert list(cost.columns) == ["query_time", "fit_time", "cost"]
    assert_allclose(cost.loc["random"], [0.5, 1.5, 1])
    assert_allclose(cost.loc["mine"], [2.5, 2.5, 2.5])
    assert_allclose(result.normalized_cost("mine")["cost"], [0.4, 1])


def test_several_scorings_count_once():
    frame = make_frame(random=[(0, 1), (1, 2)], mine=[(0, 1), (5, 4)])
    # Were the second scoring to count, one strategy would weigh other rounds.
    extra = frame.assign(metric="f1")
    both = pd.concat([frame.assign(metric="accuracy"), extra])
    pd.testing.assert_frame_equal(
        SimulationResult.from_frame(both).normalized_cost(),
        SimulationResult.from_frame(frame).normalized_cost(),
    )


def test_no_cost_no_ratio():
    frame = make_frame(random=[(0, 0)], mine=[(1, 1)])
    assert SimulationResult.from_frame(frame).normalized_cost()["cost"].isna().all()


def test_what_is_no_time_is_refused():
    frame = make_frame(random=[(0, 1), (1, 2)])
    with pytest.raises(ValueError, match=r"lacks the columns \['query_time'\]"):
        SimulationResult.from_frame(frame.drop(columns="query_time")).normalized_cost()
    for bad in (-1, np.nan, np.inf):
        times = [*frame["fit_time"][:-1], bad]
        result = SimulationResult.from_frame(frame.assign(fit_time=times))
        with pytest.raises(ValueError, match="1 rounds have times"):
            result.normalized_cost()
    with pytest.raises(ValueError, match="baseline='none'"):
        SimulationResult.from_frame(frame).normalized_cost("none")


def test_of_a_simulation():
    result = simulate(
        GaussianNB(),
        *load_iris(return_X_y=True),
        strategies=["random", "margin"],
        n_initial=10,
        n_queries=10,
        budget=30,
        n_repeats=2,
        random_state=0,
    )
    cost = result.normalized_cost()
    assert (cost > 0).all(axis=None)
    assert cost.loc["random", "cost"] == 1
