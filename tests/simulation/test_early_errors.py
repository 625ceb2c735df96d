"""Errors that are known before, or soon after, the first model is trained."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB

from skactive import simulate
from skactive.datasets import Problem, friedman1
from skactive.exceptions import MissingCapability

SIZES = {"n_initial": 10, "n_queries": 5, "budget": 20, "random_state": 0}


class Counting(Ridge):
    n_fits = 0

    def fit(self, X, y):
        Counting.n_fits += 1
        return super().fit(X, y)


@pytest.fixture(autouse=True)
def _from_zero():
    Counting.n_fits = 0


def test_a_strategy_for_another_task():
    with pytest.raises(ValueError, match="is for classification"):
        simulate(Counting(), friedman1(5), strategies=["random", "margin"], **SIZES)
    assert Counting.n_fits == 0


def test_a_strategy_that_the_model_cannot_serve():
    strategies = ["random", "gsx", "qbc"]
    with pytest.raises(MissingCapability):
        simulate(Counting(), friedman1(5), strategies=strategies, **SIZES)
    assert Counting.n_fits <= 3 * len(strategies)  # the first repeat alone


def test_a_problem_that_is_not_called():
    with pytest.raises(ValueError, match="call it"):
        simulate(Counting(), friedman1, strategies=["random"], **SIZES)


def test_runs_that_fail():
    def solver(X):
        return np.where(X[:, 0] > 0.9, np.nan, X[:, 0])

    problem = Problem("solver", solver, [(0, 1)] * 2, ("a", "b"), ("y",))
    with pytest.raises(ValueError, match=r"solver gave labels that are not finite"):
        simulate(Counting(), problem, strategies=["random"], **SIZES)
    assert Counting.n_fits == 0


@pytest.mark.parametrize("test_size", [0, -1, True, 0.5])
def test_size_of_a_test_set(test_size):
    with pytest.raises(ValueError, match="at least 1"):
        simulate(
            Ridge(), friedman1(5), strategies=["random"], test_size=test_size, **SIZES
        )


def test_a_classifier_does_not_learn_the_numbers_of_a_problem():
    message = r"The answer of friedman1 .*\(10,\) holds numbers .* or a regressor"
    with pytest.raises(ValueError, match=message):
        simulate(GaussianNB(), friedman1(5), strategies=["random"], **SIZES)


@pytest.mark.parametrize(
    ("labels", "message"),
    [(["a", "b", np.nan], "missing"), (["a", "b", 1], "text beside other labels")],
)
def test_numpy_makes_no_text_of_what_stands_beside_text(labels, message):
    X = np.arange(40.0).reshape(20, 2)
    with pytest.raises(ValueError, match=message):
        simulate(GaussianNB(), X[:15], labels * 5, strategies=["random"], **SIZES)
