import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from skactive.nets import NetClassifier, NetRegressor
from skactive.nets._dropout import dropout_draws, has_dropout


class Twice(nn.Module):
    """Calls one dropout layer twice and shows what it did."""

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5)

    def forward(self, X):
        return torch.cat([self.drop(X), self.drop(X)], dim=1)


class Shown(nn.Module):
    """A frozen net whose outputs are what a dropout layer makes of its input."""

    def __init__(self, drop):
        super().__init__()
        self.drop = drop

    def forward(self, X):
        return self.drop(X).flatten(1)


def shown(tiny_net, module, X):
    """Fit a regressor that shows the module's raw output."""
    n_outputs = module(torch.ones(1, *X.shape[1:])).shape[1]
    Y = np.random.default_rng(0).normal(size=(len(X), n_outputs))
    reg = NetRegressor(
        tiny_net("regression", module=module, max_epochs=0, optimizer=NoOptimizer)
    ).fit(X, Y)
    reg.y_mean_, reg.y_scale_ = np.zeros(n_outputs), np.ones(n_outputs)
    return reg


class NoOptimizer:
    def __init__(self, params, lr):
        pass


@pytest.fixture
def fitted(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(module__norm=True, module__dropout=0.5, max_epochs=5)
    return NetClassifier(net, random_state=0).fit(X, y)


@pytest.mark.parametrize("consistent", [False, True])
def test_draws_of_a_classifier(fitted, blobs, consistent):
    X, _ = blobs

    def draw(seed, X=X):
        return dropout_draws(fitted, X, 6, seed=seed, consistent=consistent)

    draws = draw(0)
    assert draws.shape == (90, 6, 3)
    assert draws.dtype == np.float32
    assert_allclose(draws.sum(2), 1, rtol=1e-5)
    assert (draws.std(axis=1) > 0).any()
    assert_array_equal(draw(0), draws)
    assert np.abs(draw(1) - draws).max() > 1e-3
    same = draw(0, np.repeat(X[:1], 4, axis=0))
    assert (np.ptp(same, axis=0).max() < 1e-6) == consistent


@pytest.mark.parametrize("consistent", [False, True])
def test_the_model_and_the_generators_stay_as_they_are(fitted, blobs, consistent):
    X, _ = blobs
    module = fitted.net_.module_
    before = {name: value.clone() for name, value in module.state_dict().items()}
    flags = [part.training for part in module.modules()]
    generator = torch.get_rng_state()
    proba = fitted.predict_proba(X)
    dropout_draws(fitted, X, 3, seed=0, consistent=consistent)
    assert torch.equal(torch.get_rng_state(), generator)
    assert [part.training for part in module.modules()] == flags
    assert not module.drop._forward_hooks
    assert not module.drop._forward_pre_hooks
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])
    assert_array_equal(fitted.predict_proba(X), proba)


@pytest.mark.parametrize("consistent", [False, True])
def test_all_is_restored_after_an_error(fitted, blobs, consistent, monkeypatch):
    X, _ = blobs
    module = fitted.net_.module_
    flags = [part.training for part in module.modules()]
    generator = torch.get_rng_state()

    def fails(output):
        raise RuntimeError("no output today")

    monkeypatch.setattr(fitted, "_decode", fails)
    with pytest.raises(RuntimeError, match="no output today"):
        dropout_draws(fitted, X, 3, seed=0, consistent=consistent)
    assert torch.equal(torch.get_rng_state(), generator)
    assert [part.training for part in module.modules()] == flags
    assert not module._forward_pre_hooks
    assert not module.drop._forward_hooks
    assert not module.drop._forward_pre_hooks


def test_more_draws_change_none_of_the_others(fitted, blobs):
    X, _ = blobs
    draws = dropout_draws(fitted, X, 8, seed=0, consistent=True)
    others = dropout_draws(fitted, X, 3, seed=0, consistent=True)
    assert_array_equal(others, draws[:, :3])
    assert len(np.unique(draws[0, :, 0])) > 4  # a small net has few different masks


