import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skactive.simulation import (
    CostDisplay,
    EfficiencyDisplay,
    PenaltyMatrixDisplay,
    PoolRatioDisplay,
    SimulationResult,
    StudyDisplay,
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def result():
    rng = np.random.default_rng(0)
    leads = {"last": -0.08, "random": 0, "first": 0.04, "same": 0.001}
    n = 10 * np.arange(1, 7)
    return SimulationResult.from_frame(
        pd.DataFrame(
            [
                (label, repeat, i, n[i], 1 - n[i] ** -0.5 + e + lead * (i > 0), 0.1, i)
                for label, lead in leads.items()
                for repeat in range(5)
                for i, e in enumerate(rng.normal(0, 0.003, 6))
            ],
            columns=[
                *["strategy", "repeat", "round", "n_labeled", "score"],
                *["query_time", "fit_time"],
            ],
        )
    )


def labels(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


@pytest.mark.parametrize(
    "display", [PenaltyMatrixDisplay, EfficiencyDisplay, CostDisplay]
)
def test_axes_may_be_given(result, display):
    _, ax = plt.subplots()
    drawn = display.from_result(result, ax=ax)
    assert drawn.ax_ is ax
    assert drawn.figure_ is ax.figure
    new = display.from_result(result)
    assert new.ax_ is not ax
    new.figure_.canvas.draw()


def test_penalty_matrix_is_sorted_and_has_the_means_below(result):
    display = PenaltyMatrixDisplay.from_result(result)
    matrix = result.penalty_matrix()
    names = labels(display.ax_.xaxis)
    assert names[0] == "first"
    assert names[-1] == "last"
    assert labels(display.ax_.yaxis) == [*names, "beaten, mean"]
    assert_allclose(display.im_.get_array(), matrix.loc[[*names, "column mean"], names])
    for i, row in enumerate(names):
        for j, column in enumerate(names):
            text = "" if i == j else f"{matrix.loc[row, column]:.2f}"
            assert display.texts_[i, j].get_text() == text
    holm = PenaltyMatrixDisplay.from_result(result, correction="holm")
    assert holm.im_.get_array().sum() <= display.im_.get_array().sum()


def test_the_title_fits_over_two_strategies():
    pair = pd.DataFrame(0.0, index=["a", "b", "column mean"], columns=["a", "b"])
    display = PenaltyMatrixDisplay(matrix=pair).plot()
    display.figure_.canvas.draw()
    title = display.ax_.title.get_window_extent()
    assert title.x0 >= 0
    assert title.x1 <= display.figure_.bbox.x1


def test_sums_of_penalty_matrices_can_be_drawn(result):
    matrix = result.penalty_matrix()
    display = PenaltyMatrixDisplay(matrix=matrix + matrix + matrix).plot()
    assert display.im_.get_clim() == (0, 3 * matrix.to_numpy().max())


def test_efficiencies_are_sorted_and_censored_ones_marked(result):
    display = EfficiencyDisplay.from_result(result)
    summary = result.summary()
    ax = display.ax_
    assert ax.get_xscale() == "log"
    assert labels(ax.yaxis) == ["first", "same", "last"]
    texts = [text.get_text() for text in display.texts_]
    assert texts[0] == f"{summary.loc['first', 'efficiency']:.2f}"
    assert texts[-1] == "< 1"
    markers = [line.get_marker() for line in ax.lines]
    assert markers.count("<") == sum(summary["efficiency_low"] == 0) == 2
    assert "'random'" in ax.get_xlabel()
    other = EfficiencyDisplay.from_result(result, baseline="last")
    assert len(other.texts_) == 3
    assert "'last'" in other.ax_.get_xlabel()


def test_efficiency_intervals_are_those_of_the_summary(result):
    ax = EfficiencyDisplay.from_result(result).ax_
    row = result.summary().loc["first"]
    (bar,) = [
        line
        for line in ax.lines
        if len(line.get_xdata()) == 2 and list(line.get_ydata()) == [0, 0]
    ]
    assert_allclose(bar.get_xdata(), [row["efficiency_low"], row["efficiency_high"]])


def test_efficiency_of_a_single_repeat_or_of_nothing(result):
    single = SimulationResult.from_frame(result.to_frame().query("repeat == 0"))
    display = EfficiencyDisplay.from_result(single)
    assert not [line for line in display.ax_.lines if line.get_linewidth() == 2]
    alone = result.to_frame().query("strategy == 'random'")
    assert (
        EfficiencyDisplay.from_result(SimulationResult.from_frame(alone)).texts_ == []
    )


def test_costs(result):
    frame = result.to_frame()
    frame.loc[frame["strategy"] == "first", "query_time"] = 5.1
    display = CostDisplay.from_result(SimulationResult.from_frame(frame))
    assert labels(display.ax_.yaxis)[-1] == "first"
    query, training = display.bars_
    assert_allclose([bar.get_width() for bar in query], [0.1, 0.1, 0.1, 5.1])
    assert_allclose([bar.get_width() for bar in training], 2.5)
    assert_allclose([bar.get_x() for bar in training], [0.1, 0.1, 0.1, 5.1])
    assert [text.get_text() for text in display.texts_] == ["1×"] * 3 + ["2.92×"]
    assert "'random'" in display.ax_.get_xlabel()
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["query", "training"]


def test_dollar_signs_in_labels_are_no_formula(result):
    names = {"random": "$a_$", "first": "$b_$"}
    summary = result.summary().rename(index=names)
    study = pd.concat({"$c_$": summary, "d": summary})
    nauc = pd.DataFrame({"nauc": [0.8], "better": "below 1", "verdict": "better"})
    nauc.index = pd.MultiIndex.from_tuples([("$a_$", 2)])
    for display in (
        StudyDisplay(summary=study, axis_label="$e_$").plot(),
        PoolRatioDisplay(nauc=nauc).plot(),
        EfficiencyDisplay(summary=summary).plot(),
    ):
        display.figure_.canvas.draw()
