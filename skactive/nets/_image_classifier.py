"""Classifiers of images, trained as studies of active learning train theirs."""

import torch
from skorch import NeuralNetClassifier
from torch import nn

from skactive.nets._classifier import NetClassifier
from skactive.nets._lenet import LeNet
from skactive.nets._resnet import ResNet18

_ARCHITECTURES = {"LeNet": LeNet, "ResNet18": ResNet18}


class Normalized(nn.Module):
    """A module behind a fixed scaling of the channels.

    Parameters
    ----------
    n_in, n_out : int
        Numbers of channels and of outputs.
    body : callable
        Makes the module from both and `params`.
    mean, std : array-like of shape (n_in,)
        Mean and standard deviation of each channel.
    **params : dict
        Further parameters of `body`.
    """

    def __init__(self, n_in, n_out, body, mean, std, **params):
        super().__init__()
        for name, value in (("mean", mean), ("std", std)):
            values = torch.tensor(value, dtype=torch.float32)
            self.register_buffer(name, values.reshape(-1, 1, 1))
        self.body = body(n_in, n_out, **params)

    def forward(self, X):
        """Outputs of the body for the scaled images."""
        return self.body((X - self.mean) / self.std)


def image_classifier(
    architecture,
    *,
    mean,
    std,
    augment,
    image_size,
    training,
    device,
    **module_params,
):
    """Make a `NetClassifier` of scaled and augmented images.

    Parameters
    ----------
    architecture : {'LeNet', 'ResNet18'}
        The module.
    mean, std : list of float
        Of the channels of images in [0, 1].
    augment : list of {'crop', 'flip'}
        Random crops after a margin of four pixels; random horizontal flips.
    image_size : int
        Height and width of an image.
    training : dict
        Parameters of the skorch net, from `training_params`.
    device : str or torch.device
        Where to train and predict.
    **module_params : dict
        Parameters of the module.

    Returns
    -------
    classifier : NetClassifier
    """
    net = NeuralNetClassifier(
        Normalized,
        module__body=_ARCHITECTURES[architecture],
        module__mean=mean,
        module__std=std,
        **{f"module__{name}": value for name, value in module_params.items()},
        criterion=nn.CrossEntropyLoss,
        device=device,
        **training,
    )
    return NetClassifier(net, augment=_transform(augment, image_size))


def _transform(augment, image_size):
    from torchvision.transforms import v2

    made = {
        "crop": v2.RandomCrop(image_size, padding=4),
        "flip": v2.RandomHorizontalFlip(),
    }
    return v2.Compose([made[name] for name in augment]) if augment else None
