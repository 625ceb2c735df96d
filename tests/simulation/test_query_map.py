import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.kernel_ridge import KernelRidge
from sklearn.naive_bayes import GaussianNB

from skactive import simulate
from skactive.datasets import robot_arm
from skactive.simulation import QueryMapDisplay, SimulationResult

X, y = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def result():
    return simulate(
        GaussianNB(),
        X,
        y,
        strategies=["random", "margin"],
        n_initial=10,
        n_queries=5,
        budget=30,
        n_repeats=2,
        random_state=0,
    )


def picked(result, label, repeat):
    picks = result.picks
    chosen = (picks["strategy"] == label) & (picks["repeat"] == repeat)
    return picks[chosen & (picks["round"] > 0)]


@pytest.mark.parametrize("repeat", [0, 1])
def test_two_features_are_drawn_as_they_are(result, repeat):
    display = QueryMapDisplay.from_result(result, X[:, 2:], repeat=repeat)
    for label, scatter in zip(result.strategies, display.scatters_, strict=True):
        picks = picked(result, label, repeat)
        assert_allclose(scatter.get_offsets(), X[picks["row"], 2:])
        assert_allclose(scatter.get_array(), picks["round"])
    pool, seed, _ = display.axes_[0].collections
    assert_allclose(pool.get_offsets(), X[:, 2:])
    assert len(seed.get_offsets()) == 10
    assert [ax.get_title() for ax in display.axes_] == result.strategies


def test_later_is_lighter_in_grey(result):
    scatter = QueryMapDisplay.from_result(result, X).scatters_[0]
    grey = scatter.cmap(np.linspace(0, 1, 9))[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(grey) > 0.03).all()
    assert grey[-1] < 0.8  # the pool is lighter than that


def test_more_features_are_projected_and_the_axes_say_so(result):
    display = QueryMapDisplay.from_result(result, X, strategies=["margin"])
    label = display.figure_.get_supxlabel()
    assert label == "principal component 1 (92% of the variance)"
    sparse = QueryMapDisplay.from_result(result, csr_array(X), strategies=["margin"])
    dense, other = (np.abs(d.samples) for d in (display, sparse))
    assert_allclose(dense, other, atol=1e-6)


def test_names_of_columns(result):
    frame = pd.DataFrame(X[:, :2], columns=["sepal length", "sepal width"])
    axes = plt.subplots(1, 2)[1]
    display = QueryMapDisplay.from_result(result, frame, ax=axes)
    assert list(display.axes_) == list(axes)
    assert axes[0].get_xlabel() == "sepal length"
    ax = plt.subplots()[1]
    single = QueryMapDisplay.from_result(result, frame, strategies=["random"], ax=ax)
    assert single.axes_[0] is ax
    with pytest.raises(ValueError, match="ax has 1 axes, but there are 2"):
        QueryMapDisplay.from_result(result, frame, ax=ax)


def test_picks_of_a_problem_are_places():
    result = simulate(
        KernelRidge(kernel="rbf"),
        robot_arm(),
        strategies=["random", "gsx"],
        n_initial=10,
        n_queries=5,
        budget=20,
        n_repeats=1,
        random_state=0,
        pool_size=50,
    )
    assert "principal" in QueryMapDisplay.from_result(result).axis_names[0]
    two = result.picks.drop(columns=["angle_2", "angle_3"])
    result = SimulationResult.from_frame(result.to_frame(), two)
    display = QueryMapDisplay.from_result(result)
    assert display.axis_names == ["base", "angle_1"]
    assert_allclose(
        display.scatters_[1].get_offsets(),
        picked(result, "gsx", 0)[["base", "angle_1"]],
    )


def test_what_does_not_fit_is_refused(result):
    without = SimulationResult.from_frame(result.to_frame())
    for arguments, message in [
        ((without, X), "no picks"),
        ((result,), "X=None"),
        ((result, X[:20]), "X has 20 rows"),
        ((result, X[:, :1]), "one feature"),
    ]:
        with pytest.raises(ValueError, match=message):
            QueryMapDisplay.from_result(*arguments)
    with pytest.raises(ValueError, match=r"strategies=\['none'\]"):
        QueryMapDisplay.from_result(result, X, strategies=["none"])
    with pytest.raises(ValueError, match=r"strategies=\[\] names nothing to draw"):
        QueryMapDisplay.from_result(result, X, strategies=[])
    with pytest.raises(ValueError, match="repeat=2 is not among"):
        QueryMapDisplay.from_result(result, X, repeat=2)
