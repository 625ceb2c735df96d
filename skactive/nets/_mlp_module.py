"""The module of the multilayer perceptrons, with the scaling of its inputs inside."""

import torch
from torch import nn


class Standardize(nn.Module):
    """Fixed scaling of the columns: standardize, then bend smoothly to within ±3.

    The bend is that of Holzmüller et al., "Better by default: Strong pre-tuned MLPs and
    boosted trees on tabular data", NeurIPS 2024, section 3. With few labels it
    matters: a column that hardly varies among them may be a hundred deviations out in
    the pool.

    Parameters
    ----------
    mean, scale : array-like of shape (n_features,)
        Buffers, not trained.
    """

    def __init__(self, mean, scale):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean, dtype=torch.float32))
        self.register_buffer("scale", torch.as_tensor(scale, dtype=torch.float32))

    def forward(self, X):
        """Scale the rows of `X`."""
        return standardize(X, self.mean, self.scale)


def standardize(X, mean, scale):
    """Standardize, then bend within ±3."""
    Z = (X - mean) / scale
    return Z * torch.rsqrt(1 + (Z / 3) ** 2)


class MLP(nn.Sequential):
    """Scaling, then hidden layers (linear, ReLU, dropout), then a linear head.

    Parameters
    ----------
    n_in, n_out : int
        Numbers of columns and of outputs.
    hidden_sizes : iterable of int
        Widths of the hidden layers.
    dropout : float
        Probability of dropping a hidden unit; 0 leaves the layers out.
    mean, scale : array-like of shape (n_in,)
        See `Standardize`.
    """

    def __init__(self, n_in, n_out, hidden_sizes, dropout, mean, scale):
        layers = [Standardize(mean, scale)]
        for width in hidden_sizes:
            layers += [nn.Linear(n_in, width), nn.ReLU()]
            if dropout:
                layers.append(nn.Dropout(dropout))
            n_in = width
        super().__init__(*layers, nn.Linear(n_in, n_out))
