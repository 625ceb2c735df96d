"""Nets that predict their own losses."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from skorch.callbacks import Callback
from torch.nn import functional as F

from skactive import Committee
from skactive.nets import (
    LearningLossClassifier,
    LearningLossRegressor,
)
from skactive.nets._loss_prediction import (
    LossPredictingMLP,
    RankedCrossEntropy,
    RankedMSE,
    pair_losses,
)

SMALL = {"hidden_sizes": (8, 6), "max_epochs": 6, "random_state": 0}


def noisy_plane(n_samples, seed):
    """Targets whose noise grows with the first column, and that noise."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, size=(n_samples, 3))
    noise = np.exp(2 * X[:, 0]) / 3
    return X, X[:, 1] + noise * rng.normal(size=n_samples), noise


def make_module(hidden_sizes=(8, 6), **params):
    torch.manual_seed(0)
    mean, scale = np.zeros(3), np.ones(3)
    params = {"n_out": 2, "dropout": 0.0, "head_size": 4, **params}
    return LossPredictingMLP(
        3, hidden_sizes=hidden_sizes, mean=mean, scale=scale, **params
    )


def weights(estimator, part):
    module = getattr(estimator.net_.module_, part)
    return np.concatenate(
        [param.detach().numpy().ravel() for param in module.parameters()]
    )


# The ranking


def test_pair_losses_by_hand():
    predicted = torch.tensor([0.5, 3.0, 0.0, 0.2, 1.0, 9.0])
    losses = torch.tensor([2.0, 1.0, 5.0, 1.0, 4.0, 5.0])
    # rows 0 and 3: 1 - (0.5 - 0.2); 1 and 4: 1 + (3 - 1); 2 and 5 tie: 1
    assert_allclose(pair_losses(predicted, losses), [0.7, 3, 1, 0.7, 3, 1], rtol=1e-6)
    apart = pair_losses(torch.tensor([5.0, 0.0]), torch.tensor([2.0, 1.0]))
    assert_allclose(apart, [0, 0])


@pytest.mark.parametrize("n_rows", [2, 3, 8, 9])
def test_their_mean_is_that_of_the_pairs(n_rows):
    rng = np.random.default_rng(n_rows)
    predicted, losses = rng.normal(size=(2, n_rows))
    half = n_rows // 2
    pairs = [
        max(0, 1 - np.sign(losses[i] - losses[j]) * (predicted[i] - predicted[j]))
        for i, j in zip(range(half), range(half, 2 * half), strict=True)
    ]
    mean = pair_losses(torch.as_tensor(predicted), torch.as_tensor(losses)).mean()
    assert_allclose(mean, np.mean(pairs))


def test_a_row_alone_has_no_pair():
    assert_array_equal(pair_losses(torch.tensor([3.0]), torch.tensor([1.0])), [0])


def test_a_tie_teaches_nothing():
    predicted = torch.tensor([2.0, -1.0], requires_grad=True)
    pair_losses(predicted, torch.ones(2)).sum().backward()
    assert_array_equal(predicted.grad, [0, 0])


def test_the_larger_loss_is_predicted_larger():
    predicted = torch.zeros(2, requires_grad=True)
    pair_losses(predicted, torch.tensor([4.0, 1.0])).sum().backward()
    assert predicted.grad[0] < 0 < predicted.grad[1]


@pytest.mark.parametrize("criterion", [RankedMSE, RankedCrossEntropy])
def test_criteria(criterion):
    rng = np.random.default_rng(0)
    values, predicted = torch.as_tensor(rng.normal(size=(5, 2))), torch.zeros(5)
    if criterion is RankedMSE:
        target = torch.as_tensor(rng.normal(size=(5, 2)))
        task = F.mse_loss(values, target)
    else:
        target = torch.tensor([0, 1, 1, 0, 1])
        task = F.cross_entropy(values, target)
    loss = criterion(loss_weight=3.0)((values, predicted), target)
    assert_allclose(loss, task + 3.0)  # all predictions tie: each pair costs 1
    assert_allclose(criterion(loss_weight=0.0)((values, predicted), target), task)


def test_the_true_losses_are_targets_only():
    values = torch.zeros(4, 1, requires_grad=True)
    predicted, target = torch.zeros(4), torch.arange(4.0)[:, None]
    alone = torch.autograd.grad(F.mse_loss(values, target), values)[0]
    loss = RankedMSE(loss_weight=5.0)((values, predicted), target)
    assert_allclose(torch.autograd.grad(loss, values)[0], alone)


# The module


def test_the_head_reads_every_hidden_layer():
    module, X = make_module(), torch.randn(5, 3)
    output, predicted = module(X)
    assert output.shape == (5, 2)
    assert predicted.shape == (5,)
    first = module.mlp[2](module.mlp[1](module.mlp[0](X)))
    second = module.mlp[4](module.mlp[3](first))
    head = module.loss_head
    read = [
        torch.relu(layer(h))
        for layer, h in zip(head.readers, [first, second], strict=True)
    ]
    assert_allclose(
        predicted.detach(), head.last(torch.cat(read, 1))[:, 0].detach(), rtol=1e-6
    )
    assert_allclose(output.detach(), module.mlp(X).detach())


@pytest.mark.parametrize("detached", [False, True])
def test_where_the_gradient_of_the_head_ends(detached):
    module = make_module(dropout=0.1)
    module.detached = detached
    module(torch.randn(9, 3))[1].sum().backward()
    *hidden, output = module.mlp
    reached = [
        layer.weight.grad is not None
        for layer in hidden
        if isinstance(layer, torch.nn.Linear)
    ]
    assert reached == [not detached] * 2
    assert output.weight.grad is None
    assert all(param.grad is not None for param in module.loss_head.parameters())


