"""The rule that ends training at a target, or where nothing improves."""

import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.base import clone
from skorch import NeuralNetBinaryClassifier

from skactive.nets import (
    GradMatch,
    NetClassifier,
    NetRegressor,
    StopAtAccuracy,
    StopAtR2,
    StopAtSaturation,
    as_estimator,
    presets,
)


def n_epochs(estimator):
    return len(estimator.net_.history)


def epochs_until_stop(stop, n_hits):
    """Epochs with so many hits among a thousand, until the rule stops."""
    stop.on_train_begin(None)
    for epoch, n in enumerate(n_hits, start=1):
        if stop._reached(np.array([n, 1000])):
            return epoch
    return None


def epochs_until_stop_of_errors(stop, errors, variance=1.0):
    stop.on_train_begin(None)
    for epoch, error in enumerate(errors, start=1):
        if stop._reached(np.array([[100 * error], [100 * variance], [0], [100]])):
            return epoch
    return None


def test_a_separable_toy_stops_at_the_target(tiny_net, blobs, plane):
    X, y = blobs
    net = tiny_net(max_epochs=300, callbacks=[StopAtSaturation(patience=100)])
    clf = NetClassifier(net, random_state=0).fit(X, y)
    assert n_epochs(clf) < 100
    assert clf.score(X, y) > 0.98
    X, Y = plane
    net = tiny_net("regression", max_epochs=500, callbacks=[StopAtSaturation(0.9)])
    reg = NetRegressor(net, random_state=0).fit(X, Y)
    assert n_epochs(reg) < 400
    assert reg.score(X, Y) > 0.85


def test_an_unlearnable_one_stops_by_saturation(tiny_net):
    rng = np.random.default_rng(0)
    X = np.ones((60, 2))  # nothing to tell the rows apart
    stop = StopAtSaturation(tolerance=0.05)
    net = tiny_net(max_epochs=400, callbacks=[stop])
    clf = NetClassifier(net, random_state=0).fit(X, rng.integers(0, 2, 60))
    assert 11 <= n_epochs(clf) < 100
    net = tiny_net("regression", max_epochs=400, callbacks=[StopAtSaturation()])
    reg = NetRegressor(net, random_state=0).fit(X, rng.normal(size=60))
    assert 11 <= n_epochs(reg) < 200


def test_the_epoch_of_the_stop_by_hand():
    stop = StopAtSaturation(0.9, patience=3, tolerance=0.1)
    assert epochs_until_stop(stop, [500, 899, 900, 0]) == 3
    # Three epochs without a gain of more than a tenth on the best one before them.
    assert epochs_until_stop(stop, [500, 500, 500, 500]) == 4
    assert epochs_until_stop(stop, [500, 550, 580, 599, 599]) == 4
    assert epochs_until_stop(stop, [500, 700, 100, 100, 750]) == 5
    rising = [100, 210, 320, 430, 540, 650, 760, 870]
    assert epochs_until_stop(stop, rising) is None
    assert epochs_until_stop(StopAtSaturation(None, 100), [1000] * 50) is None


def test_errors_of_a_regressor_improve_by_a_share():
    stop = StopAtSaturation(0.99, patience=2, tolerance=0.1)
    halving = [1e-3 * 0.5**i for i in range(8)]
    assert epochs_until_stop_of_errors(stop, halving, variance=1e-9) is None
    assert epochs_until_stop_of_errors(stop, [0.5, 0.49, 0.48]) == 3
    assert epochs_until_stop_of_errors(stop, [0.5, 0.009]) == 2
    # Targets that do not vary have no R², and NaN is no improvement.
    assert epochs_until_stop_of_errors(stop, [0.5, 0, 0, 0], variance=0) == 4
    assert epochs_until_stop_of_errors(stop, [0.5, np.nan, np.nan]) == 3


