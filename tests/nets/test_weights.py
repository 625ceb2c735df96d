"""Sample weights, in what passes between a net and its criterion."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from skorch import NeuralNetBinaryClassifier, NeuralNetClassifier, NeuralNetRegressor
from skorch.dataset import ValidSplit
from torch import nn

from skactive import Committee
from skactive.nets import NetClassifier, NetRegressor

# All rows in one batch of plain gradient descent: weights must equal repetition.
FULL = {"batch_size": -1, "lr": 0.1, "max_epochs": 20}


class NoReduction(nn.Module):
    def forward(self, output, target):
        return ((output - target) ** 2).mean()


def start():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Linear(3, 2)


@pytest.fixture
def problems(plane):
    X, Y = plane
    y = (X[:, 0] + 0.5 * X[:, 1] > 0).astype(int)
    classifier = NeuralNetClassifier(start(), criterion=nn.CrossEntropyLoss, **FULL)
    softmax = NeuralNetClassifier(nn.Sequential(start(), nn.Softmax(1)), **FULL)
    return X, [
        (NetClassifier(classifier), y),
        (NetClassifier(softmax), y),
        (NetRegressor(NeuralNetRegressor(start(), **FULL)), Y),
    ]


def answers(estimator, X):
    method = getattr(estimator, "predict_proba", estimator.predict)
    return method(X)


def test_weights_are_repetitions(problems):
    X, cases = problems
    times = np.random.default_rng(0).integers(0, 4, size=len(X))
    for estimator, y in cases:
        repeated = answers(estimator.fit(X.repeat(times, 0), y.repeat(times, 0)), X)
        plain = answers(estimator.fit(X, y), X)
        for scale in (1, 10):
            weighted = answers(estimator.fit(X, y, sample_weight=scale * times), X)
            assert_allclose(weighted, repeated, rtol=1e-5, atol=1e-5)
        assert np.abs(plain - repeated).max() > 1e-3


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_equal_weights_change_nothing_in_small_batches(problems, reduction):
    X, cases = problems
    small = {"net__batch_size": 16, "net__lr": 0.01}
    for estimator, y in cases:
        estimator.set_params(net__criterion__reduction=reduction, **small)
        estimator.set_params(random_state=0)
        plain = answers(estimator.fit(X, y), X)
        weighted = answers(estimator.fit(X, y, sample_weight=np.full(len(X), 3)), X)
        assert_allclose(weighted, plain, rtol=1e-5, atol=1e-5)


def test_the_criterion_is_left_as_it_was(problems):
    X, cases = problems
    for estimator, y in cases:
        criterion = estimator.fit(X, y, np.arange(len(X))).net_.criterion_
        assert criterion.reduction == "mean"
        assert not criterion._forward_hooks
        assert not criterion._forward_pre_hooks


def test_binary_net_with_a_stratified_split(plane):
    X, _ = plane
    y = np.where(X[:, 0] > 0, "yes", "no")
    net = NeuralNetBinaryClassifier(
        nn.Linear(3, 1),
        lr=0.5,
        max_epochs=60,
        train_split=ValidSplit(4, stratified=True),
    )
    clf = NetClassifier(net, random_state=0)
    # wrong labels of no weight are not learned
    wrong = np.where(X[:, 0] > 0, "no", "yes")
    labels = np.concatenate([y, wrong])
    clf.fit(np.vstack([X, X]), labels, np.repeat([1.0, 0.0], 80))
    assert clf.score(X, y) > 0.95
    assert "valid_loss" in clf.net_.history[-1]


@pytest.mark.parametrize("weight", [-1.0, 0.0])
def test_impossible_weights(problems, weight):
    X, [(estimator, y), *_] = problems
    with pytest.raises(ValueError, match=r"[Ss]ample[_ ]weight"):
        estimator.fit(X, y, np.full(len(X), weight))


def test_a_criterion_without_losses_per_sample(plane):
    X, Y = plane
    reg = NetRegressor(NeuralNetRegressor(start(), criterion=NoReduction, **FULL))
    assert reg.fit(X, Y).predict(X).shape == Y.shape
    with pytest.raises(ValueError, match="has no `reduction`"):
        reg.fit(X, Y, sample_weight=np.ones(len(X)))


class OwnMean(NeuralNetRegressor):
    def get_loss(self, *args, **kwargs):
        return super().get_loss(*args, **kwargs).mean()


def test_a_criterion_has_to_reduce_the_losses(plane):
    X, Y = plane
    params = {**FULL, "criterion__reduction": "none"}
    reg = NetRegressor(NeuralNetRegressor(start(), **params), random_state=0)
    for estimator in (reg, Committee(reg, 2)):
        with pytest.raises(ValueError, match="criterion__reduction='none' leaves a lo"):
            estimator.fit(X, Y)
    own = NetRegressor(OwnMean(start(), **params))
    assert own.fit(X, Y).predict(X).shape == Y.shape
    # Weights make one number of them.
    weight = np.linspace(0.5, 1.5, len(X))
    weighted = reg.fit(X, Y, weight).predict(X)
    reg.set_params(net__criterion__reduction="mean")
    assert_allclose(weighted, reg.fit(X, Y, weight).predict(X))
