"""Where training starts: new weights, the trained ones, or a mixture."""

import copy

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skactive import ActiveLearner, Committee
from skactive.nets import (
    NetClassifier,
    NetRegressor,
    TorchMLPClassifier,
    TorchMLPRegressor,
)


def weights(estimator):
    return {n: p.detach().clone() for n, p in estimator.net_.module_.named_parameters()}


def assert_equal(some, other):
    assert some.keys() == other.keys()
    for name in some:
        assert torch.equal(some[name], other[name]), name


@pytest.fixture(params=["mlp classifier", "mlp regressor", "classifier", "regressor"])
def case(request, tiny_net, blobs, plane):
    """An estimator and its data."""
    kind = request.param
    if kind == "mlp classifier":
        return TorchMLPClassifier((8,), max_epochs=3, random_state=0), *blobs
    if kind == "mlp regressor":
        return TorchMLPRegressor((8,), max_epochs=3, random_state=0), *plane
    if kind == "classifier":
        return NetClassifier(tiny_net(max_epochs=3), random_state=0), *blobs
    net = tiny_net("regression", max_epochs=3, module__norm=True)
    return NetRegressor(net, random_state=0), *plane


def twice(estimator, X, y, **params):
    """Fit on half of the rows, then with other parameters on all."""
    estimator = clone(estimator).fit(X[:40], y[:40])
    return estimator.set_params(**params).fit(X, y)


def test_the_limits_of_shrink_and_perturb_are_exact(case):
    warm = twice(*case, start="warm")
    as_warm = twice(*case, start="shrink_perturb", shrink=1, perturb=0)
    assert_equal(weights(as_warm), weights(warm))
    reset = twice(*case)
    as_reset = twice(*case, start="shrink_perturb", shrink=0, perturb=1)
    assert_equal(weights(as_reset), weights(reset))
    X = case[1]
    assert_array_equal(as_warm.predict(X), warm.predict(X))
    assert_array_equal(as_reset.predict(X), reset.predict(X))
    first, second = (next(iter(weights(e).values())) for e in (warm, reset))
    assert not torch.equal(first, second)


def test_a_fresh_estimator_trains_from_new_weights(case):
    estimator, X, y = case
    expected = weights(clone(estimator).fit(X, y))
    for start in ("warm", "shrink_perturb"):
        other = clone(estimator).set_params(start=start).fit(X, y)
        assert_equal(weights(other), expected)


def test_the_mixture(tiny_net, blobs):
    X, y = blobs
    clf = NetClassifier(tiny_net(max_epochs=0), random_state=0).fit(X, y)
    fresh = weights(clf)
    clf.set_params(net__max_epochs=4).fit(X, y)
    trained, former = weights(clf), clf.net_
    clf.set_params(start="shrink_perturb", net__max_epochs=0).fit(X, y)
    for name, value in weights(clf).items():
        assert_allclose(value, 0.4 * trained[name] + 0.1 * fresh[name], rtol=1e-5)
    assert clf.net_ is not former
    assert_equal(dict(former.module_.named_parameters()), trained)
    assert clf.get_params()["shrink"] == 0.4


