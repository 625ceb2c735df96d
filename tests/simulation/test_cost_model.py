import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skactive.simulation import CostModel, SimulationResult, diagnose_curve


def test_break_even_worked_out_by_hand():
    model = CostModel(c_label=1, c_train_per_sample=0.5)
    assert_allclose(model.break_even(10), 0.4)
    assert_allclose(model.break_even(1), 1)
    assert CostModel(c_label=1).break_even(50) == 1
    model = CostModel(c_label=1, c_round=10)
    assert model.break_even(1, n_samples=100) == 1
    assert_allclose(model.break_even(4, n_samples=100), 0.7)


@pytest.mark.parametrize("n_rounds", [1, 3, 10])
@pytest.mark.parametrize(
    "prices", [(1, 0.5, 0, 0), (2, 0.1, 7, 0), (1, 0.2, 3, 0.01), (0, 1, 0, 0)]
)
def test_break_even_is_where_the_costs_are_equal(prices, n_rounds):
    model = CostModel(*prices)
    share = model.break_even(n_rounds, n_samples=1000)
    n = 1000 * share * np.arange(1, n_rounds + 1) / n_rounds
    everything = model.cost([1000], n_samples=1000)
    assert_allclose(model.cost(n, n_samples=1000), everything)


def test_what_never_pays_has_no_share():
    assert CostModel(1, c_round=200).break_even(10, n_samples=1000) == 0
    assert CostModel(1, c_query_per_pool_sample=1).break_even(3) == 0


def test_cost_is_the_sum_of_its_parts():
    model = CostModel(2, 0.5, 10, 0.1, turnaround=3)
    expected = 2 * 30 + 0.5 * (10 + 20 + 30) + 3 * 10 + 0.1 * (90 + 80)
    assert_allclose(model.cost([10, 20, 30], n_samples=100), expected)
    assert model.wall_time(4) == 12
    with pytest.raises(ValueError, match="n_samples=None"):
        model.cost([10, 20])
    with pytest.raises(ValueError, match="n_samples=None"):
        model.break_even(3)


def make_result(n_repeats=3):
    n = np.array([10, 20, 40, 80])
    left = np.r_[np.nan, 100 - n[:-1]]
    rows = [
        (label, repeat, i, n[i], 0.5, 0.02 + 0.003 * n[i], seconds * (i and left[i]))
        for label, seconds in (("random", 0), ("mine", 0.001))
        for repeat in range(n_repeats)
        for i in range(4)
    ]
    names = ["strategy", "repeat", "round", "n_labeled", "score", "fit_time"]
    frame = pd.DataFrame(rows, columns=[*names, "query_time"])
    return SimulationResult.from_frame(frame.sample(frac=1, random_state=0))


def test_prices_are_those_of_the_seconds():
    result = make_result()
    model = CostModel.from_result(
        result, label_price=3, second_price=2, n_samples=100, turnaround=5
    )
    assert model.c_label == 3
    assert model.turnaround == 5
    assert_allclose(model.c_train_per_sample, 0.006)
    assert_allclose(model.c_round, 0.04)
    assert_allclose(model.c_query_per_pool_sample, 0.002)
    of_random = CostModel.from_result(
        result, "random", label_price=3, second_price=2, n_samples=100
    )
    assert of_random.c_query_per_pool_sample == 0
    rough = CostModel.from_result(result, label_price=3, second_price=2)
    assert_allclose(rough.c_round, 0.04 + 2 * 0.001 * (90 + 80 + 60) / 4)
    free = CostModel.from_result(result, label_price=3)
    assert free.cost([10, 20]) == 60


def test_a_result_of_several_metrics_counts_its_times_once():
    frame = make_result().to_frame()
    both = pd.concat([frame.assign(metric="a"), frame.assign(metric="b")])
    prices = {"label_price": 1, "second_price": 1, "n_samples": 100}
    twice = CostModel.from_result(SimulationResult.from_frame(both), **prices)
    once = CostModel.from_result(SimulationResult.from_frame(frame), **prices)
    assert_allclose(list(vars(twice).values()), list(vars(once).values()))


