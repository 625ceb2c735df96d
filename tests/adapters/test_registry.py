"""Models of other libraries plug in; unknown ones are asked as scikit-learn's are."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner, ModelView, strategies
from skactive.adapters import Adapter, find_adapter, register_adapter

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
y = (X[:, 0] > 0).astype(int)


class Swarm(RegressorMixin, BaseEstimator):
    """A model that nobody has heard of, with samples of its posterior."""

    def fit(self, X, y):
        self.slopes_ = np.random.default_rng(len(y)).normal(size=(6, X.shape[1]))
        return self

    def predict(self, X):
        return X @ self.slopes_.mean(axis=0)

    def posterior(self, X):
        return X @ self.slopes_.T


class SubSwarm(Swarm):
    pass


class SwarmAdapter(Adapter):
    def has(self, name):
        return name == "draws" or super().has(name)

    def draws(self, view, n_draws, consistent):
        return self.inner.posterior(view.output("raw_inputs"))[:, :, None]


class Foreign(ClassifierMixin, BaseEstimator):
    """Duck typed, without any registration."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        positive = 1 / (1 + np.exp(-np.asarray(X)[:, 0]))
        return np.column_stack([1 - positive, positive])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    from skactive.adapters import _registry

    monkeypatch.setattr(_registry, "_BY_TYPE", {})
    register_adapter(Swarm, SwarmAdapter)


@pytest.mark.parametrize("Model", [Swarm, SubSwarm])
@pytest.mark.parametrize("behind_scaler", [False, True])
def test_a_registered_adapter_serves_its_type_and_its_subclasses(Model, behind_scaler):
    model = make_pipeline(StandardScaler(), Model()) if behind_scaler else Model()
    model.fit(X, X[:, 0])
    seen = StandardScaler().fit_transform(X) if behind_scaler else X
    swarm = model[-1] if behind_scaler else model
    view = ModelView(X, model)
    assert_allclose(view.predict_draws()[:, :, 0], swarm.posterior(seen))
    assert_allclose(view.predict_std(), swarm.posterior(seen).std(axis=1))


@pytest.mark.parametrize("strategy", ["qbc", "variance"])
def test_a_registered_model_serves_strategies(strategy):
    learner = ActiveLearner(Swarm(), strategy, random_state=0).fit(X[:10], X[:10, 0])
    spread = learner.estimator_.posterior(X).var(axis=1)
    assert_array_equal(learner.query(X, 4), np.argsort(-spread)[:4])
    assert strategy in strategies.names(estimator=learner.estimator_)


def test_a_subclass_may_have_an_adapter_of_its_own():
    class Other(SwarmAdapter):
        pass

    register_adapter(SubSwarm, Other)
    assert type(find_adapter(SubSwarm())) is Other
    assert type(find_adapter(Swarm())) is SwarmAdapter


def test_an_unknown_model_is_asked_through_its_methods():
    model = Foreign().fit(X, y)
    view = ModelView(X, model)
    assert_array_equal(view.predict_proba(), model.predict_proba(X))
    assert_allclose(view.embed(), StandardScaler().fit_transform(X), atol=1e-6)
    learner = ActiveLearner(Foreign(), random_state=0).fit(X[:10], y[:10])
    assert learner.query(X, 3).shape == (3,)


def test_what_is_no_class_is_refused():
    with pytest.raises(TypeError, match=r"estimator_type=Swarm\(\) is not a class"):
        register_adapter(Swarm(), SwarmAdapter)


def test_names_are_those_that_a_model_can_serve():
    able = strategies.names(estimator=Foreign().fit(X, y))
    assert {"margin", "badge", "coreset", "random"} <= set(able)
    assert not {"bald", "qbc", "variance"} & set(able)
    assert set(strategies.names(task="regression")) >= {"variance", "qbc", "gsx"}
    with pytest.raises(ValueError, match="task='ranking' is not a task"):
        strategies.names(task="ranking")
