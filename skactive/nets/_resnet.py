"""ResNet-18 for small images."""

from torch import nn

from skactive.nets._residual_net import ResidualNet


class ResNet18(ResidualNet):
    """Residual network of 18 layers, for images of about 32 × 32 pixels.

    Residual blocks [1]_ of torchvision. What differs from its ``resnet18`` is the
    beginning, made for small images: one convolution of 3 × 3 filters without stride,
    and no pooling after it. Beck et al. [2]_ and others use it for CIFAR.

    Parameters
    ----------
    n_in : int
        Number of channels; the estimators of `skactive.nets` fill it in.
    n_out : int
        Number of classes or targets; filled in as well.
    width : int, default=64
        Channels of the first stage; the next ones have 2, 4 and 8 times as many. A
        quarter of the width takes a sixteenth of the multiplications.
    dropout : float, default=0.0
        Probability of dropping a unit before the last layer, while training and in
        posterior draws.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun. Deep residual learning for image
       recognition. CVPR 2016.
    .. [2] N. Beck, D. Sivasubramanian, A. Dani, G. Ramakrishnan, R. Iyer. Effective
       evaluation of deep active learning on image classification tasks. 2021.

    Examples
    --------
    >>> import torch
    >>> from skactive.nets import ResNet18
    >>> net = ResNet18(n_in=3, n_out=10)
    >>> net(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    >>> sum(param.numel() for param in net.parameters())
    11173962
    """

    def __init__(self, n_in, n_out, width=64, dropout=0.0):
        stem = nn.Sequential(
            nn.Conv2d(n_in, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        stages = nn.Sequential(
            _stage(width, width, stride=1),
            _stage(width, 2 * width, stride=2),
            _stage(2 * width, 4 * width, stride=2),
            _stage(4 * width, 8 * width, stride=2),
        )
        super().__init__(stem, stages, 8 * width, n_out, dropout)


def _stage(n_in, n_out, stride):
    """Two blocks; the first one changes width and size."""
    # Here, since importing the nets should not take torchvision's seconds.
    from torchvision.models.resnet import BasicBlock

    shortcut = None
    if stride > 1 or n_in != n_out:
        shortcut = nn.Sequential(
            nn.Conv2d(n_in, n_out, 1, stride=stride, bias=False),
            nn.BatchNorm2d(n_out),
        )
    return nn.Sequential(
        BasicBlock(n_in, n_out, stride, shortcut), BasicBlock(n_out, n_out)
    )
