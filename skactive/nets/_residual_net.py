"""What residual networks for small images have in common."""

from torch import nn

from skactive.nets._lenet import check_images


class ResidualNet(nn.Module):
    """Stem, stages, the mean over what is left of the image, and a linear layer.

    Convolutions start with the weights of He et al. (2015), as those of torchvision's
    residual networks do.

    Parameters
    ----------
    stem, stages : torch.nn.Module
        From images to channels, and on to more channels of fewer pixels.
    width : int
        Channels at the end.
    n_out : int
        Number of outputs.
    dropout : float
        Probability of dropping a unit before the last layer.
    """

    def __init__(self, stem, stages, width, n_out, dropout):
        super().__init__()
        self.stem = stem
        self.stages = stages
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.drop = nn.Dropout(dropout) if dropout else nn.Identity()
        self.head = nn.Linear(width, n_out)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")

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
        X = self.stages(self.stem(check_images(X)))
        return self.head(self.drop(self.pool(X).flatten(1)))
