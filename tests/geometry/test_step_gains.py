"""Gains of steps against a layer whose gradients are written out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import log_softmax

from skactive.geometry import StepGains, output_gradient

WIDTH, N_OUTPUTS = 4, 3


def made_up(n, seed, squared):
    draws = np.random.default_rng(seed)
    embedding = np.column_stack([draws.normal(size=(n, WIDTH)), np.ones(n)])
    if squared:
        return embedding, draws.normal(size=(n, N_OUTPUTS))
    return embedding, np.eye(N_OUTPUTS)[draws.integers(N_OUTPUTS, size=n)]


def loss(layer, embedding, target, weight, squared):
    output = embedding @ layer
    losses = (
        ((output - target) ** 2).mean(1)
        if squared
        else -(log_softmax(output, axis=1) * target).sum(1)
    )
    return np.average(losses, weights=weight)


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("weight", [None, np.arange(1.0, 10.0)])
def test_gains_are_derivatives_of_the_loss(squared, weight):
    layer = np.random.default_rng(0).normal(size=(WIDTH + 1, N_OUTPUTS))
    held, target = made_up(9, 1, squared)
    samples, own = made_up(20, 2, squared)
    signal = output_gradient(samples @ layer, own, squared=squared)
    steps = StepGains(
        held[:, :-1], held @ layer, target, weight=weight, squared=squared
    )
    tiny = 1e-6
    for _ in range(3):
        gains = steps.gains(signal, samples[:, :-1])
        for i, gain in enumerate(gains):
            move = tiny * np.outer(samples[i], signal[i])
            change = [
                loss(layer + sign * move, held, target, weight, squared)
                for sign in (1, -1)
            ]
            assert_allclose((change[0] - change[1]) / (2 * tiny), gain, atol=1e-6)
        # One step after the other is what all steps from the start are.
        layer = layer - 0.1 * samples[:5].T @ signal[:5]
        steps.step(signal[:5], samples[:5, :-1], 0.1)
        assert_allclose(steps.output, held @ layer, atol=1e-12)


def test_equal_samples_gain_equally():
    held, target = made_up(500, 3, False)
    steps = StepGains(held, held[:, :3], target)
    draws = np.random.default_rng(4)
    gains = steps.gains(
        np.tile(draws.normal(size=(1, 3)), (5000, 1)),
        np.tile(draws.normal(size=(1, 5)), (5000, 1)).astype(np.float32),
    )
    assert len(set(gains)) == 1
