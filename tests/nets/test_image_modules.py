"""LeNet and ResNet-18 as networks and inside estimators."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from torch.nn import functional as F

from skactive import ActiveLearner
from skactive.nets import LeNet, ResNet18, as_estimator


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return (data.images[:, None] / 16).astype(np.float32), data.target


def n_weights(module):
    return sum(param.numel() for param in module.parameters())


def test_lenet_is_lenet_5():
    torch.manual_seed(0)
    net = LeNet(1, 10)
    # The sizes of the paper, with a linear last layer.
    assert n_weights(net) == 156 + 2416 + 48120 + 10164 + 850
    X = torch.randn(3, 1, 32, 32)
    X_own = F.max_pool2d(F.relu(net.conv1(X)), 2)
    X_own = F.max_pool2d(F.relu(net.conv2(X_own)), 2).flatten(1)
    X_own = F.relu(net.hidden2(F.relu(net.hidden1(X_own))))
    assert_allclose(net(X).detach(), net.head(X_own).detach(), rtol=1e-5, atol=1e-6)
    # MNIST's images with their margin of two.
    assert torch.equal(net(X[..., 2:30, 2:30]), net(F.pad(X[..., 2:30, 2:30], [2] * 4)))


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (8, 6), (20, 28), (33, 32), (64, 48)])
def test_lenet_takes_images_of_any_size(size):
    assert LeNet(2, 4)(torch.randn(3, 2, *size)).shape == (3, 4)


def test_lenet_magnifies_small_images():
    torch.manual_seed(0)
    net, X = LeNet(1, 3), torch.rand(2, 1, 8, 8)
    large = X.repeat_interleave(4, dim=2).repeat_interleave(4, dim=3)
    assert torch.equal(net(X), net(large))


def test_resnet_is_torchvisions_with_another_beginning():
    torchvision = pytest.importorskip("torchvision")
    torch.manual_seed(0)
    ours, theirs = ResNet18(3, 10), torchvision.models.resnet18(num_classes=10)
    theirs.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
    theirs.maxpool = torch.nn.Identity()
    assert len(ours.state_dict()) == len(theirs.state_dict())
    shapes = [value.shape for value in theirs.state_dict().values()]
    assert [value.shape for value in ours.state_dict().values()] == shapes
    renamed = zip(ours.state_dict(), theirs.state_dict().values(), strict=True)
    ours.load_state_dict(dict(renamed))
    X = torch.randn(2, 3, 32, 32)
    assert_allclose(
        ours.eval()(X).detach(), theirs.eval()(X).detach(), rtol=1e-4, atol=1e-5
    )


def test_resnet_weights_start_as_he_et_al_say():
    torch.manual_seed(0)
    weight = ResNet18(3, 10).stages[2][0].conv2.weight
    assert_allclose(weight.std().item(), np.sqrt(2 / (256 * 9)), rtol=0.02)


def test_a_narrow_resnet():
    narrow = ResNet18(1, 4, width=8)
    assert n_weights(narrow) < n_weights(ResNet18(1, 4)) / 50
    for size in (8, 28, 40):
        assert narrow(torch.randn(2, 1, size, size)).shape == (2, 4)


@pytest.mark.parametrize("module", [LeNet, ResNet18])
def test_dropout_is_before_the_last_layers(module):
    torch.manual_seed(0)
    net, X = module(1, 3, dropout=0.5), torch.randn(2, 1, 16, 16)
    assert not any(isinstance(m, torch.nn.Dropout) for m in module(1, 3).modules())
    assert torch.equal(net.eval()(X), net(X))
    net.drop.train()
    assert not torch.equal(net(X), net(X))


@pytest.mark.parametrize("module", [LeNet, ResNet18])
def test_rows_are_no_images(module):
    with pytest.raises(ValueError, match=r"X has shape \(2, 64\); this module takes"):
        module(1, 3)(torch.zeros(2, 64))


@pytest.mark.parametrize(
    ("module", "params"),
    [(LeNet, {}), (ResNet18, {"module__width": 4})],
    ids=["lenet", "resnet"],
)
def test_they_size_themselves_and_ask(module, params, digits):
    X, y = digits
    clf = as_estimator(
        module, task="classification", lr=0.005, max_epochs=10, random_state=0, **params
    )
    learner = ActiveLearner(clf, "badge", random_state=0).fit(X[:100], y[:100])
    assert learner.score(X[100:400], y[100:400]) > 0.5
    assert learner.estimator_.net_.module_.head.out_features == 10
    rows = learner.query(X[100:300], 5)
    assert len(set(rows)) == 5
    width = 84 if module is LeNet else 32
    from skactive.nets._forward import forward

    assert forward(learner.estimator_, X[:3], embedding=True).embedding.shape == (
        3,
        width,
    )


def test_several_targets_and_draws(digits):
    X, y = digits
    reg = as_estimator(
        LeNet,
        task="regression",
        max_epochs=2,
        module__dropout=0.3,
        random_state=0,
    )
    with pytest.raises(NotFittedError):
        reg.predict(X)
    Y = np.column_stack([y, -2 * y])
    assert reg.fit(X[:50], Y[:50]).predict(X[:4]).shape == (4, 2)
    again = as_estimator(
        LeNet, task="regression", max_epochs=2, module__dropout=0.3, random_state=0
    )
    assert_array_equal(again.fit(X[:50], Y[:50]).predict(X), reg.predict(X))
