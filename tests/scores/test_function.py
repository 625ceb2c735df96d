"""Any function of a view as a score."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags

from skactive import ModelView
from skactive.base import Facts
from skactive.exceptions import MissingCapability
from skactive.scores import FunctionScore


def distance_from_two(view):
    return abs(view.predict() - 2)


def test_a_function_ranks():
    view = ModelView.from_outputs(prediction=[0.0, 1.9, 7.0])
    assert FunctionScore(distance_from_two).select(view, 3).tolist() == [2, 0, 1]


def test_what_it_needs_is_declared_checked_and_announced():
    score = FunctionScore(distance_from_two, needs=("prediction",))
    assert get_tags(score).strategy == Facts(needs=("prediction",))
    assert get_tags(FunctionScore(distance_from_two)).strategy == Facts()
    assert clone(score).needs == ("prediction",)
    with pytest.raises(MissingCapability, match="FunctionScore needs predictions"):
        score.select(ModelView.from_outputs(embedding=np.eye(2)))
    view = ModelView.from_outputs(prediction=[0.0, 1.9])
    score.select(view)
    assert view.expects("prediction")


@pytest.mark.parametrize(
    ("parameters", "name"), [({"func": "max"}, "func"), ({"needs": "proba"}, "needs")]
)
def test_wrong_parameters(parameters, name):
    score = FunctionScore(distance_from_two).set_params(**parameters)
    with pytest.raises(ValueError, match=f"'{name}' parameter of FunctionScore"):
        score.select(ModelView.from_outputs(prediction=[1.0]))


def test_what_the_function_returns_is_checked():
    view = ModelView.from_outputs(prediction=[0.0, 1.9])
    with pytest.raises(ValueError, match="one number per sample"):
        FunctionScore(lambda view: 3.0).select(view)
    with pytest.raises(ValueError, match="2 scores that are not finite"):
        FunctionScore(lambda view: np.full(2, np.nan)).select(view)