def test_optimal_rounds_are_those_of_the_least_cost():
    n = np.array([50, 100, 200, 400, 800])
    curve = diagnose_curve(n, 2 / np.sqrt(n))  # 0.1 takes 400 labels
    model = CostModel(1, 0.01, 5, turnaround=7)

    def cost(rounds):
        labels = 400 * rounds / (rounds - 0.5)
        return labels + 0.01 * labels * (rounds + 1) / 2 + 5 * rounds

    best = min(range(1, 101), key=cost)
    assert 1 < best < 100
    assert model.optimal_rounds(curve, 0.1) == best
    assert model.optimal_rounds(curve, 0.1, max_rounds=3) == 3
    assert model.optimal_rounds(curve, 0.1, max_wall_time=20) == 2
    assert CostModel(0, 1).optimal_rounds(curve, 0.1) <= 2
    with pytest.raises(ValueError, match="no time for a round"):
        model.optimal_rounds(curve, 0.1, max_wall_time=6)
    with pytest.raises(ValueError, match="never reaches"):
        model.optimal_rounds(curve, -0.1)


@pytest.mark.parametrize("rounds", [[0], [0, 1, 2, 3]])
def test_a_query_for_the_seed_set_looks_at_the_whole_pool(rounds):
    frame = make_result().to_frame()
    of_seed_set = (frame["round"] == 0) & (frame["strategy"] == "mine")
    frame.loc[of_seed_set, "query_time"] = 0.1
    result = SimulationResult.from_frame(frame[frame["round"].isin(rounds)])
    model = CostModel.from_result(result, label_price=1, second_price=2, n_samples=100)
    assert_allclose(model.c_query_per_pool_sample, 0.002)


def test_a_query_of_an_empty_pool_has_no_price():
    frame = make_result(1).to_frame()
    frame["n_labeled"] = 80
    frame["query_time"] = 1.0 * (frame["round"] > 0)
    result = SimulationResult.from_frame(frame)
    model = CostModel.from_result(result, label_price=1, second_price=1, n_samples=80)
    assert model.c_query_per_pool_sample == 0


def test_a_campaign_does_not_label_more_than_the_pool():
    n = np.array([50, 100, 200, 400, 800])
    curve = diagnose_curve(n, 2 / np.sqrt(n))  # 0.1 takes 400 labels
    model = CostModel(1, c_round=1000, c_query_per_pool_sample=0.01)
    assert model.optimal_rounds(curve, 0.1, n_samples=401) == 1
    with pytest.raises(ValueError, match="takes 400 labels, but n_samples=300"):
        model.optimal_rounds(curve, 0.1, n_samples=300)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.cost([]), r"n_labeled=\[\] must be a list"),
        (lambda m: m.cost(5), "n_labeled=5 must be a list"),
        (lambda m: m.cost([-5], n_samples=10), r"n_labeled=\[-5\] must be finite"),
        (lambda m: m.cost([np.nan]), r"n_labeled=\[nan\] must be finite"),
        (lambda m: m.cost([20, 10]), r"n_labeled=\[20, 10\] .* never fall"),
        (lambda m: m.cost([10, 30], n_samples=15), "n_samples=15, but 30 were"),
        (lambda m: m.cost([10, 30], n_samples="a"), "n_samples='a', but 30 were"),
        (lambda m: m.break_even("a"), "n_rounds='a' must be at least 1"),
        (lambda m: m.break_even(2, n_samples="a"), "n_samples='a' must be above 0"),
        (lambda m: m.wall_time("a"), "n_rounds='a' must be 0 or more"),
        (lambda m: m.wall_time(-1), "n_rounds=-1 must be 0 or more"),
        (lambda m: m.break_even(3, n_samples=0), "n_samples=0 must be above 0"),
        (lambda m: m.optimal_rounds(None, 0.1, max_rounds=0), "max_rounds=0 must be"),
        (
            lambda m: m.from_result(make_result(), label_price=1, n_samples=20),
            "n_samples=20, but 80 were labeled",
        ),
    ],
)
def test_wrong_numbers_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(CostModel(1, c_round=1))


def test_what_is_no_price_is_refused():
    with pytest.raises(ValueError, match="c_label=-1"):
        CostModel(-1)
    with pytest.raises(ValueError, match="c_round=nan"):
        CostModel(1, c_round=np.nan)
    with pytest.raises(ValueError, match="n_rounds=0"):
        CostModel(1).break_even(0)
    with pytest.raises(ValueError, match="strategy='none'"):
        CostModel.from_result(make_result(), "none", label_price=1)
    frame = make_result().to_frame().drop(columns="fit_time")
    with pytest.raises(ValueError, match="fit_time"):
        CostModel.from_result(SimulationResult.from_frame(frame), label_price=1)
