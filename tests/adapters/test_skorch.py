"""Nets: one pass gives predictions and embedding, dropout gives draws."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skactive import ActiveLearner, Committee, ModelView
from skactive.exceptions import MissingCapability
from skactive.nets import TorchMLPClassifier, TorchMLPRegressor, as_estimator

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]


def net(**params):
    params = {"hidden_sizes": (7, 5), "max_epochs": 5, "random_state": 0, **params}
    return TorchMLPClassifier(**params)


def regressor(**params):
    params = {"hidden_sizes": (7,), "max_epochs": 5, "random_state": 0, **params}
    return TorchMLPRegressor(**params)


@pytest.fixture(scope="module")
def fitted():
    return net(dropout=0.3).fit(X, NAMES)


def head_of(estimator):
    linear = [p for p in estimator.net_.module_.modules() if isinstance(p, nn.Linear)]
    return linear[-1].weight.detach().numpy(), linear[-1].bias.detach().numpy()


def test_the_last_layer_maps_the_embedding_to_the_logits(fitted):
    view = ModelView(X, fitted)
    weight, bias = head_of(fitted)
    assert view.embed().shape == (150, 5)
    assert view.embed().dtype == np.float32
    assert_allclose(view.embed() @ weight.T + bias, view.logits(), rtol=1e-4, atol=1e-5)
    softmax = torch.softmax(torch.tensor(view.logits().astype(np.float64)), 1)
    assert_allclose(view.predict_proba(), softmax, atol=1e-6)
    assert_allclose(view.predict_proba(), fitted.predict_proba(X))
    assert_array_equal(view.predict(), fitted.predict(X))


def test_another_layer_can_be_named(fitted):
    names = [
        n for n, p in fitted.net_.module_.named_modules() if isinstance(p, nn.Linear)
    ]
    view = ModelView(X, fitted)
    assert view.embed(names[0]).shape == (150, 7)
    assert_allclose(view.embed(names[-1]), view.logits(), atol=1e-6)
    with pytest.raises(ValueError, match="layer='cellar' is not a module of the net"):
        view.embed("cellar")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: make_pipeline(StandardScaler(), model),
        lambda model: GridSearchCV(make_pipeline(StandardScaler(), model), {}, cv=2),
        lambda model: make_pipeline(StandardScaler(), GridSearchCV(model, {}, cv=2)),
    ],
)
def test_preprocessing_runs_first_whatever_the_wrapper(wrap):
    model = wrap(net()).fit(X, NAMES)
    view = ModelView(X, model)
    assert_allclose(view.predict_proba(), model.predict_proba(X), atol=1e-7)
    assert_array_equal(view.predict(), model.predict(X))
    assert_allclose(view.inputs(), StandardScaler().fit_transform(X))
    assert view.embed().shape == (150, 5)
    assert view.predict_draws(3).shape == (150, 3, 3)


def test_predictions_stay_those_of_the_outermost_model():
    for model in (
        CalibratedClassifierCV(net(max_epochs=2), cv=2),
        VotingClassifier(
            [("a", net(max_epochs=2)), ("b", GaussianNB())], voting="soft"
        ),
        ActiveLearner(net(max_epochs=2), classes=["alba"], random_state=0),
    ):
        view = ModelView(X, model.fit(X, NAMES))
        assert_allclose(view.predict_proba(), model.predict_proba(X))
        assert_array_equal(view.predict(), model.predict(X))
        assert view.embed().shape == (150, 5), "the net inside gives the embedding"


def test_the_decision_of_a_regressor_is_in_units_of_the_target():
    model = regressor().fit(X, 1000 + 50 * X[:, 3])
    view = ModelView(X, model)
    assert_array_equal(view.predict(), model.predict(X))
    assert view.embed().shape == (150, 7)
    assert not view.provides("proba")
    pair = ModelView(X, regressor().fit(X, X[:, 2:]))
    assert pair.predict().shape == (150, 2)
    assert pair.predict_std().shape == (150, 2)


# Draws


def test_dropout_draws_scatter_around_the_prediction(fitted):
    view = ModelView(X, fitted, seed=3)
    draws = view.predict_draws(400)
    assert draws.shape == (150, 400, 3)
    assert_allclose(draws.sum(axis=2), 1, atol=1e-5)
    assert draws.std(axis=1).max() > 0.02
    assert np.abs(draws.mean(axis=1) - view.predict_proba()).max() < 0.2
    assert_array_equal(ModelView(X, fitted, seed=3).predict_draws(400), draws)
    assert not np.array_equal(ModelView(X, fitted, seed=4).predict_draws(400), draws)


def test_consistent_draws_are_functions_of_the_sample(fitted):
    view = ModelView(np.vstack([X[:5], X[:5]]), fitted)
    joint = view.predict_draws(6, consistent=True)
    assert_allclose(joint[:5], joint[5:], atol=1e-6)
    assert not np.allclose(joint[:, 0], joint[:, 1])
    apart = view.predict_draws(6)
    assert not np.allclose(apart[:5], apart[5:])


def test_draws_of_regressors_are_in_units_of_the_target():
    targets = 1000 + 50 * X[:, 3]
    model = TransformedTargetRegressor(
        regressor(dropout=0.2), func=np.log, inverse_func=np.exp
    ).fit(X, targets)
    view = ModelView(X, model)
    draws = view.predict_draws(50)
    assert draws.shape == (150, 50, 1)
    assert 500 < draws.min() < draws.max() < 2000
    assert_allclose(view.predict_std(), view.predict_draws().std(axis=1)[:, 0])
    inner = ModelView(X, model.regressor_).predict_draws(50)
    assert_allclose(draws, np.exp(inner))


def test_members_of_a_committee_of_nets_are_the_draws():
    committee = Committee(net(dropout=0.3), 3, random_state=0).fit(X, NAMES)
    view = ModelView(X, committee)
    draws = view.predict_draws(50)
    for t, member in enumerate(committee.estimators_):
        assert_allclose(draws[:, t], member.predict_proba(X), atol=1e-6)
    assert draws.shape == (150, 3, 3)


def test_without_dropout_there_are_no_draws():
    view = ModelView(X, net(dropout=0.0).fit(X, NAMES))
    with pytest.raises(
        MissingCapability, match=r"TorchMLPClassifier.*skactive\.Committee"
    ):
        view.predict_draws()


def test_a_learner_aligns_what_a_net_tells():
    learner = ActiveLearner(net(), random_state=0).fit(X[60:], NAMES[60:])
    learner.teach(X[:2], NAMES[:2], refit=False)
    view = learner.view(X)
    assert view.predict_proba().shape == (150, 3)
    assert_array_equal(view.predict_proba()[:, 0], 0)
    assert_array_equal(view.predict_draws(2)[:, :, 0], 0)
    assert np.isfinite(view.logits()).all()
    assert view.logits()[:, 0].max() < view.logits()[:, 1:].min()


def test_a_net_without_a_linear_layer_names_the_remedy():
    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3))

        def forward(self, X):
            return X[:, :3] * self.scale

    model = as_estimator(Flat(), task="classification", max_epochs=1).fit(X, NAMES)
    view = ModelView(X, model)
    assert view.predict_proba().shape == (150, 3)
    with pytest.raises(ValueError, match=r"no torch.nn.Linear.*layer="):
        view.embed()
