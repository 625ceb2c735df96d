"""WAAL: the critic, the net beside it, and whom they ask."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from skorch import NeuralNetClassifier
from torch import nn

from skactive import ActiveLearner, ModelView, strategies
from skactive.exceptions import MissingCapability
from skactive.nets import TorchMLPClassifier
from skactive.semisupervised import WAALClassifier
from skactive.semisupervised._waal import make_critic, slope_penalty

RNG = np.random.default_rng(0)
# Labels at two corners; unlabeled samples there and at a third one.
CENTERS = np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 6.0]])
CORNER = np.repeat([0, 1, 2], 60)
X = (CENTERS[CORNER] + 0.3 * RNG.normal(size=(180, 2))).astype(np.float32)
LABELED = np.flatnonzero(CORNER < 2)[::6]
y = CORNER.copy()
y[CORNER == 2] = RNG.integers(2, size=60)


def net_of(**params):
    class Tiny(nn.Sequential):
        def __init__(self, n_in, n_out):
            super().__init__(nn.Linear(n_in, 16), nn.ReLU(), nn.Linear(16, n_out))

    return NeuralNetClassifier(
        Tiny,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=0.01,
        train_split=None,
        **params,
    )


def test_the_slope_of_the_critic_comes_to_one():
    torch.manual_seed(0)
    model = WAALClassifier(net_of())
    critic = make_critic(1, 32)
    optimizer = torch.optim.Adam(critic.parameters(), lr=0.003)
    for _ in range(400):
        near, far = 0.2 * torch.randn(64, 1), 3 + 0.2 * torch.randn(64, 1)
        optimizer.zero_grad()
        model._critic_loss(critic, near, far).backward()
        optimizer.step()
    between = torch.linspace(0.5, 2.5, 50)[:, None].requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between)
    assert_allclose(slope.mean(), 1, atol=0.15)
    with torch.no_grad():
        near, far = 0.2 * torch.randn(500, 1), 3 + 0.2 * torch.randn(500, 1)
        assert_allclose(model._distance(critic, near, far), 3, atol=0.5)


def test_the_penalty_by_hand():
    linear = nn.Linear(2, 1)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[3.0, 4.0]]))
    penalty = slope_penalty(linear, torch.zeros(5, 2), torch.ones(5, 2))
    assert_allclose(penalty.item(), 16)
    flat = nn.Linear(2, 1)
    nn.init.zeros_(flat.weight)
    penalty = slope_penalty(flat, torch.zeros(5, 2), torch.ones(5, 2))
    penalty.backward()
    assert torch.isfinite(flat.weight.grad).all()
    # A critic that is too steep is pushed down, not up.
    steep = nn.Linear(2, 1)
    with torch.no_grad():
        steep.weight.copy_(torch.tensor([[3.0, 4.0]]))
    loss = WAALClassifier(net_of(), labeled_weight=1)._critic_loss(
        steep, torch.zeros(5, 2), torch.zeros(5, 2)
    )
    loss.backward()
    assert (steep.weight.grad > 0).all()


def test_without_its_weight_the_net_knows_nothing_of_the_critic():
    fits = []
    for unlabeled, size in ((X, 8), (X[::-1] * 3, 8), (X[:5], 32)):
        model = WAALClassifier(
            net_of(), distance_weight=0, critic_size=size, n_steps=40, random_state=0
        )
        model.fit(X[LABELED], y[LABELED], X_unlabeled=unlabeled)
        fits.append(model.predict_proba(X))
    assert_array_equal(fits[0], fits[1])
    assert_array_equal(fits[0], fits[2])
    other = WAALClassifier(
        net_of(), distance_weight=1, critic_size=8, n_steps=40, random_state=0
    ).fit(X[LABELED], y[LABELED], X_unlabeled=X)
    assert (other.predict_proba(X) != fits[0]).any()


def test_it_asks_where_nothing_is_labeled():
    model = WAALClassifier(TorchMLPClassifier(), n_steps=150)
    learner = ActiveLearner(model, "waal", random_state=0)
    learner.fit(X[LABELED], y[LABELED], X_unlabeled=X)
    far = CORNER == 2
    critic = learner.view(X).output("critic")
    # The probability that a sample of the third corner is above one of the others.
    assert (critic[far][:, None] > critic[~far]).mean() > 0.9
    assert far[learner.query(X, 10)].mean() > 0.8
    assert learner.score(X[~far], y[~far]) > 0.9


def test_scores_by_hand():
    proba = RNG.dirichlet(np.ones(3), 10)
    proba[0] = [1, 0, 0]
    critic = RNG.normal(size=10)
    view = ModelView.from_outputs(proba=proba, critic=critic)
    logs = np.log(np.clip(proba, 1e-8, 1))
    expected = 10 * critic - 0.5 * (
        np.linalg.norm(logs, axis=1) + np.linalg.norm(logs, ord=1, axis=1)
    )
    assert_allclose(strategies.waal().score_samples(view), expected)


def test_without_unlabeled_samples_there_is_no_critic():
    model = WAALClassifier(TorchMLPClassifier(max_epochs=3))
    learner = ActiveLearner(model, "waal", random_state=0)
    learner.fit(X[LABELED], y[LABELED])
    with pytest.raises(MissingCapability, match="WAALClassifier, trained with"):
        learner.query(X)
    learner.fit(X[LABELED], y[LABELED], X_unlabeled=X[:0])
    assert not learner.view(X).provides("critic")
