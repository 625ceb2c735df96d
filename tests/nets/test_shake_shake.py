"""Shake-shake networks: the mixture of their branches, and inside an estimator."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits

from skactive import ActiveLearner
from skactive.nets import ShakeShake, as_estimator
from skactive.nets._shake_shake import Shake


def test_half_and_half_in_evaluation():
    first, second = torch.randn(2, 4, 3, 2, 2)
    assert_allclose(Shake().eval()(first, second), (first + second) / 2)
    net = ShakeShake(2, 3, width=2).eval()
    state = torch.get_rng_state()
    X = torch.randn(5, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(net(X), net(X))
    assert torch.equal(torch.get_rng_state(), state)
    block = net.stages[0][1]
    hidden = torch.randn(5, 2, 8, 8)
    expected = hidden + (block.branches[0](hidden) + block.branches[1](hidden)) / 2
    assert torch.allclose(block(hidden), expected)


def test_one_mixture_forward_and_another_one_back():
    first = torch.randn(6, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    second = torch.randn(6, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    torch.manual_seed(3)
    output = Shake()(first, second)
    coming = torch.randn(6, 3, 2, 2, dtype=torch.float64)
    output.backward(coming)
    torch.manual_seed(3)
    ahead, back = torch.rand(2, 6, dtype=torch.float64).numpy()
    a, b, g = (t.detach().numpy() for t in (first, second, coming))
    for i in range(6):  # by hand, sample by sample
        expected = ahead[i] * a[i] + (1 - ahead[i]) * b[i]
        assert_allclose(output[i].detach(), expected, rtol=1e-12)
        assert_allclose(first.grad[i], back[i] * g[i], rtol=1e-12)
        assert_allclose(second.grad[i], (1 - back[i]) * g[i], rtol=1e-12)
    assert len({*ahead, *back}) == 12


def test_the_mixtures_are_uniform():
    torch.manual_seed(0)
    ones, zeros = torch.ones(20000, 1), torch.zeros(20000, 1)
    shares = np.sort(Shake()(ones, zeros).numpy()[:, 0])
    distance = np.abs(shares - np.linspace(0, 1, 20000)).max()
    assert distance < 1.95 / np.sqrt(20000)  # Kolmogorov-Smirnov at 0.001


@pytest.mark.parametrize("size", [(1, 1), (5, 8), (28, 28)])
def test_images_of_any_size(size):
    assert ShakeShake(2, 4, width=2)(torch.randn(3, 2, *size)).shape == (3, 4)


def test_the_second_half_of_the_shortcut_is_one_pixel_on():
    shortcut = ShakeShake(1, 2, width=2).stages[1][0].shortcut.eval()
    for convolve in shortcut.convolutions:
        convolve.weight.data[:] = torch.tensor([1.0, 0.0]).reshape(1, 2, 1, 1)
    X = torch.rand(1, 2, 4, 4)
    values = shortcut(X)[0] * np.sqrt(1 + shortcut.norm.eps)
    assert_allclose(values[0].detach(), X[0, 0, ::2, ::2], rtol=1e-5)
    assert_allclose(values[2].detach(), X[0, 0, 1::2, 1::2], rtol=1e-5)


def test_what_is_refused():
    with pytest.raises(ValueError, match="width=3; pass an even number"):
        ShakeShake(1, 2, width=3)
    with pytest.raises(ValueError, match=r"X has shape \(2, 64\); this module takes"):
        ShakeShake(1, 2, width=2)(torch.zeros(2, 64))


def test_in_an_estimator():
    digits = load_digits()
    few = np.flatnonzero(digits.target < 2)[:32]
    X, y = digits.images[few, None] / 16, digits.target[few]
    clf = as_estimator(
        ShakeShake,
        task="classification",
        module__width=4,
        lr=0.01,
        max_epochs=5,
        random_state=0,
    )
    state = torch.get_rng_state()
    proba = clf.fit(X, y).predict_proba(X)
    assert torch.equal(torch.get_rng_state(), state)
    assert clf.score(X, y) > 0.8
    assert_array_equal(clone(clf).fit(X, y).predict_proba(X), proba)
    rows = ActiveLearner(clf, "badge", random_state=0).fit(X, y).query(X, 4)
    assert len(set(rows)) == 4
    reg = as_estimator(
        ShakeShake, task="regression", module__width=2, max_epochs=1, random_state=0
    )
    assert reg.fit(X, np.column_stack([y, y])).predict(X[:3]).shape == (3, 2)