# Training


class Watch(Callback):
    """Note in every epoch whether the head is detached."""

    def __init__(self, seen):
        self.seen = seen

    def on_batch_begin(self, net, training=None, **kwargs):
        self.seen.append(net.module_.detached)


class Watched(LearningLossRegressor):
    def _make_net(self, X):
        net = super()._make_net(X)
        self.seen_ = []
        return net.set_params(callbacks=[*net.callbacks, Watch(self.seen_)])


@pytest.mark.parametrize(
    ("share", "n_joint"), [(0.0, 0), (0.6, 6), (0.25, 2), (1.0, 10)]
)
def test_the_head_is_detached_after_a_share_of_the_epochs(plane, share, n_joint):
    reg = Watched((4,), max_epochs=10, batch_size=100, joint_share=share)
    reg.fit(*plane)
    assert reg.net_.callbacks[-1].seen == [False] * n_joint + [True] * (10 - n_joint)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_detached_head_moves_no_hidden_weight(plane, share):
    one, other = (
        LearningLossRegressor(**SMALL, joint_share=share, loss_weight=weight).fit(
            *plane
        )
        for weight in (1.0, 50.0)
    )
    same = np.array_equal(weights(one, "mlp"), weights(other, "mlp"))
    assert same == (share == 0.0)


def test_all_weights_of_the_head_are_trained(plane):
    before, after = (
        LearningLossRegressor(**{**SMALL, "lr": lr, "dropout": 0.0}).fit(*plane).net_
        for lr in (1e-20, 0.01)
    )
    names = {name for name, _ in after.module_.named_parameters()}
    assert sum(name.startswith("loss_head.") for name in names) == 5
    trained = dict(after.get_all_learnable_params())
    assert names <= trained.keys()
    for name, param in before.module_.named_parameters():
        assert not torch.equal(param, trained[name]), name


def test_predicted_losses_rank_true_ones():
    X, y, _ = noisy_plane(300, 0)
    reg = LearningLossRegressor((32, 32), max_epochs=40, random_state=0).fit(X, y)
    X, y, noise = noisy_plane(500, 1)
    predicted = reg.predict_loss(X)
    assert spearmanr(predicted, noise).statistic > 0.8
    assert spearmanr(predicted, (y - reg.predict(X)) ** 2).statistic > 0.5


def test_predicted_losses_rank_true_ones_of_a_classifier():
    def flipped(n_samples, seed):
        rng = np.random.default_rng(seed)
        X = rng.uniform(-1, 1, size=(n_samples, 3))
        flip = (X[:, 0] > 0) & (rng.random(n_samples) < 0.4)
        return X, np.where((X[:, 1] > 0) ^ flip, "yes", "no")

    clf = LearningLossClassifier((32, 32), max_epochs=40, random_state=0)
    clf.fit(*flipped(300, 0))
    X, y = flipped(500, 1)
    proba = clf.predict_proba(X)[np.arange(500), np.searchsorted(clf.classes_, y)]
    assert spearmanr(clf.predict_loss(X), -np.log(proba)).statistic > 0.5


def test_weights_of_samples(plane):
    X, y = plane
    plain = LearningLossRegressor(**SMALL).fit(X, y)
    equal = LearningLossRegressor(**SMALL).fit(X, y, np.full(len(X), 7.0))
    assert_allclose(equal.predict_loss(X), plain.predict_loss(X), atol=1e-5)
    odd = LearningLossRegressor(**SMALL).fit(X, y, np.arange(len(X)))
    assert not np.allclose(odd.predict_loss(X), plain.predict_loss(X), atol=1e-3)


def test_training_stops_at_the_target_score(blobs):
    clf = LearningLossClassifier((16,), target_score=0.8, random_state=0).fit(*blobs)
    assert 10 <= len(clf.net_.history) < 100
    assert np.isfinite(clf.predict_loss(blobs[0])).all()


def test_training_goes_on_from_the_head_as_well(plane):
    reg = LearningLossRegressor(**{**SMALL, "lr": 1e-20}, start="warm").fit(*plane)
    before = weights(reg, "loss_head")
    reg.random_state = 1
    assert_allclose(weights(reg.fit(*plane), "loss_head"), before)


@pytest.mark.parametrize("n_samples", [1, 2, 3, 65])
def test_few_samples(n_samples):
    X, y, _ = noisy_plane(n_samples, 0)
    reg = LearningLossRegressor(**SMALL).fit(X, y)
    assert np.isfinite(reg.predict_loss(X)).all()
    alone = [reg.predict_loss(row[None])[0] for row in X]
    assert_allclose(alone, reg.predict_loss(X), atol=1e-6)


def test_predicted_losses_follow_their_rows(plane):
    X, y = plane
    reg = LearningLossRegressor(**SMALL).fit(X, y)
    order = np.random.default_rng(0).permutation(len(X))
    assert_allclose(reg.predict_loss(X)[order], reg.predict_loss(X[order]), atol=1e-6)


def test_a_committee_trains_them_apart(plane):
    X, y = plane
    committee = Committee(LearningLossRegressor(**SMALL), 2, random_state=0).fit(X, y)
    assert committee.predict(X).shape == y.shape
    assert all(hasattr(member, "predict_loss") for member in committee.estimators_)


def test_losses_are_predicted_from_hidden_layers(plane):
    with pytest.raises(ValueError, match="hidden_sizes is empty"):
        LearningLossRegressor(()).fit(*plane)
