"""Gradients of the losses by the last linear layer, while a skorch net is trained."""

from typing import NamedTuple

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from skorch.dataset import unpack_data
from torch import nn

from skactive.geometry import output_gradient
from skactive.nets._forward import _capture, first, kept_modes
from skactive.nets._outputs import _logits, check_finite


class LastLayer(NamedTuple):
    """What enters and leaves the last linear layer, and what should leave it.

    Attributes
    ----------
    embedding : ndarray of shape (n_samples, n_dimensions)
        What enters, as float32.
    output : ndarray of shape (n_samples, n_outputs)
        Logits, or values in the units of the net, as float64.
    target : ndarray of shape (n_samples, n_outputs)
        One-hot classes, or values.
    weight : ndarray of shape (n_samples,) or None
        Sample weights.
    squared : bool
        Whether the loss is the squared error; else it is the cross-entropy.
    """

    embedding: np.ndarray
    output: np.ndarray
    target: np.ndarray
    weight: np.ndarray | None
    squared: bool

    @property
    def signal(self):
        """Gradient of each weighted loss by the outputs (n_samples, n_outputs)."""
        signal = output_gradient(self.output, self.target, squared=self.squared)
        return signal if self.weight is None else signal * self.weight[:, np.newaxis]

    def take(self, rows):
        """The same for some of the samples."""
        weight = None if self.weight is None else self.weight[rows]
        parts = (part[rows] for part in self[:3])
        return LastLayer(*parts, weight, self.squared)


def is_regression(net, y):
    """Whether the loss of such targets is taken for the squared error."""
    return y.dtype.kind == "f" and not isinstance(net, ClassifierMixin)


def check_linear(net, who):
    """Refuse a module without a linear layer, before it is trained.

    Parameters
    ----------
    net : skorch.NeuralNet
        Initialized.
    who : str
        Needs the layer.

    Raises
    ------
    ValueError
    """
    if not any(isinstance(part, nn.Linear) for part in net.module_.modules()):
        raise ValueError(
            f"{who} computes gradients by the last torch.nn.Linear of the module, and "
            f"{type(net.module_).__name__} has none; let it end in one, or leave "
            f"{who} out of `callbacks`."
        )


def last_layer(net, dataset):
    """Run a net over the samples of a dataset, as it predicts.

    Of a net that ends in more than a linear layer and a softmax, the gradients are
    those of one that does not.

    Parameters
    ----------
    net : skorch.NeuralNet
        Initialized. Weights, train/eval flags and BatchNorm statistics stay as they
        are.
    dataset : torch.utils.data.Dataset
        With targets: class numbers, or, for regression, floats; with sample weights,
        pairs of both.

    Returns
    -------
    layer : LastLayer

    Raises
    ------
    ValueError
        If an output is not finite, or the module executes no linear layer.
    """
    outputs, embedded, targets = [], [], []
    with kept_modes(net), _capture(net.module_, None, True) as last:
        for batch in net.get_iterator(dataset, training=False):
            outputs.append(first(net.evaluation_step(batch)).cpu())
            embedded.append(last.flat(len(outputs[-1])))
            targets.append(unpack_data(batch)[1])
    output, weight = torch.cat(outputs), None
    check_finite(output)
    if isinstance(targets[0], (tuple, list)):
        targets, weights = zip(*targets, strict=True)
        weight = torch.cat(weights).numpy().astype(np.float64)
    target = torch.cat(targets).numpy()
    squared = is_regression(net, target)
    if squared:
        target = target.reshape(len(target), -1)
        output = output.numpy().reshape(target.shape)
    else:
        output = _logits(net, output).numpy()
        target = np.eye(output.shape[1], dtype=np.float32)[target.astype(np.int64)]
    embedding = torch.cat(embedded).numpy()
    return LastLayer(embedding, output.astype(np.float64), target, weight, squared)
