"""The predicted loss as an output of a view."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skactive import ActiveLearner, Committee, ModelView, strategies
from skactive.exceptions import MissingCapability
from skactive.nets import (
    LearningLossClassifier,
    LearningLossRegressor,
    TorchMLPRegressor,
)
from skactive.scores import PredictedLoss

X, y = load_iris(return_X_y=True)
SMALL = {"hidden_sizes": (7, 5), "max_epochs": 3, "random_state": 0}


@pytest.fixture(scope="module")
def fitted():
    return LearningLossClassifier(**SMALL).fit(X, y)


def test_one_pass_gives_it_with_all_else(fitted):
    n_rows = []
    module = fitted.net_.module_
    hook = module.register_forward_pre_hook(
        lambda module, args: n_rows.append(len(args[0]))
    )
    view = ModelView(X, fitted).expect("embedding")
    predicted = view.output("predicted_loss")
    view.predict_proba(), view.logits(), view.embed()
    hook.remove()
    assert sum(n_rows) == len(X)
    assert predicted.shape == (150,)
    assert_array_equal(predicted, fitted.predict_loss(X))
    assert_array_equal(view[[3, 1]].output("predicted_loss"), predicted[[3, 1]])


def test_the_head_is_no_part_of_the_model_otherwise(fitted):
    view = ModelView(X, fitted)
    layers = [p for p in fitted.net_.module_.mlp if isinstance(p, nn.Linear)]
    weight, bias = (p.detach().numpy() for p in layers[-1].parameters())
    assert view.embed().shape == (150, 5)
    assert_allclose(view.embed() @ weight.T + bias, view.logits(), rtol=1e-4, atol=1e-5)
    factors = view.gradient_factors("all")
    assert [(a.shape[1], s.shape[1]) for a, s in factors] == [(5, 7), (8, 5), (6, 3)]
    assert view.predict_draws(4).shape == (150, 4, 3)
    assert view.provides("input_gradient")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(StandardScaler(), net),
        lambda net: TransformedTargetRegressor(net, transformer=StandardScaler()),
        lambda net: ActiveLearner(net, "learning_loss", random_state=0),
    ],
)
def test_inside_of_a_wrapper(wrap):
    model = wrap(LearningLossRegressor(**SMALL)).fit(X, X[:, 3])
    view = ModelView(X, model)
    assert view.provides("predicted_loss")
    assert view.output("predicted_loss").shape == (150,)
    assert_array_equal(view.predict(), model.predict(X))


@pytest.mark.parametrize(
    "model",
    [
        Ridge(),
        TorchMLPRegressor(**SMALL),
        Committee(LearningLossRegressor(**SMALL), 2, random_state=0),
    ],
)
def test_other_regressors_have_none(model):
    view = ModelView(X, model.fit(X, X[:, 3]))
    assert not view.provides("predicted_loss")
    with pytest.raises(MissingCapability, match=r"nets\.LearningLossRegressor"):
        PredictedLoss().select(view)


def test_other_classifiers_have_none():
    learner = ActiveLearner(LogisticRegression(), "learning_loss").fit(X / 9, y)
    with pytest.raises(MissingCapability, match=r"nets\.LearningLossClassifier"):
        learner.query(X)


def test_the_strategy_asks_for_the_highest(fitted):
    view = ModelView(X, fitted)
    rows = strategies.learning_loss().select(view, 9)
    predicted = fitted.predict_loss(X)
    assert_allclose(predicted[rows], np.sort(predicted)[::-1][:9])
    assert "learning_loss" in strategies.names(estimator=fitted)
