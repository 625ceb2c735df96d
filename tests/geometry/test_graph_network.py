"""The graph network against a dense one, differentiated by torch."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.geometry import CosineGraph, graph_network, unit_rows
from skactive.geometry._graph_network import _Network

rng_of = np.random.default_rng
IS_LABELED = np.arange(30) < 6
CONTAINERS = [np.asarray, sparse.csr_matrix]


def make_units(shift=0.0):
    X = rng_of(0).normal(size=(30, 4))
    X[6:] += shift
    return unit_rows(X).astype(np.float32)


class Dropout:
    """Draws the masks of a generator, for both networks."""

    def __init__(self, seed):
        self.masks = rng_of(seed).random((30, 8), dtype=np.float32)

    def random(self, shape, dtype):
        assert shape == self.masks.shape
        return self.masks


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_gradients_are_those_of_the_dense_network(container, dropout):
    units, masks = make_units(), Dropout(3)
    network = _Network(CosineGraph(container(units)), 8, rng_of(1))
    network.split(network.weights)[1] += 0.1
    shares = np.where(IS_LABELED, 1 / 6, 1.2 / 24)
    got = network.gradient(IS_LABELED, shares, dropout, masks)

    adjacency = CosineGraph(units.astype(np.float64)).product(np.eye(30))
    A, X = torch.tensor(adjacency), torch.tensor(units, dtype=torch.float64)
    V, a, w, b = parameters = [
        torch.tensor(p, dtype=torch.float64, requires_grad=True)
        for p in network.split(network.weights)
    ]
    hidden = torch.relu(A @ (X @ V) + a)
    kept = torch.tensor(masks.masks < np.float32(1 - dropout))
    s = torch.sigmoid(A @ (hidden * kept / (1 - dropout) @ w) + b)[:, 0]
    loss = -s[:6].log().mean() - 1.2 * (1 - s[6:]).log().mean()
    loss.backward()
    for gradient, parameter in zip(network.split(got), parameters, strict=True):
        assert_allclose(gradient, parameter.grad, rtol=1e-3, atol=2e-6)

    labeledness, hidden = network.outputs()
    dense = torch.relu(A @ (X @ V) + a)
    assert_allclose(hidden, dense.detach(), rtol=1e-5, atol=1e-6)
    s = torch.sigmoid(A @ (dense @ w) + b)[:, 0]
    assert_allclose(labeledness, s.detach(), rtol=1e-6)


def test_training_is_that_of_torch():
    units = make_units(shift=1.0)
    options = {"dropout": 0.0, "hidden_size": 8, "max_epochs": 25, "lr": 0.01}
    got, _ = graph_network(units, IS_LABELED, rng=rng_of(1), **options)

    start = _Network(CosineGraph(units), 8, rng_of(1))
    A = torch.tensor(CosineGraph(units.astype(np.float64)).product(np.eye(30)))
    X = torch.tensor(units, dtype=torch.float64)
    V, a, w, b = parameters = [
        torch.tensor(p, dtype=torch.float64, requires_grad=True)
        for p in start.split(start.weights)
    ]
    adam = torch.optim.Adam(parameters, lr=0.01, weight_decay=5e-4)
    for _ in range(25):
        s = torch.sigmoid(A @ (torch.relu(A @ (X @ V) + a) @ w) + b)[:, 0]
        adam.zero_grad()
        (-s[:6].log().mean() - 1.2 * (1 - s[6:]).log().mean()).backward()
        adam.step()
    s = torch.sigmoid(A @ (torch.relu(A @ (X @ V) + a) @ w) + b)[:, 0]
    assert_allclose(got, s.detach(), rtol=1e-3)


@pytest.mark.parametrize("container", CONTAINERS)
def test_labeled_rows_look_labeled_once_learned(container):
    units = container(make_units(shift=2.0))
    labeledness, hidden = graph_network(units, IS_LABELED, rng=rng_of(0), lr=0.01)
    assert labeledness[IS_LABELED].min() > labeledness[~IS_LABELED].mean()
    assert labeledness[IS_LABELED].mean() > labeledness[~IS_LABELED].mean() + 0.2
    assert hidden.shape == (30, 128)
    assert hidden.dtype == np.float32
    assert hidden.min() == 0


def test_equal_rows_are_treated_alike():
    units = make_units()[np.r_[0:30, 0:30, 0:30]]
    is_labeled = np.tile(IS_LABELED, 3)
    labeledness, hidden = graph_network(units, is_labeled, rng=rng_of(0), max_epochs=20)
    assert_allclose(labeledness[:30], labeledness[60:], atol=1e-12)
    assert_allclose(hidden[:30], hidden[60:], rtol=1e-6)


def test_the_same_seed_gives_the_same_network():
    runs = [
        graph_network(make_units(), IS_LABELED, rng=rng_of(seed), max_epochs=5)[0]
        for seed in (0, 0, 1)
    ]
    assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()
