"""A net that predicts its own losses: its head, its criteria, and when they part.

Yoo & Kweon, "Learning Loss for Active Learning", CVPR 2019, sections 3.2 and 3.3.
"""

import torch
from skorch.callbacks import Callback
from torch import nn
from torch.nn import functional as F

from skactive.nets._mlp_module import MLP

# How far apart the predicted losses of a pair shall be.
_MARGIN = 1.0


class LossHead(nn.Module):
    """One number from several activations: linear and ReLU each, then linear.

    Parameters
    ----------
    widths : list of int
        Widths of the activations.
    size : int
        Units for each activation.
    """

    def __init__(self, widths, size):
        super().__init__()
        self.readers = nn.ModuleList(nn.Linear(width, size) for width in widths)
        # No bias: it is in both losses of a pair, and nothing would train it.
        self.last = nn.Linear(size * len(widths), 1, bias=False)

    def forward(self, activations):
        """Predict the losses (n_rows,) from the list of activations."""
        read = [
            torch.relu(reader(activation))
            for reader, activation in zip(self.readers, activations, strict=True)
        ]
        return self.last(torch.cat(read, 1))[:, 0]


class LossPredictingMLP(nn.Module):
    """An `MLP` whose output comes with a predicted loss.

    Parameters
    ----------
    n_in, n_out, hidden_sizes, dropout, mean, scale
        See `MLP`.
    head_size : int
        Units of the `LossHead` for each hidden layer.

    Attributes
    ----------
    detached : bool
        Whether the gradient of the predicted losses ends at the head.
    """

    def __init__(self, n_in, n_out, hidden_sizes, dropout, mean, scale, head_size):
        super().__init__()
        self.mlp = MLP(n_in, n_out, hidden_sizes, dropout, mean, scale)
        self.loss_head = LossHead(hidden_sizes, head_size)
        self.detached = False

    def forward(self, X):
        """Give outputs (n_rows, n_out) and predicted losses (n_rows,)."""
        *hidden, output = self.mlp
        entering = []
        for layer in hidden:
            if isinstance(layer, nn.Linear):
                entering.append(X)
            X = layer(X)
        activations = [*entering[1:], X]
        if self.detached:
            activations = [activation.detach() for activation in activations]
        # The head comes first: the input of the last linear layer is the embedding.
        predicted = self.loss_head(activations)
        return output(X), predicted


class DetachHead(Callback):
    """Let the head of a `LossPredictingMLP` learn without a say in the features.

    Parameters
    ----------
    after : int
        Number of epochs before.
    """

    def __init__(self, after):
        self.after = after

    def on_epoch_begin(self, net, **kwargs):
        """Look at the number of the epoch."""
        net.module_.detached = len(net.history) > self.after


def pair_losses(predicted, losses):
    """Ranking loss of each row's pair; their mean over rows is that over pairs.

    The rows of the first half are paired with those of the second; with an odd number,
    the last row has no pair and a loss of zero. Of a pair with equal losses there is
    nothing to learn.

    Parameters
    ----------
    predicted, losses : Tensor of shape (n_rows,)
        Predicted and true losses.

    Returns
    -------
    pair_losses : Tensor of shape (n_rows,)
    """
    n_rows, half = len(losses), len(losses) // 2
    left, right = slice(half), slice(half, 2 * half)
    sign = torch.sign(losses[left] - losses[right])
    gaps = predicted[left] - predicted[right]
    pairs = (_MARGIN - sign * gaps).clamp_min(0)
    alone = predicted.new_zeros(n_rows - 2 * half)
    return torch.cat([pairs, pairs, alone]) * (n_rows / max(2 * half, 1))


class _WithRanking:
    """A criterion of torch's, plus the ranking of its losses by those predicted.

    With sample weights, a pair weighs as much as its rows on average.

    Parameters
    ----------
    loss_weight : float
        Weight of the ranking.
    """

    def __init__(self, loss_weight):
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, output, target):
        """Loss of the output of a `LossPredictingMLP`."""
        values, predicted = output
        losses = self._losses(values, target)
        total = losses + self.loss_weight * pair_losses(predicted, losses.detach())
        return total if self.reduction == "none" else total.mean()


class RankedCrossEntropy(_WithRanking, nn.CrossEntropyLoss):
    """Cross-entropy and ranking."""

    @staticmethod
    def _losses(logits, target):
        return F.cross_entropy(logits, target, reduction="none")


class RankedMSE(_WithRanking, nn.MSELoss):
    """Squared error, averaged over targets, and ranking."""

    @staticmethod
    def _losses(values, target):
        return ((values - target) ** 2).mean(1)