def test_statistics_and_optimizer_are_fresh(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(module__norm=True, max_epochs=4)
    clf = NetClassifier(net, start="shrink_perturb", random_state=0).fit(X, y)
    assert clf.net_.module_.norm.running_mean.any()
    clf.set_params(net__max_epochs=0).fit(X, y)
    assert not clf.net_.module_.norm.running_mean.any()
    assert not clf.net_.optimizer_.state
    assert len(clf.net_.history) == 0


def test_columns_and_targets_are_scaled_by_the_new_rows(plane):
    X, Y = plane
    reg = TorchMLPRegressor((8,), start="warm", max_epochs=30, random_state=0)
    reg.fit(X[:40], Y[:40])
    reg.fit(5 + X, 7 * Y + 100)
    assert_allclose(reg.y_mean_, (7 * Y + 100).mean(0))
    assert_allclose(reg.y_scale_, (7 * Y).std(0))
    assert_allclose(reg.net_.module_[0].mean, 5 + X.mean(0), rtol=1e-5)
    assert reg.score(5 + X, 7 * Y + 100) > 0.5


def test_other_classes_or_shapes_start_afresh(blobs, plane):
    X, y = blobs
    clf = TorchMLPClassifier((8,), start="warm", max_epochs=2, random_state=0)
    names = np.array(["b", "c", "d"])
    others = [
        (X, names[y]),
        (X[y > 0], y[y > 0]),
        (np.hstack([X, X]), y),
    ]
    for X_new, y_new in others:
        expected = weights(clone(clf).fit(X_new, y_new))
        assert_equal(weights(clone(clf).fit(X, y).fit(X_new, y_new)), expected)
    wider = clone(clf).fit(X, y).set_params(hidden_sizes=(9,)).fit(X, y)
    assert_equal(weights(wider), weights(clone(wider).fit(X, y)))
    X, Y = plane
    reg = TorchMLPRegressor((8,), start="warm", max_epochs=2, random_state=0).fit(X, Y)
    expected = weights(clone(reg).fit(X, Y[:, 0]))
    assert_equal(weights(reg.fit(X, Y[:, 0])), expected)


class Frozen(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.random = nn.Linear(n_in, 6).requires_grad_(False)
        self.head = nn.Linear(6, n_out)

    def forward(self, X):
        return self.head(torch.relu(self.random(X)))


def test_frozen_weights_stay(tiny_net, blobs):
    X, y = blobs
    clf = NetClassifier(tiny_net(module=Frozen, max_epochs=2), start="shrink_perturb")
    first = weights(clf.fit(X, y))
    second = weights(clf.fit(X, y))
    assert torch.equal(second["random.weight"], first["random.weight"])
    assert not torch.equal(second["head.weight"], first["head.weight"])


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix])
def test_a_module_instance_and_lazy_layers(tiny_net, blobs, make):
    X, y = blobs
    X = make(X)
    given = nn.Linear(2, 3)
    before = copy.deepcopy(given.state_dict())
    clf = NetClassifier(tiny_net(module=given, max_epochs=3), start="warm")
    first = weights(clf.fit(X, y))
    clf.set_params(net__max_epochs=0).fit(X, y)
    assert_equal(weights(clf), first)
    assert_equal(dict(given.state_dict()), before)
    lazy = NetClassifier(tiny_net(module=nn.LazyLinear(3), max_epochs=3), start="warm")
    first = weights(lazy.fit(X, y))
    lazy.set_params(net__max_epochs=0).fit(X, y)
    assert_equal(weights(lazy), first)


@pytest.mark.parametrize(
    ("params", "message"),
    [({"start": "hot"}, "start"), ({"shrink": 2}, "shrink"), ({"perturb": -1}, "pert")],
)
def test_bad_parameters_are_named(case, params, message):
    estimator, X, y = case
    with pytest.raises(ValueError, match=message):
        estimator.set_params(**params).fit(X, y)


# In a learner

AS_RESET = {"start": "shrink_perturb", "shrink": 0, "perturb": 1}
AS_WARM = {"start": "shrink_perturb", "shrink": 1, "perturb": 0}


def taught(estimator, X, y, seed=0):
    learner = ActiveLearner(estimator, "random", random_state=seed)
    return learner.fit(X[:30], y[:30]).teach(X[30:60], y[30:60])


WRAPPERS = {
    "alone": lambda e: e,
    "pipeline": lambda e: make_pipeline(StandardScaler(), e),
    "committee": lambda e: Committee(e, 3),
    "committee of pipelines": lambda e: Committee(
        make_pipeline(StandardScaler(), e), 3
    ),
    "pipeline around a committee": lambda e: make_pipeline(
        StandardScaler(), Committee(e, 3)
    ),
}


@pytest.mark.parametrize("dropout", [0.0, 0.2])
@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_limits_hold_through_a_learner(blobs, wrapper, dropout):
    X, y = blobs

    def proba(**params):
        net = TorchMLPClassifier((8,), max_epochs=3, dropout=dropout, **params)
        return taught(WRAPPERS[wrapper](net), X, y).predict_proba(X)

    reset, warm = proba(), proba(start="warm")
    assert_array_equal(proba(**AS_RESET), reset)
    assert_array_equal(proba(**AS_WARM), warm)
    assert np.abs(warm - reset).max() > 0.01


