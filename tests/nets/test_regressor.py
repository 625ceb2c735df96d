import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LinearRegression
from skorch import NeuralNetClassifier, NeuralNetRegressor
from torch import nn

from skactive.nets import NetRegressor


class Linear(nn.Linear):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)


class Flat(nn.Module):
    """Returns (n,) where a column is expected."""

    def __init__(self, n_in):
        super().__init__()
        self.linear = nn.Linear(n_in, 1)

    def forward(self, X):
        return self.linear(X)[:, 0]


class Tuple(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)

    def forward(self, X):
        return self.linear(X), X


class FirstLoss(nn.MSELoss):
    def forward(self, output, target):
        return super().forward(output[0], target)


def linear_net(module=Linear, **params):
    return NeuralNetRegressor(module, **{"lr": 0.2, "max_epochs": 200, **params})


def test_a_linear_net_is_least_squares(plane):
    X, Y = plane
    Y = Y + np.random.default_rng(0).normal(size=Y.shape)
    exact = LinearRegression().fit(X, Y).predict(X)
    reg = NetRegressor(linear_net(), random_state=0).fit(X, Y)
    predicted = reg.predict(X)
    assert predicted.dtype == np.float64
    assert_allclose(predicted, exact, atol=1e-3 * Y.std(0).max())
    assert_allclose(reg.y_mean_, Y.mean(0))
    assert_allclose(reg.y_scale_, Y.std(0))
    csr = sparse.csr_matrix(X)
    assert_allclose(reg.fit(csr, Y).predict(csr), predicted, rtol=1e-5)


@pytest.mark.parametrize("shape", [(80,), (80, 1), (80, 2)])
def test_predictions_have_the_shape_of_the_targets(plane, shape):
    X, Y = plane
    y = Y[:, : shape[-1]] if len(shape) == 2 else Y[:, 0]
    reg = NetRegressor(linear_net(max_epochs=1)).fit(X, y)
    assert reg.predict(X).shape == shape


def test_constant_targets(plane):
    X, Y = plane
    Y[:, 1] = 7
    reg = NetRegressor(linear_net(), random_state=0).fit(X, Y)
    assert_array_equal(reg.y_scale_[1], 1)
    assert_allclose(reg.predict(X)[:, 1], 7, atol=1e-3)


def test_a_flat_output_is_not_broadcast(plane):
    X, Y = plane
    reg = NetRegressor(linear_net(Flat), random_state=0).fit(X, Y[:, 0])
    assert reg.score(X, Y[:, 0]) > 0.99


def test_too_few_outputs_are_named(plane):
    X, Y = plane
    with pytest.raises(ValueError, match="give its last layer 2 outputs"):
        NetRegressor(linear_net(Flat)).fit(X, Y)


def test_of_several_outputs_the_first_counts(plane):
    X, Y = plane
    reg = NetRegressor(linear_net(Tuple, criterion=FirstLoss), random_state=0)
    assert reg.fit(X, Y).score(X, Y) > 0.99


def test_pickle_and_tags(plane):
    X, Y = plane
    reg = NetRegressor(linear_net(max_epochs=2), random_state=0).fit(X, Y)
    restored = pickle.loads(pickle.dumps(reg))
    assert_array_equal(restored.predict(X), reg.predict(X))
    tags = reg.__sklearn_tags__()
    assert tags.target_tags.multi_output
    assert tags.input_tags.sparse


def test_a_classifier_is_refused(plane):
    X, Y = plane
    with pytest.raises(TypeError, match="not for regression"):
        NetRegressor(NeuralNetClassifier(Linear)).fit(X, Y)


def test_outputs_that_are_not_finite(plane):
    X, Y = plane
    reg = NetRegressor(linear_net(lr=1e30)).fit(X, Y)
    with pytest.raises(ValueError, match="training diverged"):
        reg.predict(X)
    assert torch.get_default_dtype() == torch.float32
