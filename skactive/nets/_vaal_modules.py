"""Variational autoencoders of tables and images, and the critic of their latent space.

Sinha, Ebrahimi & Darrell, "Variational Adversarial Active Learning", ICCV 2019. Nothing
here depends on the other rows of a batch: there is no batch normalization.
"""

import torch
from torch import nn
from torch.nn import functional as F

from skactive.nets._mlp_module import Standardize

# Channels behind the two convolutions, each of which halves height and width.
_CHANNELS = 32, 64


class Autoencoder(nn.Module):
    """A variational autoencoder with a Gaussian likelihood of unit variance.

    Parameters
    ----------
    encoder : nn.Module
        Maps scaled samples to vectors of `width` numbers.
    decoder : nn.Module
        Maps latent vectors to scaled samples.
    width : int
        Numbers that the encoder returns.
    latent_size : int
        Dimensions of the latent space.
    mean, scale : array-like of shape (n_features,)
        See `Standardize`.
    """

    def __init__(self, encoder, decoder, width, latent_size, mean, scale):
        super().__init__()
        self.standardize = Standardize(mean, scale)
        self.encoder = encoder
        self.posterior = nn.Linear(width, 2 * latent_size)
        self.decoder = decoder

    def encode(self, X):
        """Scaled rows, and means and log-variances of their latent vectors."""
        X = self.standardize(X)
        return X, *self.posterior(self.encoder(X)).chunk(2, dim=1)

    def losses(self, X, beta):
        """Give the loss (n_rows,) of a draw for each row, and the latent means."""
        X, mean, log_variance = self.encode(X)
        drawn = mean + torch.randn_like(mean) * torch.exp(log_variance / 2)
        error = ((self.decoder(drawn) - X) ** 2).sum(1) / 2
        return error + beta * divergence(mean, log_variance), mean


def divergence(mean, log_variance):
    """Kullback-Leibler divergence (n_rows,) from the standard normal distribution."""
    return (mean**2 + log_variance.exp() - log_variance - 1).sum(1) / 2


def table_autoencoder(mean, scale, latent_size, hidden_size):
    """Make the autoencoder of tables: two hidden layers on each side."""
    n_features = len(mean)
    return Autoencoder(
        perceptron(n_features, hidden_size, hidden_size),
        perceptron(latent_size, hidden_size, n_features),
        hidden_size,
        latent_size,
        mean,
        scale,
    )


def image_autoencoder(shape, mean, scale, latent_size, hidden_size):
    """Make the autoencoder of flattened images of the shape (channels, height, width).

    Two convolutions and a linear layer on each side.
    """
    channels, *size = shape
    cells = [-(-length // 4) for length in size]  # a margin makes it a multiple of 4
    flat = _CHANNELS[1] * cells[0] * cells[1]
    margin = [4 * n - length for n, length in zip(cells, size, strict=True)]
    encoder = nn.Sequential(
        nn.Unflatten(1, (channels, *size)),
        nn.ZeroPad2d((0, margin[1], 0, margin[0])),
        nn.Conv2d(channels, _CHANNELS[0], 4, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(*_CHANNELS, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(flat, hidden_size),
        nn.ReLU(),
    )
    decoder = nn.Sequential(
        nn.Linear(latent_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, flat),
        nn.ReLU(),
        nn.Unflatten(1, (_CHANNELS[1], *cells)),
        nn.ConvTranspose2d(*reversed(_CHANNELS), 4, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(_CHANNELS[0], channels, 4, stride=2, padding=1),
        nn.ZeroPad2d((0, -margin[1], 0, -margin[0])),
        nn.Flatten(),
    )
    return Autoencoder(encoder, decoder, hidden_size, latent_size, mean, scale)


def perceptron(n_in, hidden_size, n_out):
    """Two hidden layers with rectified units."""
    return nn.Sequential(
        nn.Linear(n_in, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, n_out),
    )


def critic_loss(labeled, pool):
    """Cross-entropy of logits that shall be high for labeled rows, low for the pool."""
    return F.softplus(-labeled).mean() + F.softplus(pool).mean()


def deceiver_loss(labeled, pool):
    """Cross-entropy of the same logits if both shall be high."""
    return F.softplus(-labeled).mean() + F.softplus(-pool).mean()