@pytest.mark.parametrize("trained", ["together", "apart"])
@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_limits_of_regressors_hold_through_a_learner(tiny_net, plane, wrapper, trained):
    X, Y = plane

    def prediction(**params):
        if trained == "together":
            net = TorchMLPRegressor((8,), max_epochs=3, **params)
        else:  # statistics of BatchNorm keep members apart
            net = tiny_net("regression", module__norm=True, max_epochs=3)
            net = NetRegressor(net, **params)
        return taught(WRAPPERS[wrapper](net), X, Y).predict(X)

    reset, warm = prediction(), prediction(start="warm")
    assert_array_equal(prediction(**AS_RESET), reset)
    assert_array_equal(prediction(**AS_WARM), warm)
    assert np.abs(warm - reset).max() > 0.01


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_limits_hold_without_another_epoch(tiny_net, blobs, plane, task):
    """Weights alone: no training covers up what they started from."""
    X, y = blobs if task == "classification" else plane
    make = NetClassifier if task == "classification" else NetRegressor

    def members(**params):
        net = make(tiny_net(task, module__norm=True, max_epochs=3), **params)
        learner = ActiveLearner(Committee(net, 2), "random", random_state=0)
        learner.fit(X[:30], y[:30])
        former = [weights(member) for member in learner.estimator_.estimators_]
        for estimator in (learner.estimator, learner.estimator_):
            estimator.set_params(estimator__net__max_epochs=0)
        learner.teach(X[30:60], y[30:60])
        return former, [weights(m) for m in learner.estimator_.estimators_]

    fresh = members()[1]
    for params in ({"start": "warm"}, AS_WARM):
        for old, new in zip(*members(**params), strict=True):
            assert_equal(new, old)
    for new, expected in zip(members(**AS_RESET)[1], fresh, strict=True):
        assert_equal(new, expected)
    for old, new, own in zip(*members(start="shrink_perturb"), fresh, strict=True):
        for name, value in new.items():
            assert_allclose(value, 0.4 * old[name] + 0.1 * own[name], atol=1e-6)


def test_teach_goes_on_from_a_copy_and_a_new_class_starts_afresh(blobs):
    X, y = blobs
    few = np.flatnonzero(y < 2)
    net = TorchMLPClassifier((8,), lr=0.02, max_epochs=20, start="warm")
    learner = ActiveLearner(net, random_state=0).fit(X[few[:30]], y[few[:30]])
    former, trained = learner.estimator_, weights(learner.estimator_)
    learner.teach(X[few[30:40]], y[few[30:40]])
    assert learner.estimator_ is not former
    assert_equal(weights(former), trained)
    loss = learner.estimator_.net_.history[0, "train_loss"]
    assert loss < former.net_.history[0, "train_loss"] / 2
    learner.teach(X[:9], y[:9])
    assert learner.predict_proba(X).shape == (90, 3)
    expected = ActiveLearner(clone(net), random_state=0).fit(
        learner.X_labeled_, learner.y_labeled_
    )
    assert_equal(weights(learner.estimator_), weights(expected.estimator_))


def test_the_weights_mixed_in_are_new_in_every_round(blobs):
    X, y = blobs
    net = TorchMLPClassifier((8,), max_epochs=1, start="shrink_perturb")
    learner = ActiveLearner(net, random_state=0).fit(X[:30], y[:30])
    first = learner.estimator_.random_state
    assert learner.teach(X[30:60], y[30:60]).estimator_.random_state != first
    fixed = ActiveLearner(clone(net).set_params(random_state=4)).fit(X[:30], y[:30])
    assert fixed.teach(X[30:60], y[30:60]).estimator_.random_state == 4


@pytest.mark.parametrize("wrong", ["labels", "sizes"])
def test_a_fit_that_fails_changes_nothing(blobs, wrong):
    X, y = blobs
    clf = TorchMLPClassifier((8,), max_epochs=3, random_state=0).fit(X, y)
    reg = TorchMLPRegressor((8,), max_epochs=3, random_state=0).fit(X, X[:, 0])
    for model, target in (clf, np.array(["a", "b", "c", "d"])[y]), (reg, 99 * X[:, 0]):
        before, attributes = model.predict(X), set(vars(model))
        weight = None
        if wrong == "labels":
            weight = -np.ones(len(X))
        else:
            model.set_params(hidden_sizes=(0,))
        with pytest.raises(ValueError, match=r"sample_weight|hidden_sizes"):
            model.fit(X, target, weight)
        assert_array_equal(model.predict(X), before)
        assert set(vars(model)) == attributes
