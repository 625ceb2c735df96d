"""The oracle in its box."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skactive import datasets
from skactive.datasets import (
    Problem,
    bessel,
    damped_oscillator,
    friedman1,
    friedman2,
    friedman3,
    robot_arm,
    sine,
    thin_film_stack,
)

PROBLEMS = [
    sine(),
    robot_arm(),
    thin_film_stack(),
    bessel(),
    damped_oscillator(),
    friedman1(),
    friedman2(),
    friedman3(),
]
all_problems = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)


def total(X):
    return X.sum(axis=1)


def make(**changes):
    parts = {
        "name": "total",
        "function": total,
        "bounds": [[0, 1], [2, 5]],
        "input_names": ["a", "b"],
        "output_names": ["sum"],
    }
    return Problem(**(parts | changes))


@all_problems
def test_labels_have_one_row_for_each_sample(problem):
    X = problem.sample(30, random_state=0)
    y = problem(X, check_bounds=True)
    assert X.shape == (30, problem.n_inputs)
    assert y.shape == ((30,) if problem.n_outputs == 1 else (30, problem.n_outputs))
    assert y.dtype == np.float64
    assert np.isfinite(y).all()
    assert y.std() > 0


@all_problems
def test_the_label_of_a_row_does_not_depend_on_the_others(problem):
    X = problem.sample(7, random_state=0)
    alone = np.concatenate([problem(row[np.newaxis]) for row in X])
    assert_array_equal(problem(X), alone)


@all_problems
def test_corners_of_the_box_have_labels(problem):
    corners = np.array(np.meshgrid(*problem.bounds)).reshape(problem.n_inputs, -1).T
    assert np.isfinite(problem(corners, check_bounds=True)).all()


@all_problems
def test_a_problem_can_be_pickled(problem):
    X = problem.sample(5, random_state=0)
    assert_array_equal(pickle.loads(pickle.dumps(problem))(X), problem(X))


@all_problems
def test_names_tell_inputs_and_outputs_apart(problem):
    for names in (problem.input_names, problem.output_names):
        assert len(set(names)) == len(names)


def test_no_problem_is_forgotten_here():
    # The oracles need a table: see test_oracles.py.
    others = {"Problem", "airfoil_oracle", "yacht_oracle"}
    functions = {n for n in datasets.__all__ if not n.startswith(("load_", "make_"))}
    functions -= others | {"take_per_class"}
    assert {problem.name for problem in PROBLEMS} == functions


def test_samples_fill_the_box():
    X = make().sample(2000, random_state=0)
    assert_array_equal(X.min(axis=0).round(1), [0, 2])
    assert_array_equal(X.max(axis=0).round(1), [1, 5])
    counts = np.histogram(X[:, 1], bins=10, range=(2, 5))[0]
    # Chi-square with nine degrees of freedom, alpha 0.001.
    assert ((counts - 200) ** 2 / 200).sum() < 27.9


def test_samples_can_be_repeated():
    problem = make()
    assert_array_equal(problem.sample(9, 1), problem.sample(9, 1))
    assert (problem.sample(9, 1) != problem.sample(9, 2)).any()
    assert (problem.sample(9) != problem.sample(9)).any()
    rng = np.random.default_rng(0)
    assert (problem.sample(9, rng) != problem.sample(9, rng)).any()


@pytest.mark.parametrize(
    "container", [list, pd.DataFrame, lambda X: np.asarray(X, dtype=np.float32)]
)
def test_any_table_will_do(container):
    assert_array_equal(make()(container([[0.5, 3.0], [1.0, 4.0]])), [3.5, 5.0])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0]], r"total has 2 inputs \(a, b\); X has 1 columns"),
        ([0.5, 3.0], "Expected 2D array"),
        ([[0.5, np.nan]], "contains NaN"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        make()(X)


def test_bounds_are_enforced_only_when_asked():
    X = [[0.5, 3.0], [0.5, 6.0], [-1.0, 6.0]]
    assert_array_equal(make()(X), [3.5, 6.5, 5.0])
    message = r"2 of 3 rows .* row 1: b=6 is not in \[2, 5\]"
    with pytest.raises(ValueError, match=message):
        make()(X, check_bounds=True)
    assert_array_equal(make()([[0, 2], [1, 5]], check_bounds=True), [2, 6])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bounds": [0, 1]}, r"\(lower, upper\) pair"),
        ({"bounds": [[0, 1, 2]]}, r"\(lower, upper\) pair"),
        ({"bounds": np.empty((0, 2))}, r"\(lower, upper\) pair"),
        ({"bounds": [[0, 1], [3, 3]]}, "the lower one below"),
        ({"bounds": [[0, 1], [3, np.inf]]}, "must be finite"),
        ({"input_names": ["a"]}, "2 pairs of bounds but 1 input_names"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_a_problem_does_not_change():
    bounds = np.array([[0.0, 1.0], [2.0, 5.0]])
    problem = make(bounds=bounds)
    bounds[:] = 7
    assert_array_equal(problem.bounds, [[0, 1], [2, 5]])
    with pytest.raises(ValueError, match="read-only"):
        problem.bounds[0, 0] = 3
    with pytest.raises(AttributeError):
        problem.name = "other"


def test_the_repr_is_short_for_many_outputs():
    assert repr(make()) == "<Problem total: a, b -> sum>"
    many = make(output_names=[f"y{i}" for i in range(9)])
    assert repr(many) == "<Problem total: a, b -> y0, ..., y8 (9 outputs)>"


def test_what_the_function_returns_is_checked():
    def make(function, names=("y",)):
        return Problem("m", function, [(0, 1)] * 2, ("a", "b"), names)

    with pytest.raises(ValueError, match=r"shape \(3, 4\).*must be \(3,\)"):
        make(lambda X: np.c_[X, X])(np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"shape \(\)"):
        make(lambda X: 3.0)(np.ones((3, 2)))
    with pytest.raises(ValueError, match="one string"):
        make(lambda X: X[:, 0], "yield")
    with pytest.raises(TypeError, match="not callable"):
        make(None)


def test_a_function_that_works_in_place_changes_nothing():
    problem = Problem(
        "m",
        lambda X: np.multiply(X, 2, out=X).sum(axis=1),
        [(0, 1)] * 2,
        ("a", "b"),
        ("y",),
    )
    X = problem.sample(3, 0)
    before = X.copy()
    problem(X)
    assert (before == X).all()
