"""A net that ends with the mean of its weights over the last epochs."""

import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from skorch.callbacks import Callback

from skactive import ActiveLearner
from skactive.nets import (
    GlisterSubset,
    GradMatch,
    NetClassifier,
    NetRegressor,
    StopAtAccuracy,
    StopAtSaturation,
    WeightAveraging,
)


class Record(Callback):
    """The weights after each epoch."""

    def on_train_begin(self, net, **kwargs):
        self.states_ = []

    def on_epoch_end(self, net, **kwargs):
        self.states_.append(weights_of(net))


def weights_of(net):
    return [p.detach().clone() for p in net.module_.parameters()]


def named(estimator, name):
    return dict(estimator.net_.callbacks_)[name]


def make(tiny_net, *callbacks, **params):
    params = {"module__norm": True, "max_epochs": 6, "batch_size": 32, **params}
    net = tiny_net(callbacks=[("record", Record()), *callbacks], **params)
    return NetClassifier(net, random_state=0)


def assert_equal(some, other):
    for value, expected in zip(some, other, strict=True):
        assert torch.equal(value, expected)


def test_the_average_of_two_known_states(tiny_net, blobs):
    clf = make(tiny_net, ("average", WeightAveraging(5))).fit(*blobs)
    assert named(clf, "average").n_averaged_ == 2
    *_, fifth, sixth = named(clf, "record").states_
    for value, *pair in zip(weights_of(clf.net_), fifth, sixth, strict=True):
        assert_allclose(value, sum(pair) / 2, rtol=1e-5, atol=1e-7)


def test_statistics_are_those_of_the_averaged_weights(tiny_net, blobs):
    X, y = blobs
    batches = {"batch_size": 45}  # equal ones: the mean of their means is that of all
    clf = make(tiny_net, ("average", WeightAveraging(2)), **batches).fit(X, y)
    module = clf.net_.module_
    with torch.no_grad():
        hidden = module.hidden(torch.tensor(X, dtype=torch.float32))
    assert_allclose(module.norm.running_mean, hidden.mean(0), rtol=1e-4, atol=1e-5)
    assert_allclose(module.norm.running_var, hidden.var(0), rtol=0.1)
    assert not module.training or clf.predict(X).shape == (90,)
    assert module.norm.momentum == 0.1


def test_nothing_changes_where_it_never_begins(tiny_net, blobs):
    X, y = blobs[0], np.arange(90) // 3 % 3  # not to be learned
    plain = make(tiny_net).fit(X, y)
    clf = make(tiny_net, ("average", WeightAveraging(1.0))).fit(X, y)
    assert named(clf, "average").n_averaged_ == 0
    assert_equal(clf.net_.module_.state_dict().values(), _values(plain))
    assert_array_equal(clf.predict_proba(X), plain.predict_proba(X))


def _values(estimator):
    return estimator.net_.module_.state_dict().values()


def test_it_begins_at_the_training_score(tiny_net, blobs, plane):
    clf = make(tiny_net, ("average", WeightAveraging(0.9)), max_epochs=40).fit(*blobs)
    assert 1 < named(clf, "average").n_averaged_ < 40
    assert clf.score(*blobs) > 0.95
    X, Y = plane
    net = tiny_net("regression", callbacks=[("average", WeightAveraging(0.5))])
    reg = NetRegressor(net, random_state=0).fit(X, Y)
    assert 1 < named(reg, "average").n_averaged_ < 50
    assert reg.score(X, Y) > 0.5


@pytest.mark.parametrize("position", [0, 1])
def test_the_epoch_of_a_stop_counts(tiny_net, blobs, position):
    callbacks = [("average", WeightAveraging(1))]
    callbacks.insert(position, ("stop", StopAtSaturation(0.0)))
    clf = make(tiny_net, *callbacks).fit(*blobs)
    assert len(clf.net_.history) == named(clf, "average").n_averaged_ == 1
    assert_equal(weights_of(clf.net_), named(clf, "record").states_[0])


def test_queries_use_it_and_a_warm_start_goes_on_from_it(tiny_net, blobs):
    X, y = blobs
    clf = make(tiny_net, ("average", WeightAveraging(2))).set_params(start="warm")
    learner = ActiveLearner(clf, "margin", random_state=0).fit(X[:50], y[:50])
    averaged = weights_of(learner.estimator_.net_)
    proba = learner.view(X).predict_proba()
    assert_array_equal(proba, learner.predict_proba(X))
    learner.set_params(estimator__net__lr=0.0)
    learner.estimator_.set_params(net__lr=0.0)
    learner.teach(X[50:], y[50:])
    assert_equal(weights_of(learner.estimator_.net_), averaged)


def test_weighted_rows_clones_and_pickles(tiny_net, blobs):
    X, y = blobs
    clf = make(tiny_net, ("average", WeightAveraging(3)), module__dropout=0.2)
    state = torch.get_rng_state()
    clf.fit(X, y, np.linspace(0, 1, 90))
    assert torch.equal(torch.get_rng_state(), state)
    again = pickle.loads(pickle.dumps(clf))
    assert_array_equal(again.predict_proba(X), clf.predict_proba(X))
    twin = clone(clf).fit(X, y, np.linspace(0, 1, 90))
    assert_array_equal(twin.predict_proba(X), clf.predict_proba(X))
    assert named(clf, "average").averaged_ is None


def test_bad_beginnings_and_stops_beside_it(tiny_net, blobs):
    for wrong in (0, 0.0, 1.1, True, "last"):
        with pytest.raises(ValueError, match="'start' parameter of WeightAveraging"):
            make(tiny_net, ("average", WeightAveraging(wrong))).fit(*blobs)
    with pytest.raises(ValueError, match=r"\(start=7\) begins .* has max_epochs=6"):
        make(tiny_net, ("average", WeightAveraging(7))).fit(*blobs)
    both = [("stop", StopAtAccuracy(0.5)), ("average", WeightAveraging(0.5))]
    clf = make(tiny_net, *both, max_epochs=60).fit(*blobs)
    assert 10 <= len(clf.net_.history) < 60


@pytest.mark.parametrize("subset", [GradMatch(warm_up=1), GlisterSubset(warm_up=1)])
def test_statistics_are_those_of_all_samples_in_any_order(tiny_net, blobs, subset):
    X, _ = blobs
    fitted = []
    for position in (0, 1):
        callbacks = [("average", WeightAveraging(2))]
        callbacks.insert(position, ("subset", subset))
        fitted.append(make(tiny_net, *callbacks, batch_size=45).fit(*blobs))
    module = fitted[0].net_.module_
    with torch.no_grad():
        hidden = module.hidden(torch.tensor(X, dtype=torch.float32))
    assert_allclose(module.norm.running_mean, hidden.mean(0), rtol=1e-4, atol=1e-5)
    for value, expected in zip(*map(_values, fitted), strict=True):
        assert_allclose(value, expected, rtol=1e-5, atol=1e-6)
