import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skactive.simulation import SimulationResult


def make_frame(n_repeats=5, seed=0, **leads):
    """Noisy curves; `leads` maps a strategy to its lead after the seed set."""
    rng = np.random.default_rng(seed)
    n_labeled = 10 * np.arange(1, 7)
    rows = []
    for repeat in range(n_repeats):
        for label, lead in leads.items():
            score = 1 - n_labeled**-0.5 + rng.normal(0, 0.003, 6) + lead
            score[0] = 0.6
            rows += [
                (label, repeat, number, n_labeled[number], score[number])
                for number in range(6)
            ]
    columns = ["strategy", "repeat", "round", "n_labeled", "score"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def result():
    frame = make_frame(first=0.04, random=0, last=-0.04)
    copy = frame[frame["strategy"] == "random"].assign(strategy="copy")
    return SimulationResult.from_frame(pd.concat([frame, copy]))


def test_summary_judges_every_strategy(result):
    summary = result.summary()
    assert list(summary.index) == ["first", "random", "last", "copy"]
    assert summary["verdict"].to_dict() == {
        "first": "fewer labels",
        "random": "baseline",
        "last": "worse",
        "copy": "no difference shown",
    }
    first, random, last = (summary.loc[s] for s in ("first", "random", "last"))
    assert 1 < first["efficiency_low"] <= first["efficiency"]
    assert first["efficiency"] <= first["efficiency_high"]
    assert random["efficiency"] == random["efficiency_low"] == 1
    assert random["efficiency_high"] == 1
    assert random["labels_needed"] == 60
    assert_allclose(first["labels_needed"], 60 / first["efficiency"])
    assert np.isnan(last[["labels_needed", "efficiency"]].tolist()).all()
    assert last["efficiency_low"] == 0
    assert last["efficiency_high"] == 1


def test_summary_agrees_with_the_metrics(result):
    summary = result.summary()
    names = {"check_names": False}
    efficiency = result.labeling_efficiency()
    pd.testing.assert_series_equal(summary["efficiency"], efficiency, **names)
    improvement = result.average_performance_improvement()
    pd.testing.assert_series_equal(summary["api"], improvement, **names)
    last = result.to_frame().query("round == 5").groupby("strategy")["score"].mean()
    assert_allclose(summary["final_score"], last.loc[summary.index])
    interval = ["efficiency_low", "efficiency_high"]
    pd.testing.assert_frame_equal(summary[interval], result.efficiency_interval())


def test_summary_is_repeatable_and_the_order_of_rows_irrelevant(result):
    shuffled = SimulationResult.from_frame(
        result.to_frame().sample(frac=1, random_state=0)
    )
    expected = result.summary()
    pd.testing.assert_frame_equal(result.summary(), expected)
    pd.testing.assert_frame_equal(shuffled.summary().loc[expected.index], expected)


def test_report_names_the_baseline_and_what_was_shown(result):
    text = str(result)
    assert text == result.report()
    assert "final score of 'random' (score; 5 repeats, 10 to 60 labels)" in text
    assert "\nFEWER LABELS than 'random': first." in text
    assert "\nWORSE than 'random': last." in text
    assert "> 60" in text
    assert "[0.00, 1.00]" in text
    other = result.report(baseline="first")
    assert "\nNOT BETTER THAN 'first'" in other
    assert "FEWER LABELS" not in other


def test_report_keeps_the_setting():
    frame = make_frame(random=0, mine=0)
    result = SimulationResult.from_frame(frame, setting={"estimator": "Ridge()"})
    assert "estimator=Ridge()" in result.report()


def test_one_repeat_shows_nothing():
    result = SimulationResult.from_frame(make_frame(1, random=0, mine=0.2))
    summary = result.summary()
    assert summary.loc["mine", "efficiency"] > 1
    assert summary.loc["mine", "verdict"] == "no difference shown"
    assert np.isnan(summary.loc["mine", "efficiency_low"])
    assert "One repeat shows nothing" in result.report()
    assert "NOT BETTER THAN 'random'" in result.report()


def test_copies_of_one_repeat_show_nothing():
    frame = make_frame(1, random=0, mine=0.2)
    copies = pd.concat([frame.assign(repeat=repeat) for repeat in range(5)])
    result = SimulationResult.from_frame(copies)
    row = result.summary().loc["mine"]
    assert row["efficiency"] > 1
    assert row["verdict"] == "no difference shown"
    assert np.isnan(row["efficiency_low"])
    assert result.efficiency_interval().isna().all(axis=None)
    assert "All 5 repeats have the same scores" in result.report()
    assert "nan" not in result.report()
    frame = make_frame(random=0, mine=0.2)
    assert "the same scores" not in SimulationResult.from_frame(frame).report()


def test_a_single_round_asks_nothing():
    frame = make_frame(random=0, mine=0.2).query("round == 0")
    report = SimulationResult.from_frame(frame).report()
    assert "raise the budget above n_initial" in report
    assert "smaller budget" not in report


def test_few_repeats_are_warned_of():
    frame = make_frame(3, random=0, mine=0.2)
    assert "With 3 repeats" in SimulationResult.from_frame(frame).report()


def test_a_budget_of_the_whole_pool_is_pointed_out():
    frame = make_frame(random=0, mine=0.2)
    assert "smaller budget" not in SimulationResult.from_frame(frame).report()
    last = frame["round"] == frame["round"].max()
    frame.loc[last, "score"] = 0.9 + frame["repeat"] / 100
    result = SimulationResult.from_frame(frame)
    assert result.summary().loc["mine", "efficiency_low"] == 1
    assert "All end at the last score of 'random'" in result.report()
    assert "choose a smaller budget" in result.report()


def test_rounding_is_no_lead():
    frame = make_frame(random=0)
    other = frame.assign(strategy="mine", score=frame["score"] + 1e-15)
    result = SimulationResult.from_frame(pd.concat([frame, other]))
    assert result.summary().loc["mine", "api"] > 0
    line = next(row for row in result.report().splitlines() if row[:4] == "mine")
    assert " +0 " in line


def ordered(order, **scores):
    """A table of 10, 20 and 30 labels; `order` is that of the repeats of each round."""
    return pd.DataFrame(
        [
            (label, repeat, r, 10 * (r + 1), rows[order[repeat]][r])
            for label, rows in scores.items()
            for repeat in range(3)
            for r in range(3)
        ],
        columns=["strategy", "repeat", "round", "n_labeled", "score"],
    )


@pytest.mark.parametrize("first", ["random", "mine"])
def test_means_of_the_same_scores_are_the_same(first):
    # Their sums differ in the last digit, by the order of the repeats.
    ups = [[0.05, 0.05, 0.1], [0.05, 0.05, 0.2], [0.05, 0.05, 0.3]]
    frame = pd.concat(
        [
            ordered([0, 1, 2], **{first: ups}),
            ordered([2, 1, 0], **{"mine" if first == "random" else "random": ups}),
        ]
    )
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    result = SimulationResult.from_frame(frame)
    summary = result.summary()
    assert summary["efficiency"].tolist() == [1, 1]
    assert summary["labels_needed"].tolist() == [30, 30]
    losses = SimulationResult.from_frame(frame, greater_is_better=False)
    assert (losses.error_cdf()["ratio"] == 1).all()
    rows = [[0.3, 0.1, 0.2], [0.2, 0.2, 0.2], [0.1, 0.3, 0.2]]
    flat = ordered([0, 1, 2], random=rows)
    low = ordered([0, 1, 2], mine=[[0.1, 0.1, 0.1]] * 3)
    both = SimulationResult.from_frame(pd.concat([flat, low]))
    assert both.deficiency().isna().all()


def test_a_baseline_that_does_not_learn_is_pointed_out():
    frame = make_frame(random=0, mine=0)
    frame["score"] = np.where(frame["strategy"] == "random", 0.6, frame["score"])
    result = SimulationResult.from_frame(frame)
    assert (result.summary()["efficiency"] == 1).all()
    assert "'random' has its final score from the seed set on" in result.report()


def test_a_baseline_alone():
    result = SimulationResult.from_frame(make_frame(random=0))
    assert result.summary()["verdict"].tolist() == ["baseline"]
    assert "BETTER" not in result.report()


def test_losses_keep_their_sign():
    frame = make_frame(random=0, mine=0.04)
    frame["score"] = 1 - frame["score"]
    summary = SimulationResult.from_frame(frame, greater_is_better=False).summary()
    assert summary.loc["mine", "verdict"] == "fewer labels"
    assert summary.loc["mine", "api"] > 0
    assert 0 < summary.loc["mine", "final_score"] < summary.loc["random", "final_score"]


def test_baseline_is_random_or_the_first():
    assert SimulationResult.from_frame(make_frame(b=0, random=0)).baseline == "random"
    assert SimulationResult.from_frame(make_frame(b=0, a=0)).baseline == "b"
    frame = make_frame(b=0, random=0)
    assert SimulationResult.from_frame(frame, baseline="b").baseline == "b"
    with pytest.raises(ValueError, match="baseline='c' is not among"):
        SimulationResult.from_frame(frame, baseline="c")


@pytest.mark.parametrize(
    "method",
    ["summary", "report", "labeling_efficiency", "average_performance_improvement"],
)
def test_unknown_names_are_refused(result, method):
    with pytest.raises(ValueError, match="baseline='none' is not among"):
        getattr(result, method)("none")
    with pytest.raises(ValueError, match=r"metric='r2' is not among \['score'\]"):
        getattr(result, method)(metric="r2")


def test_several_metrics_are_kept_apart():
    good, bad = make_frame(random=0, mine=0.04), make_frame(random=0, mine=-0.04)
    frame = pd.concat([good.assign(metric="b"), bad.assign(metric="a")])
    result = SimulationResult.from_frame(frame)
    assert result.metrics == ["b", "a"]
    assert result.summary().loc["mine", "verdict"] == "fewer labels"
    assert result.summary(metric="a").loc["mine", "verdict"] == "worse"
    assert "(a; " in result.report(metric="a")
    assert "metric" in result.to_frame()


def test_missing_rounds_are_refused():
    frame = make_frame(random=0, mine=0)
    with pytest.raises(ValueError, match="lacks 1 rounds"):
        SimulationResult.from_frame(frame.drop(index=3))


def test_the_frame_given_and_the_frame_returned_are_the_callers():
    frame = make_frame(random=0)
    before = frame.copy()
    result = SimulationResult.from_frame(frame)
    returned = result.to_frame()
    returned["score"] = 0
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(result.to_frame(), before)


def test_repr_and_pickle(result):
    assert repr(result) == (
        "SimulationResult(strategies=['first', 'random', 'last', 'copy'], "
        "metrics=['score'], n_repeats=5, baseline='random')"
    )
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.to_frame(), result.to_frame())
    assert again.report() == result.report()


