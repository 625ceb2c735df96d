"""The adversarial autoencoder: its parts, and what its critic finds out."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.metrics import roc_auc_score
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from skactive.nets._vaal import labeled_logits
from skactive.nets._vaal_modules import (
    critic_loss,
    deceiver_loss,
    divergence,
    image_autoencoder,
    table_autoencoder,
)

rng_of = np.random.default_rng
NOTHING = np.arange(0)


def normal(*shape):
    return torch.from_numpy(rng_of(5).normal(size=shape).astype(np.float32))


def domains(start, seed=0):
    """Labeled rows, and a pool of which a third is shifted, from row `start` on."""
    rng = rng_of(seed)
    labeled, pool = rng.normal(size=(60, 6)), rng.normal(size=(150, 6))
    pool[start : start + 50] += 2.5
    is_shifted = (np.arange(150) >= start) & (np.arange(150) < start + 50)
    return labeled.astype(np.float32), pool.astype(np.float32), is_shifted


def test_divergence():
    assert divergence(torch.zeros(3, 4), torch.zeros(3, 4)).tolist() == [0, 0, 0]
    mean, log_variance = normal(2, 5, 4)
    exact = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0))
    assert_allclose(divergence(mean, log_variance), exact.sum(1), rtol=1e-5)


def test_targets_of_critic_and_deceiver():
    labeled, pool = normal(4), normal(7)
    entropy = F.binary_cross_entropy_with_logits
    ones = entropy(labeled, torch.ones(4))
    expected = ones + entropy(pool, torch.zeros(7))
    assert_allclose(critic_loss(labeled, pool), expected, rtol=1e-6)
    expected = ones + entropy(pool, torch.ones(7))
    assert_allclose(deceiver_loss(labeled, pool), expected, rtol=1e-6)


def test_the_loss_of_a_row_does_not_depend_on_its_batch():
    vae = table_autoencoder(np.ones(3), np.full(3, 2.0), 4, 8)
    with torch.no_grad():
        vae.posterior.bias[4:] = -60  # draws are their means
        X = normal(9, 3)
        losses, means = vae.losses(X, 0.5)
        for batch in (X[:1], X[2:5]):
            alone, mean = vae.losses(batch, 0.5)
            where = [int((row == X).all(1).nonzero()) for row in batch]
            assert_allclose(alone, losses[where], rtol=1e-5)
            assert_allclose(mean, means[where], rtol=1e-5, atol=1e-7)
        scaled, mean, log_variance = vae.encode(X)
        bent = (X - 1) / 2 / (1 + ((X - 1) / 6) ** 2).sqrt()
        assert_allclose(scaled, bent, rtol=1e-5)
        squares = ((vae.decoder(mean) - scaled) ** 2).sum(1)
        expected = squares / 2 + 0.5 * divergence(mean, log_variance)
        assert_allclose(losses, expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 7), (1, 1, 1), (2, 28, 28)])
def test_images_of_any_size(shape):
    n = int(np.prod(shape))
    vae = image_autoencoder(shape, np.zeros(n), np.ones(n), 6, 16)
    losses, means = vae.losses(normal(3, n), 1.0)
    assert (losses.shape, means.shape) == ((3,), (3, 6))


@pytest.mark.parametrize("start", [0, 100])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_critic_tells_the_domains_apart(start, weight):
    labeled, pool, is_shifted = domains(start)
    logits = labeled_logits(
        labeled, pool, NOTHING, seed=0, adversarial_weight=weight, max_epochs=30
    )
    assert roc_auc_score(is_shifted, -logits) > 0.9


def test_the_deception_makes_it_harder():
    labeled, pool, is_shifted = domains(0)
    gaps = []
    for weight in (0.0, 1.0, 10.0):
        logits = labeled_logits(
            labeled, pool, NOTHING, seed=0, adversarial_weight=weight, max_epochs=30
        )
        gaps.append(logits[~is_shifted].mean() - logits[is_shifted].mean())
    assert gaps[0] > gaps[1] > gaps[2]


def test_bright_images_are_found():
    rng = rng_of(0)
    labeled = rng.normal(size=(30, 64)).astype(np.float32)
    pool = rng.normal(size=(60, 64)).astype(np.float32)
    pool[20:40] += 2
    logits = labeled_logits(
        labeled, pool, NOTHING, seed=0, image_shape=(1, 8, 8), max_epochs=40
    )
    assert roc_auc_score((np.arange(60) >= 20) & (np.arange(60) < 40), -logits) > 0.9


def test_given_rows_are_learned_as_labeled():
    labeled, pool, _ = domains(0)
    before, after = (
        labeled_logits(labeled, pool, given, seed=0, max_epochs=30)
        for given in (NOTHING, np.arange(45))
    )
    gap = [z[45:50].mean() - z[50:].mean() for z in (before, after)]
    assert gap[1] > gap[0] + 0.2


def test_seeds_and_generators():
    labeled, pool, _ = domains(0)
    state = torch.get_rng_state()
    runs = [
        labeled_logits(labeled, pool, NOTHING, seed=seed, max_epochs=2)
        for seed in (3, 3, 4)
    ]
    assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).all()
    assert_array_equal(torch.get_rng_state(), state)


def test_equal_rows_are_treated_alike_and_sparse_ones_too():
    labeled, pool, _ = domains(0)
    pool, labeled = np.tile(np.maximum(pool, 0), (3, 1)), np.maximum(labeled, 0)
    dense = labeled_logits(labeled, pool, NOTHING, seed=0, max_epochs=2)
    assert_allclose(dense[:150], dense[300:], atol=1e-12)
    csr = sparse.csr_matrix
    rows = labeled_logits(csr(labeled), csr(pool), NOTHING, seed=0, max_epochs=2)
    assert_allclose(rows, dense, atol=1e-4)
