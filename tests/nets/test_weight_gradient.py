"""Gradient factors against autograd, one sample and one weight at a time."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from skactive import Committee, ModelView
from skactive.exceptions import MissingCapability
from skactive.features import WeightGradient
from skactive.nets import TorchMLPClassifier, TorchMLPRegressor, as_estimator


def explicit(model, X, weights_of=None):
    """Flat gradients (n, outputs * weights), by one backward pass per sample."""
    module = model.net_.module_.eval()
    weights = [p for p in module.parameters() if p.requires_grad]
    rows = []
    for x in torch.as_tensor(X, dtype=torch.float32):
        output = module(x[None])[0]
        if weights_of is not None:
            output = weights_of(output)
        gradients = [
            torch.autograd.grad(one, weights, retain_graph=True) for one in output
        ]
        rows.append(torch.cat([part.ravel() for one in gradients for part in one]))
    return torch.stack(rows).numpy()


def of_the_loss(output):
    proba = output.detach().softmax(0)
    guess = torch.eye(len(proba))[proba.argmax()]
    return [((proba - guess) * output).sum()]


def kernel(model, X, **options):
    view = ModelView(X, model)
    features = np.asarray(WeightGradient(**options).fit(view).transform(view))
    return features @ features.T


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(20, 3))


@pytest.mark.parametrize("n_components", [None, 10_000])
@pytest.mark.parametrize("n_targets", [1, 3])
def test_regressor(X, n_targets, n_components):
    y = np.random.default_rng(1).normal(size=(20, n_targets))
    model = TorchMLPRegressor((7, 5), max_epochs=3, random_state=0).fit(X, y)
    G = explicit(model, X)
    assert_allclose(kernel(model, X, n_components=n_components), G @ G.T, rtol=1e-4)


def test_classifier(X):
    y = np.arange(20) % 3
    model = TorchMLPClassifier((7,), max_epochs=3, random_state=0).fit(X, y)
    G = explicit(model, X, of_the_loss)
    assert_allclose(kernel(model, X, n_components=None), G @ G.T, atol=1e-5)


def test_committee_has_the_gradients_of_its_members(X):
    y = X[:, 0] ** 2
    net = TorchMLPRegressor((4,), max_epochs=2)
    model = Committee(net, n_members=3, random_state=0).fit(X, y)
    parts = [explicit(member, X) for member in model.estimators_]
    expected = sum(G @ G.T for G in parts)
    assert_allclose(kernel(model, X, n_components=None), expected, rtol=1e-4)
    assert_allclose(kernel(model, X), expected, rtol=1e-4)


class Conv(nn.Module):
    """One- and two-dimensional convolutions with every kind of padding."""

    def __init__(self):
        super().__init__()
        self.flat = nn.Conv2d(1, 2, 3, padding=(1, 0), stride=(2, 1), dilation=(1, 2))
        self.same = nn.Conv2d(2, 2, (3, 2), padding="same", padding_mode="reflect")
        self.line = nn.Conv1d(2, 3, 2, stride=2, bias=False)
        self.head = nn.Linear(3, 1)

    def forward(self, X):
        Z = torch.relu_(self.same(torch.relu_(self.flat(X)))).flatten(2)
        return self.head(torch.tanh(self.line(Z)).mean(-1))


def test_convolutions():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 1, 6, 7)).astype(np.float32), rng.normal(size=12)
    model = as_estimator(Conv(), task="regression", max_epochs=1, random_state=0)
    model.fit(X, y)
    G = explicit(model, X)
    assert_allclose(kernel(model, X, n_components=10_000), G @ G.T, rtol=1e-3)
    with pytest.raises(TypeError, match="set n_components"):
        kernel(model, X, n_components=None)


class Shared(nn.Module):
    """One layer used twice, on sequences, with a frozen layer in front."""

    def __init__(self):
        super().__init__()
        self.frozen = nn.Linear(2, 4).requires_grad_(False)
        self.twice = nn.Linear(4, 4)
        self.head = nn.Linear(4, 1)

    def forward(self, X):
        Z = self.frozen(X)
        return self.head(torch.relu_(self.twice(torch.tanh(self.twice(Z)))).sum(1))


def test_shared_layer_on_sequences():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 5, 2)).astype(np.float32), rng.normal(size=12)
    model = as_estimator(Shared(), task="regression", max_epochs=1, random_state=0)
    model.fit(X, y)
    G = explicit(model, X)
    assert_allclose(kernel(model, X, n_components=10_000), G @ G.T, rtol=1e-3)


def test_many_outputs_are_combined(X):
    y = np.random.default_rng(1).normal(size=(20, 40))
    model = TorchMLPRegressor((4,), max_epochs=2, random_state=0).fit(X, y)
    G = explicit(model, X)
    K, expected = kernel(model, X, n_components=None), G @ G.T
    # eight combinations: the entries are estimates, the diagonal in the mean
    assert_allclose(K.diagonal().mean(), expected.diagonal().mean(), rtol=0.5)
    assert np.corrcoef(K.ravel(), expected.ravel())[0, 1] > 0.8
    factors = ModelView(X, model).gradient_factors("all")
    assert [signal.shape[1] for _, signal in factors] == [4 * 8, 8 * 40]


def test_one_row_is_as_among_others(X):
    model = TorchMLPRegressor((7,), max_epochs=3, random_state=0).fit(X, X[:, 0])
    for a, b in zip(
        ModelView(X, model).gradient_factors("all"),
        ModelView(X[:1], model).gradient_factors("all"),
        strict=True,
    ):
        assert_array_equal(a[0][:1], b[0])
        assert_array_equal(a[1][:1], b[1])


def test_changes_nothing(X):
    model = TorchMLPRegressor((7,), dropout=0.3, random_state=0).fit(X, X[:, 0])
    module = model.net_.module_
    before = {name: value.clone() for name, value in module.state_dict().items()}
    flags = [part.training for part in module.modules()]
    gradients = [weight.grad.clone() for weight in module.parameters()]
    state = torch.get_rng_state()
    kernel(model, X)
    assert [part.training for part in module.modules()] == flags
    assert not any(part._forward_hooks for part in module.modules())
    for weight, gradient in zip(module.parameters(), gradients, strict=True):
        assert torch.equal(weight.grad, gradient)
    assert torch.equal(torch.get_rng_state(), state)
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])


class Nothing(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, X):
        return X[:, :1] + self.shift


def test_without_layers(X):
    model = as_estimator(Nothing(), task="regression", max_epochs=1, random_state=0)
    model.fit(X, X[:, 0])
    with pytest.raises(MissingCapability, match="does not offer gradient factors"):
        kernel(model, X)


class Branches(nn.Module):
    """Two outputs from layers of their own; a third layer that no output needs."""

    def __init__(self, n_in, n_out, useless=False):
        super().__init__()
        self.left, self.right, self.aside = (nn.Linear(n_in, 1) for _ in range(3))
        self.useless = useless
        self.bias = nn.Parameter(torch.zeros(2))

    def forward(self, X):
        used = torch.cat([self.left(X), self.right(X)], 1)
        output = used.detach() if self.useless else used
        return output + self.bias, self.aside(X)


class FirstLoss(nn.MSELoss):
    def forward(self, output, target):
        return super().forward(output[0], target)


def branches(X, **params):
    estimator = as_estimator(
        Branches, task="regression", criterion=FirstLoss, max_epochs=2, **params
    )
    return estimator.fit(X, X[:, :2])


def test_layers_that_no_output_depends_on_are_left_out(X):
    factors = ModelView(X, branches(X)).gradient_factors("all")
    for (activation, signal), expected in zip(factors, np.eye(2), strict=True):
        assert_allclose(activation, np.column_stack([X, np.ones(20)]), atol=1e-6)
        assert_array_equal(signal, np.tile(expected, (20, 1)))


def test_no_output_depends_on_a_layer(X):
    with pytest.raises(ValueError, match="there are no gradients by them"):
        ModelView(X, branches(X, module__useless=True)).gradient_factors("all")
