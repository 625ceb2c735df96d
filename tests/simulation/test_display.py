import builtins
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from numpy.testing import assert_allclose

from skactive.simulation import LabelingCurveDisplay, SimulationResult


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def result():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        [
            (label, repeat, number, 10 + 5 * number, metric, rng.random())
            for label in ("random", "mine")
            for repeat in range(4)
            for number in range(3)
            for metric in ("accuracy", "f1")
        ],
        columns=["strategy", "repeat", "round", "n_labeled", "metric", "score"],
    )
    return SimulationResult.from_frame(frame)


def mean_scores(result, strategy, metric):
    frame = result.to_frame()
    frame = frame[(frame["strategy"] == strategy) & (frame["metric"] == metric)]
    return frame.pivot_table(index="repeat", columns="round", values="score").to_numpy()


def test_lines_are_means_over_repeats(result):
    display = LabelingCurveDisplay.from_result(result)
    assert display.figure_ is display.ax_.figure
    assert [line.get_label() for line in display.lines_] == ["random", "mine"]
    for line in display.lines_:
        scores = mean_scores(result, line.get_label(), "accuracy")
        assert_allclose(line.get_xdata(), [10, 15, 20])
        assert_allclose(line.get_ydata(), scores.mean(axis=0))
    assert display.ax_.get_xlabel() == "labeled samples"
    assert display.ax_.get_ylabel() == "accuracy"
    assert [text.get_text() for text in display.texts_] == ["random", "mine"]
    assert display.ax_.get_legend() is None


@pytest.mark.parametrize("band", ["std", "sem", "range"])
def test_bands(result, band):
    display = LabelingCurveDisplay.from_result(result, strategies=["mine"], band=band)
    scores = mean_scores(result, "mine", "accuracy")
    width = {"std": scores.std(axis=0, ddof=1)}
    width["sem"] = width["std"] / 2
    low, high = scores.min(axis=0), scores.max(axis=0)
    if band != "range":
        low, high = (scores.mean(axis=0) + s * width[band] for s in (-1, 1))
    (filled,) = display.ax_.collections
    y = filled.get_paths()[0].vertices[:, 1]
    assert_allclose([y.min(), y.max()], [low.min(), high.max()])


def test_no_band_where_there_is_none(result):
    assert not LabelingCurveDisplay.from_result(result, band=None).ax_.collections
    single = result.to_frame().query("repeat == 0")
    display = LabelingCurveDisplay.from_result(SimulationResult.from_frame(single))
    assert not display.ax_.collections


def test_metric_axes_and_line_options(result):
    _, ax = plt.subplots()
    display = LabelingCurveDisplay.from_result(
        result, metric="f1", strategies=["mine"], ax=ax, linewidth=7
    )
    assert display.ax_ is ax
    assert ax.get_ylabel() == "f1"
    (line,) = display.lines_
    assert line.get_linewidth() == 7
    assert_allclose(line.get_ydata(), mean_scores(result, "mine", "f1").mean(axis=0))


def test_many_strategies_stay_apart():
    scores = {str(i): np.full((2, 2), i) for i in range(20)}
    display = LabelingCurveDisplay(n_labeled=np.ones((2, 2)), scores=scores).plot()
    styles = {(line.get_color(), line.get_linestyle()) for line in display.lines_}
    assert len(styles) == 20
    # In grey, neighbors of the palette differ by marker and line style.
    first = display.lines_[:8]
    assert len({line.get_marker() for line in first}) == 8
    assert len(display.texts_) == 20


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("n", [2, 6])
def test_names_at_the_ends_do_not_overlap_and_stay_inside(n, scale):
    scores = {f"name {i}": np.tile([0.1, 0.9 + 0.001 * i], (2, 1)) for i in range(n)}
    ax = plt.subplots()[1]
    ax.set_xscale(scale)
    curves = LabelingCurveDisplay(n_labeled=np.tile([10, 90], (2, 1)), scores=scores)
    display = curves.plot(ax)
    display.figure_.canvas.draw()
    # Without what leads from the line to the name.
    boxes = [Text.get_window_extent(text) for text in display.texts_]
    assert len(boxes) == n
    for low, high in pairwise(boxes):
        assert low.y1 <= high.y0 + 1
    for box in boxes:
        assert ax.bbox.x0 < box.x0
        assert box.x1 < ax.bbox.x1
        assert ax.bbox.y0 <= box.y0 + 1
        assert box.y1 <= ax.bbox.y1 + 1


def test_names_that_are_too_long_go_to_a_legend():
    scores = {"a strategy with a name of many words": np.ones((2, 2))}
    ax = plt.subplots(figsize=(3, 3))[1]
    curves = LabelingCurveDisplay(n_labeled=np.ones((2, 2)), scores=scores)
    assert curves.plot(ax).texts_ == []
    assert ax.get_legend() is not None


def test_unknown_names_are_refused(result):
    with pytest.raises(ValueError, match="band='iqr'"):
        LabelingCurveDisplay.from_result(result, band="iqr")
    with pytest.raises(ValueError, match=r"strategies=\['none'\]"):
        LabelingCurveDisplay.from_result(result, strategies=["none"])
    with pytest.raises(ValueError, match="metric='r2'"):
        LabelingCurveDisplay.from_result(result, metric="r2")


def test_missing_matplotlib_names_the_extra(result, monkeypatch):
    ordinary = builtins.__import__

    def without_matplotlib(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return ordinary(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_matplotlib)
    with pytest.raises(ImportError, match=r"skactive\[plot\]"):
        LabelingCurveDisplay.from_result(result)
