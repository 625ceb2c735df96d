"""Tiny nets and data that the tests of this folder share."""

import numpy as np
import pytest
import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from torch import nn


class TinyMLP(nn.Module):
    def __init__(self, n_in, n_out, n_hidden=8, dropout=0.0, norm=False):
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.norm = nn.BatchNorm1d(n_hidden) if norm else nn.Identity()
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(n_hidden, n_out)

    def forward(self, X):
        return self.head(self.drop(torch.relu(self.norm(self.hidden(X)))))


@pytest.fixture(scope="session")
def tiny_net():
    """Make an unfitted skorch net around a `TinyMLP`, or around `module`."""

    def make(task="classification", module=TinyMLP, **params):
        params = {"optimizer": torch.optim.Adam, "lr": 0.02, "max_epochs": 50, **params}
        if task == "regression":
            return NeuralNetRegressor(module, **params)
        return NeuralNetClassifier(
            module, **{"criterion": nn.CrossEntropyLoss, **params}
        )

    return make


@pytest.fixture
def blobs():
    """Three well separated classes in two columns, in mixed order."""
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    centers = np.array([[-3.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    return centers[y] + rng.normal(scale=0.5, size=(90, 2)), y


@pytest.fixture
def plane():
    """Two linear targets of three columns, one of them far from zero."""
    X = np.random.default_rng(1).normal(size=(80, 3))
    return X, np.column_stack([1e4 + 300 * X[:, 0], X[:, 1] - 2 * X[:, 2]])
