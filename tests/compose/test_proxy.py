"""Another model's eyes."""

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from sklearn.svm import LinearSVC
from sklearn.utils import get_tags
from skorch import NeuralNetClassifier
from torch import nn

from skactive import ActiveLearner, ModelView, strategies
from skactive.compose import Proxy

X = np.random.default_rng(0).normal(size=(90, 3)) * [1, 100, 1]
Y = np.where(X[:, 0] > 0, "yes", "no")


def picks(estimator, strategy, X=X, y=Y):
    learner = ActiveLearner(estimator, strategy, random_state=0)
    return learner.fit(X[:20], y[:20]).query(X[20:], 6)


@pytest.mark.parametrize(
    "strategy",
    [
        strategies.entropy(),
        strategies.coreset(),
        strategies.badge(random_state=3),
        strategies.kmeans(random_state=3),
    ],
)
def test_it_chooses_as_a_learner_with_that_model(strategy):
    other = make_pipeline(StandardScaler(), LogisticRegression())
    rows = picks(LinearSVC(), Proxy(strategy, other))
    assert_array_equal(rows, picks(other, strategy))


def test_it_gives_what_the_model_lacks():
    names = get_tags(Proxy(strategies.bald(), RandomForestClassifier())).strategy
    assert names.needs == ()
    assert names.stochastic
    assert not names.cold_start
    rows = picks(LinearSVC(), Proxy(strategies.bald(), RandomForestClassifier(9)))
    assert len(set(rows)) == 6


def test_its_model_is_fitted_to_the_labels_alone_and_left_as_it_was_given():
    other = RandomForestClassifier(3)
    learner = ActiveLearner(LinearSVC(), Proxy(strategies.margin(), other))
    learner.fit(X[:20], Y[:20]).query(X[20:], 3)
    fitted = learner.last_query_.strategy.estimator_
    assert fitted.classes_.tolist() == ["no", "yes"]
    assert isinstance(fitted.random_state, int)
    assert other.random_state is None
    assert not hasattr(other, "classes_")


def test_tables_with_words():
    frame = pd.DataFrame({"a": X[:, 0], "b": np.where(X[:, 2] > 0, "up", "down")})
    prepare = make_column_transformer((OneHotEncoder(), ["b"]), remainder="passthrough")
    outer = make_pipeline(prepare, LinearSVC())
    other = make_pipeline(prepare, LogisticRegression())
    learner = ActiveLearner(outer, Proxy(strategies.entropy(), other))
    rows = learner.fit(frame[:20], Y[:20]).query(frame[20:], 4)
    assert len(set(rows)) == 4


def test_regressors():
    rows = picks(Ridge(), Proxy(strategies.variance(), BayesianRidge()), X, X[:, 1])
    assert_array_equal(rows, picks(BayesianRidge(), strategies.variance(), X, X[:, 1]))


@pytest.mark.parametrize(
    "other",
    [
        LabelSpreading(kernel="knn", n_neighbors=5),
        SelfTrainingClassifier(LogisticRegression()),
        make_pipeline(StandardScaler(), LabelSpreading()),
    ],
)
def test_a_label_of_minus_one_is_a_class_of_the_other_model(other):
    digits = np.digitize(X[:, 0], [-0.5, 0.5])
    rows = []
    for labels in ([0, 1, 2], [5, -1, 6]):
        y = np.array(labels)[digits]
        learner = ActiveLearner(LinearSVC(), Proxy(strategies.margin(), other))
        learner.set_params(random_state=0).fit(X[:20], y[:20])
        rows.append(learner.query(X[20:], 6))
        fitted = learner.last_query_.strategy.estimator_
        assert fitted.classes_.tolist() == sorted(labels)
    assert_array_equal(*rows)


@pytest.mark.parametrize(
    "wrap", [lambda net: net, lambda net: make_pipeline(StandardScaler(), net)]
)
def test_a_raw_net_is_the_other_model(wrap):
    torch.manual_seed(0)
    net = NeuralNetClassifier(
        nn.Linear(3, 2), criterion=nn.CrossEntropyLoss, max_epochs=3, verbose=0
    )
    proxy = Proxy(strategies.margin(), wrap(net))
    assert get_tags(proxy).strategy.stochastic
    assert_array_equal(picks(LinearSVC(), proxy), picks(LinearSVC(), proxy))
    assert not hasattr(net, "module_")


def test_before_there_are_labels():
    proxy = Proxy(strategies.coreset(), LogisticRegression())
    with pytest.raises(NotFittedError, match="call fit with labels"):
        proxy.select(X)
    with pytest.raises(NotFittedError, match="Proxy needs a fitted model"):
        ActiveLearner(LinearSVC(), proxy).query(X)


def test_a_class_that_the_other_model_has_not_seen():
    view = ModelView.from_outputs(X[:4], proba=np.eye(4), classes=list("abcd"))
    proxy = Proxy(strategies.margin(), LogisticRegression())
    proxy.fit(view, np.array(list("aabb")))
    assert len(proxy.select(view, 2)) == 2


def test_a_class_is_no_model():
    proxy = Proxy(strategies.entropy(), LogisticRegression)
    message = r"estimator=LogisticRegression of Proxy is a class.*Regression\(\)"
    for chooser in (proxy, ActiveLearner(LinearSVC(), proxy)):
        with pytest.raises(ValueError, match=message):
            chooser.fit(X[:20], Y[:20])