def test_consistent_masks_depend_on_neither_rows_nor_batches(fitted, blobs):
    X, _ = blobs
    draws = dropout_draws(fitted, X, 4, seed=3, consistent=True)
    part = dropout_draws(fitted, X[10:30], 4, seed=3, consistent=True)
    assert_allclose(part, draws[10:30], atol=1e-6)
    fitted.net_.iterator_valid__batch_size = 8
    small = dropout_draws(fitted, X, 4, seed=3, consistent=True)
    assert_allclose(small, draws, atol=1e-6)


def test_a_consistent_mask_keeps_or_drops_whole_columns(tiny_net):
    X = np.random.default_rng(0).uniform(1, 2, size=(12, 40))
    reg = shown(tiny_net, Shown(nn.Dropout(0.25)), X)
    draws = dropout_draws(reg, X, 50, seed=0, consistent=True)
    assert draws.dtype == np.float64
    factors = draws / X[:, None, :]
    dropped = np.isclose(factors, 0)
    assert_allclose(factors[~dropped], 1 / 0.75, rtol=1e-5)
    assert (dropped == dropped[:1]).all()
    assert abs(dropped[0].mean() - 0.25) < 0.04
    assert len({tuple(mask) for mask in dropped[0]}) == 50
    free = dropout_draws(reg, X, 50, seed=0)
    dropped = free == 0
    assert abs(dropped.mean() - 0.25) < 0.01
    assert not (dropped == dropped[:1]).all()


def test_a_consistent_mask_of_channels(tiny_net):
    X = np.random.default_rng(0).uniform(1, 2, size=(6, 5, 2, 2))
    reg = shown(tiny_net, Shown(nn.Dropout2d(0.5)), X)
    draws = dropout_draws(reg, X, 30, seed=0, consistent=True).reshape(6, 30, 5, 4)
    dropped = draws == 0
    assert (dropped == dropped[:1, :, :, :1]).all()
    assert 0.3 < dropped.mean() < 0.7


def test_a_consistent_mask_of_alpha_dropout(tiny_net):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 30))
    reg = shown(tiny_net, Shown(nn.AlphaDropout(0.3)), X)
    draws = dropout_draws(reg, X, 20, seed=0, consistent=True)
    for t in range(20):
        slopes = np.polyfit(X[:, 0], draws[:, t, 0], 1)
        assert_allclose(np.polyval(slopes, X[:, 0]), draws[:, t, 0], atol=1e-5)
    dropped = np.isclose(draws.std(0), 0)
    assert abs(dropped.mean() - 0.3) < 0.06
    assert abs(draws.mean()) < 0.1
    assert abs(draws.std() - 1) < 0.1


def test_a_layer_called_twice_draws_two_masks(tiny_net):
    X = np.ones((3, 30))
    draws = dropout_draws(shown(tiny_net, Twice(), X), X, 1, seed=0, consistent=True)
    first, second = draws[0, 0, :30], draws[0, 0, 30:]
    assert (first != second).any()


def test_draws_of_a_regressor_are_in_units_of_y(tiny_net, plane):
    X, Y = plane
    net = tiny_net("regression", module__dropout=0.2)
    reg = NetRegressor(net, random_state=0).fit(X, Y)
    draws = dropout_draws(reg, X, 200, seed=0)
    assert draws.shape == (80, 200, 2)
    assert_allclose(draws.mean((0, 1)), reg.predict(X).mean(0), rtol=0.02, atol=0.3)


def test_without_dropout_there_are_no_draws(tiny_net, blobs):
    X, y = blobs
    plain = NetClassifier(tiny_net(max_epochs=1)).fit(X, y)
    with_dropout = NetClassifier(tiny_net(max_epochs=1, module__dropout=0.1)).fit(X, y)
    assert has_dropout(with_dropout)
    assert not has_dropout(plain)
    with pytest.raises(ValueError, match=r"no torch\.nn\.Dropout layer"):
        dropout_draws(plain, X, 2, seed=0)
