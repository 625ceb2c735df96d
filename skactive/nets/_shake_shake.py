"""Residual networks with two branches that are mixed at random, for small images."""

import torch
from torch import nn
from torch.nn import functional as F

from skactive.nets._residual_net import ResidualNet

# Blocks of a stage: three stages of four blocks of two convolutions, with the first
# convolution and the last layer, make 26 layers.
_N_BLOCKS = 4


class ShakeShake(ResidualNet):
    """Residual network of 26 layers with shake-shake regularization, for small images.

    Each residual block has two branches alike [1]_. While training, every sample gets
    them in a mixture of its own, drawn anew for the way forward and for the way back of
    the gradient; else they count half each. It wants long training, with augmentation:
    Gastaldi takes 1800 epochs, and Beck et al. [2]_ combine it with the averaging of
    weights. With `width` 32 it is their net "26 2x32d".

    Parameters
    ----------
    n_in : int
        Number of channels; the estimators of `skactive.nets` fill it in.
    n_out : int
        Number of classes or targets; filled in as well.
    width : int, default=32
        Channels of a branch in the first stage, an even number; the next ones have
        twice and four times as many.
    dropout : float, default=0.0
        Probability of dropping a unit before the last layer, while training and in
        posterior draws. The mixtures are drawn in training alone.

    References
    ----------
    .. [1] X. Gastaldi. Shake-shake regularization. arXiv:1705.07485, 2017.
    .. [2] N. Beck, D. Sivasubramanian, A. Dani, G. Ramakrishnan, R. Iyer. Effective
       evaluation of deep active learning on image classification tasks. 2021.

    Examples
    --------
    >>> import torch
    >>> from skactive.nets import ShakeShake
    >>> net = ShakeShake(n_in=3, n_out=10)
    >>> net(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    >>> sum(param.numel() for param in net.parameters())
    2923162
    """

    def __init__(self, n_in, n_out, width=32, dropout=0.0):
        if width < 2 or width % 2:
            raise ValueError(f"width={width!r}; pass an even number of channels.")
        stem = nn.Sequential(
            nn.Conv2d(n_in, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        )
        stages = nn.Sequential(
            _stage(16, width, stride=1),
            _stage(width, 2 * width, stride=2),
            _stage(2 * width, 4 * width, stride=2),
            nn.ReLU(),
        )
        super().__init__(stem, stages, 4 * width, n_out, dropout)


class Shake(nn.Module):
    """Mix two branches: at random for each sample in training, half and half else."""

    def forward(self, first, second):
        """Mix, and let the gradient come back through another mixture."""
        if not self.training:
            return (first + second) / 2
        shape = len(first), *[1] * (first.ndim - 1)
        ahead, back = torch.rand(2, *shape, device=first.device, dtype=first.dtype)
        mixed = back * first + (1 - back) * second
        # What is detached has no gradient: it moves the values alone.
        return mixed + ((ahead - back) * (first - second)).detach()


class _Block(nn.Module):
    def __init__(self, n_in, n_out, stride):
        super().__init__()
        same = n_in == n_out and stride == 1
        self.shortcut = nn.Identity() if same else _shortcut(n_in, n_out, stride)
        self.branches = nn.ModuleList(_branch(n_in, n_out, stride) for _ in range(2))
        self.shake = Shake()

    def forward(self, X):
        mixed = self.shake(*(branch(X) for branch in self.branches))
        return self.shortcut(X) + mixed


class _Shortcut(nn.Module):
    """Every other pixel, and those beside them, give half of the channels each."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(n_in, n_out // 2, 1, bias=False) for _ in range(2)
        )
        self.norm = nn.BatchNorm2d(n_out)

    def forward(self, X):
        X = F.relu(X)
        beside = F.pad(X, (-1, 1, -1, 1))
        pair = zip(self.convolutions, (X, beside), strict=True)
        halves = [convolve(part[:, :, ::2, ::2]) for convolve, part in pair]
        return self.norm(torch.cat(halves, dim=1))


def _stage(n_in, n_out, stride):
    """Four blocks; the first one changes width and size."""
    return nn.Sequential(
        _Block(n_in, n_out, stride),
        *(_Block(n_out, n_out, 1) for _ in range(_N_BLOCKS - 1)),
    )


def _branch(n_in, n_out, stride):
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(n_out),
        nn.ReLU(),
        nn.Conv2d(n_out, n_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(n_out),
    )


def _shortcut(n_in, n_out, stride):
    if stride == 2:
        return _Shortcut(n_in, n_out)
    return nn.Sequential(
        nn.ReLU(), nn.Conv2d(n_in, n_out, 1, bias=False), nn.BatchNorm2d(n_out)
    )
