import numpy as np
import pytest
import torch
from skorch import NeuralNet, NeuralNetBinaryClassifier, NeuralNetRegressor
from torch import nn

from skactive.nets import NetClassifier, NetRegressor, as_estimator


class Linear(nn.Linear):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)


def test_a_module_class_is_sized(blobs):
    X, y = blobs
    clf = as_estimator(
        Linear, task="classification", lr=0.1, classes=range(4), random_state=3
    )
    assert type(clf) is NetClassifier
    assert clf.random_state == 3
    assert clf.fit(X, y).score(X, y) > 0.9
    assert clf.net_.module_.out_features == 4
    assert clf.net.optimizer is torch.optim.Adam
    assert clf.net.criterion is nn.CrossEntropyLoss


def test_a_module_instance(plane):
    X, Y = plane
    module = nn.Linear(3, 2)
    reg = as_estimator(module, task="regression", lr=0.05, max_epochs=200)
    assert type(reg) is NetRegressor
    assert reg.fit(X, Y).score(X, Y) > 0.99
    assert reg.net.criterion is nn.MSELoss
    assert module.weight.grad is None


def test_a_net_knows_its_task(tiny_net):
    net = tiny_net()
    clf = as_estimator(net, lr=0.5)
    assert type(clf) is NetClassifier
    assert (clf.net.lr, net.lr) == (0.5, 0.02)
    binary = NeuralNetBinaryClassifier(Linear)
    assert type(as_estimator(binary, task="classification")) is NetClassifier
    assert type(as_estimator(NeuralNetRegressor(Linear))) is NetRegressor
    other = NeuralNet(Linear, nn.HuberLoss)
    assert type(as_estimator(other, task="regression")) is NetRegressor


@pytest.mark.parametrize(
    "module", [nn.Linear(2, 2), Linear, NeuralNet(Linear, nn.MSELoss)]
)
def test_a_task_is_needed(module):
    with pytest.raises(
        ValueError, match=r'as_estimator\(module, task="classification"'
    ):
        as_estimator(module)


def test_what_cannot_be_wrapped(tiny_net):
    with pytest.raises(ValueError, match="task='regression' contradicts the net"):
        as_estimator(tiny_net(), task="regression")
    with pytest.raises(ValueError, match="task='ranking' is unknown"):
        as_estimator(nn.Linear(2, 2), task="ranking")
    with pytest.raises(TypeError, match=r"neither a torch\.nn\.Module"):
        as_estimator(np.ones(3), task="regression")
    with pytest.raises(TypeError, match="classes"):
        as_estimator(nn.Linear(2, 2), task="regression", classes=[0, 1])
