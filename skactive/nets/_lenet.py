"""LeNet-5 with rectified units, for small images of any size."""

from torch import nn
from torch.nn import functional as F

_SIZE = 32


class LeNet(nn.Module):
    """Two convolutions and three linear layers, for small images.

    Layers have the sizes of LeNet-5 [1]_ and, as in the program of Beck et al. [2]_,
    rectified units and maxima of 2 × 2 pixels: 6 and 16 channels of 5 × 5 filters, then
    120, 84 and `n_out` units. Smaller images than 32 × 32 get a margin of zeros, as
    MNIST's 28 × 28 did for LeNet-5; 16 × 16 pixels or fewer are magnified before.
    Larger images are pooled to the same 5 × 5 cells.

    Parameters
    ----------
    n_in : int
        Number of channels; the estimators of `skactive.nets` fill it in.
    n_out : int
        Number of classes or targets; filled in as well.
    dropout : float, default=0.0
        Probability of dropping a unit before each of the last two layers, while
        training and in posterior draws.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner. Gradient-based learning applied
       to document recognition. Proceedings of the IEEE 86(11), 1998.
    .. [2] N. Beck, D. Sivasubramanian, A. Dani, G. Ramakrishnan, R. Iyer. Effective
       evaluation of deep active learning on image classification tasks. 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.nets import LeNet, as_estimator
    >>> digits = load_digits()
    >>> X, y = digits.images[:, None] / 16, digits.target
    >>> clf = as_estimator(
    ...     LeNet, task="classification", lr=0.003, max_epochs=10, random_state=0)
    >>> clf.fit(X[:300], y[:300]).score(X[300:], y[300:]) > 0.7
    True
    """

    def __init__(self, n_in, n_out, dropout=0.0):
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        # Of 10 × 10 cells, those of a 32 × 32 image: maxima of 2 × 2.
        self.pool = nn.AdaptiveMaxPool2d(5)
        self.hidden1 = nn.Linear(16 * 5 * 5, 120)
        self.hidden2 = nn.Linear(120, 84)
        self.drop = nn.Dropout(dropout) if dropout else nn.Identity()
        self.head = nn.Linear(84, n_out)

    def forward(self, X):
        """Compute the outputs of a batch.

        Parameters
        ----------
        X : Tensor of shape (n_samples, n_in, height, width)
            Images.

        Returns
        -------
        output : Tensor of shape (n_samples, n_out)
        """
        X = F.max_pool2d(F.relu(self.conv1(_fitted(check_images(X)))), 2)
        X = self.pool(F.relu(self.conv2(X))).flatten(1)
        X = F.relu(self.hidden1(X))
        X = F.relu(self.hidden2(self.drop(X)))
        return self.head(self.drop(X))


def check_images(X):
    """Refuse what has no channels, height and width."""
    if X.ndim != 4:
        raise ValueError(
            f"X has shape {tuple(X.shape)}; this module takes images of shape "
            "(n_samples, n_channels, height, width)."
        )
    return X


def _fitted(X):
    """Images magnified as far as they fit, in the middle of 32 × 32 pixels."""
    zoom = _SIZE // max(X.shape[2:])
    if zoom > 1:
        X = F.interpolate(X, scale_factor=zoom, mode="nearest")
    height, width = (max(_SIZE - size, 0) for size in X.shape[2:])
    left, top = width // 2, height // 2
    return F.pad(X, (left, width - left, top, height - top))