@pytest.mark.parametrize("weighted", [False, True])
def test_binary_nets(weighted):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = np.where(X[:, 0] > 0, "yes", "no")
    net = NeuralNetBinaryClassifier(
        torch.nn.Linear,
        module__in_features=2,
        module__out_features=1,
        lr=1.0,
        max_epochs=300,
        callbacks=[StopAtSaturation(0.95, patience=300)],
    )
    weight = rng.uniform(0.5, 1, 60) if weighted else None
    clf = NetClassifier(net, random_state=0).fit(X, y, weight)
    assert n_epochs(clf) < 300
    assert clf.score(X, y) > 0.93


@pytest.mark.parametrize(
    "callback", [StopAtSaturation(0.98), ("stop", StopAtSaturation(0.98))]
)
def test_members_of_a_committee_stop_each_on_its_own(tiny_net, blobs, callback):
    X, y = blobs
    net = tiny_net(max_epochs=200, callbacks=[callback])
    clf = NetClassifier(net)
    members = clf.fit_members(X, y, [np.arange(90)] * 4, [0, 1, 2, 3])
    assert members is not NotImplemented
    assert len({n_epochs(member) for member in members}) > 1
    for member in members:
        alone = clone(member).fit(X, y)
        assert n_epochs(member) == n_epochs(alone) < 200
        assert_allclose(member.predict_proba(X), alone.predict_proba(X), atol=1e-4)


def test_it_is_cloned_pickled_and_refused(blobs):
    X, y = blobs
    stop = StopAtSaturation(0.9, 7, 0.01)
    assert clone(stop).get_params() == stop.get_params()
    clf = as_estimator(
        torch.nn.Linear(2, 3), task="classification", callbacks=[stop], random_state=0
    )
    again = pickle.loads(pickle.dumps(clf.fit(X, y)))
    assert n_epochs(again.fit(X, y)) == n_epochs(clf) < 100


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (StopAtAccuracy, {"target": 1.1}),
        (StopAtAccuracy, {"target": None}),
        (StopAtR2, {"target": True}),
        (StopAtSaturation, {"target": 99}),
        (StopAtSaturation, {"patience": 0}),
        (StopAtSaturation, {"patience": 2.5}),
        (StopAtSaturation, {"tolerance": -1e-3}),
    ],
)
def test_parameters_out_of_range(tiny_net, blobs, kind, params):
    (name,) = params
    clf = NetClassifier(tiny_net(callbacks=[kind(**params)]))
    with pytest.raises(ValueError, match=f"The '{name}' parameter of {kind.__name__}"):
        clf.fit(*blobs)


def test_their_parameters_are_shown():
    assert repr(StopAtAccuracy(0.9)) == "StopAtAccuracy(target=0.9)"
    shown = "StopAtSaturation(target=None, patience=10, tolerance=0.001)"
    assert repr(StopAtSaturation(None)) == shown
    assert repr(GradMatch(0.2)).startswith("GradMatch(fraction=0.2, refresh=20, ")


@pytest.mark.parametrize("together", [False, True])
def test_rules_of_the_other_task_are_refused(tiny_net, blobs, plane, together):
    def fit(estimator, X, y):
        if together:
            estimator.fit_members(X, y, [np.arange(len(X))] * 2, [0, 1])
        else:
            estimator.fit(X, y)

    params = presets.get("beck/sgd", max_epochs=12)
    if together:
        params["callbacks"] = [StopAtAccuracy(0.99)]
    X, Y = plane
    for targets in (Y, Y[:, 0]):
        net = torch.nn.Linear(X.shape[1], targets[0].size)
        reg = as_estimator(net, task="regression", **params)
        with pytest.raises(ValueError, match="StopAtAccuracy is for classifiers; use"):
            fit(reg, X, targets)
    clf = NetClassifier(tiny_net(callbacks=[StopAtR2(0.9)]))
    with pytest.raises(ValueError, match="StopAtR2 is for regressors; use"):
        fit(clf, *blobs)
