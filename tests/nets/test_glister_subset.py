"""GLISTER as subset training, against gradients that are written out."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.special import softmax
from skorch import NeuralNetClassifier
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch import nn

from skactive.nets import GlisterSubset, NetClassifier, TorchMLPClassifier
from skactive.nets._last_layer import last_layer

N_ROWS, N_CLASSES = 120, 3


def made_up(n, seed, share_wrong=0.0):
    draws = np.random.default_rng(seed)
    X = draws.normal(size=(n, 4)).astype(np.float32)
    y = X[:, :N_CLASSES].argmax(axis=1)
    wrong = draws.random(n) < share_wrong
    return X, np.where(wrong, (y + 1) % N_CLASSES, y), wrong


@pytest.fixture(scope="module")
def trained():
    X, y, _ = made_up(N_ROWS, 0)
    clf = TorchMLPClassifier((32,), batch_size=16, max_epochs=3, random_state=0)
    return clf.fit(X, y).net_, Dataset(X, y)


def restarted(layer, held, n_picks, n_rounds, length):
    """Start from the first logits each time, and subtract all gradients so far."""
    samples, targets = (
        np.column_stack([part.embedding, np.ones(len(part.embedding))]).astype(float)
        for part in (layer, held)
    )
    G = np.einsum("nk,nd->nkd", layer.signal, samples)
    ends = np.linspace(0, n_picks, n_rounds + 1).round().astype(int)
    rows = []
    for size in np.diff(ends):
        logits = held.output - length * targets @ G[rows].sum(axis=0).T
        errors = softmax(logits, axis=1) - held.target
        gradient = np.einsum("nk,nd->kd", errors, targets) / len(targets)
        gains = np.einsum("nkd,kd->n", G, gradient)
        gains[rows] = -np.inf
        rows = [*rows, *np.argsort(-gains)[:size]]
    return rows


@pytest.mark.parametrize("n_rounds", [1, 4, 30])
@pytest.mark.parametrize("length", [0.03, 9])
def test_picks_are_those_of_starting_again_each_time(trained, n_rounds, length):
    net, data = trained
    callback = GlisterSubset(0.25, n_rounds=n_rounds, step_length=length)
    callback.rng_ = np.random.default_rng(0)
    valid = Dataset(*made_up(40, 1)[:2])
    callback._hold_out(net, data, valid)
    assert len(callback.held_out_) == 0
    rows, weights = callback._choose(net, data, valid, 30)
    assert weights is None
    layer, held = last_layer(net, data), last_layer(net, valid)
    assert_array_equal(rows, restarted(layer, held, 30, n_rounds, length / 30))


def test_samples_of_ones_own_to_help():
    X, y, _ = made_up(N_ROWS, 0)
    X_valid, y_valid, _ = made_up(50, 1)
    net = NeuralNetClassifier(
        nn.Linear,
        module__in_features=4,
        module__out_features=N_CLASSES,
        criterion=nn.CrossEntropyLoss,
        train_split=predefined_split(Dataset(X_valid, y_valid)),
        callbacks=[GlisterSubset(0.5, warm_up=1)],
    )
    clf = NetClassifier(net, random_state=0).fit(X, y)
    callback = next(c for _, c in clf.net_.callbacks_ if hasattr(c, "rows_"))
    assert len(callback.held_out_) == 0
    assert len(callback.rows_) == N_ROWS / 2


def test_a_share_is_held_out():
    X, y, _ = made_up(N_ROWS, 0)
    for fraction, n_picked in ((0.3, 36), (1, 96)):
        subset = GlisterSubset(fraction, validation=0.2, warm_up=0)
        clf = TorchMLPClassifier(max_epochs=2, callbacks=[subset]).fit(X, y)
        callback = next(c for _, c in clf.net_.callbacks_ if hasattr(c, "rows_"))
        assert len(callback.held_out_) == 24
        assert len(callback.rows_) == n_picked
        assert not np.isin(callback.rows_, callback.held_out_).any()


def test_wrong_labels_are_left_out():
    X, y, wrong = made_up(600, 0, share_wrong=0.2)
    X_valid, y_valid, _ = made_up(100, 1)
    net = NeuralNetClassifier(
        nn.Linear,
        module__in_features=4,
        module__out_features=N_CLASSES,
        criterion=nn.CrossEntropyLoss,
        lr=0.1,
        max_epochs=6,
        train_split=predefined_split(Dataset(X_valid, y_valid)),
        callbacks=[GlisterSubset(0.3)],
    )
    clf = NetClassifier(net, random_state=0).fit(X, y)
    callback = next(c for _, c in clf.net_.callbacks_ if hasattr(c, "rows_"))
    assert wrong.mean() > 0.15
    assert wrong[callback.rows_].mean() < 0.05