def test_a_frame_without_rows_or_without_the_baseline_is_refused():
    frame = make_frame(random=0, other=0.02)
    with pytest.raises(ValueError, match="frame is empty"):
        SimulationResult.from_frame(frame[:0])
    more = frame[frame["strategy"] == "other"].assign(metric="f1")
    both = pd.concat([frame.assign(metric="accuracy"), more])
    with pytest.raises(ValueError, match="metric='f1' has no rows of the baseline"):
        SimulationResult.from_frame(both)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="strategy"), r"lacks the columns \['strategy'\]"),
        (lambda f: {}, "frame is a dict; pass a DataFrame"),
        (lambda f: f.assign(round=f["round"].astype(float)), "integers from 0 on"),
        (lambda f: f.assign(round=f["round"] - 1), "integers from 0 on"),
        (lambda f: f.assign(repeat=None), r"columns \['repeat'\] have missing values"),
        (
            lambda f: f.replace({"strategy": {"mine": None}}),
            r"\['strategy'\] have mi",
        ),
        (lambda f: f.replace({"repeat": {0: "a"}}), r"repeat has the values \['a', 1"),
        (lambda f: f.assign(score="high"), "column score is not all numbers: .*'high'"),
        (lambda f: f.assign(n_labeled="ten"), "column n_labeled is not all numbers"),
        (lambda f: f.assign(n_labeled=np.nan), "n_labeled=nan in .* must be above 0"),
        (lambda f: f.assign(n_labeled=f["round"]), "n_labeled=0 in .* above 0"),
        (lambda f: f.assign(n_labeled=50 - f["round"]), "n_labeled falls to 49"),
    ],
)
def test_tables_of_another_kind_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        SimulationResult.from_frame(change(make_frame(random=0, mine=0.1)))


def test_a_target_is_one_score(result):
    with pytest.raises(ValueError, match=r"target=\[0.5\]; pass one score"):
        result.labeling_efficiency(target=[0.5])
