"""Ways of training from published studies, for any net."""

import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.base import clone
from torch import nn

from skactive.nets import LeNet, StopAtAccuracy, StopAtR2, as_estimator, presets
from skactive.simulation import settings


@pytest.mark.parametrize("name", presets.names())
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_any_net_can_be_trained_so(name, task, blobs, plane):
    X, y = blobs if task == "classification" else plane
    params = presets.get(name, task=task, max_epochs=4)
    n_outputs = 3 if task == "classification" else y.shape[1]
    net = nn.Sequential(nn.Linear(X.shape[1], 8), nn.ReLU(), nn.Linear(8, n_outputs))
    estimator = clone(as_estimator(net, task=task, random_state=0, **params)).fit(X, y)
    assert len(estimator.net_.history) == 4
    assert estimator.predict(X).shape == y.shape


def test_the_rates_of_an_epoch(blobs):
    def rates(name, max_epochs):
        callbacks = presets.get(name, max_epochs=max_epochs)["callbacks"]
        schedule = dict(callbacks).get("schedule")
        return schedule and schedule.simulate(max_epochs, 1.0)

    assert rates("beck/adam", 10) is None
    assert_allclose(rates("cure/sgd", 15), [1] * 8 + [0.1] * 4 + [0.01] * 3)
    assert_allclose(rates("cure/sgd-short", 5), [1, 1, 0.1, 0.1, 0.01])
    cosine = rates("beck/sgd", 20)
    assert_allclose([cosine[0], cosine[10]], [1, 0.5])


def test_the_numbers_of_the_studies():
    beck, adam, cure, short = map(
        presets.get, ("beck/sgd", "beck/adam", "cure/sgd", "cure/sgd-short")
    )
    assert beck["optimizer"] is cure["optimizer"] is torch.optim.SGD
    assert adam["optimizer"] is torch.optim.Adam
    assert "optimizer__momentum" not in adam
    keys = "lr", "batch_size", "max_epochs", "optimizer__weight_decay"
    assert [
        tuple(params[key] for key in keys) for params in (beck, adam, cure, short)
    ] == [
        (0.01, 20, 300, 5e-4),
        (0.01, 20, 300, 0),
        (0.1, 256, 150, 5e-4),
        (0.1, 128, 50, 5e-4),
    ]
    assert dict(beck["callbacks"])["stop"].target == 0.99
    assert type(dict(adam["callbacks"])["stop"]) is StopAtAccuracy
    of_regressor = presets.get("beck/sgd", task="regression")["callbacks"]
    assert type(dict(of_regressor)["stop"]) is StopAtR2
    assert "stop" not in dict(cure["callbacks"])


def test_the_settings_use_them():
    for name, preset in [
        ("beck/cifar10", "beck/sgd"),
        ("cure/mnist", "cure/sgd-short"),
    ]:
        net = settings.load(name).simulate_params["estimator"].net
        own = as_estimator(LeNet, task="classification", **presets.get(preset)).net
        for key in ("optimizer", "lr", "batch_size", "max_epochs"):
            assert getattr(net, key) == getattr(own, key)
        assert [repr(vars(c)) for _, c in net.callbacks] == [
            repr(vars(c)) for _, c in own.callbacks
        ]


def test_what_is_given_is_new_every_time():
    first, second = presets.get("beck/sgd"), presets.get("beck/sgd")
    first["callbacks"].clear()
    assert len(second["callbacks"]) == len(presets.get("beck/sgd")["callbacks"]) == 2


def test_what_there_is_not():
    with pytest.raises(ValueError, match=r"did you mean 'beck/sgd'\? There are beck/"):
        presets.get("beck/sdg")
    with pytest.raises(ValueError, match="task='ranking'; pass"):
        presets.get("beck/sgd", task="ranking")
    with pytest.raises(ValueError, match="max_epochs=0; pass at least 1"):
        presets.get("beck/sgd", max_epochs=0)
