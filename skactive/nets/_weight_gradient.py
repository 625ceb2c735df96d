"""Gradients of a fitted net by its weights, sample by sample, as pairs of factors."""

from contextlib import contextmanager

import numpy as np
import torch
from sklearn.utils import gen_batches
from skorch.dataset import unpack_data
from torch import nn
from torch.nn import functional as F

from skactive.nets._forward import _COPIES, first, kept_modes
from skactive.nets._outputs import _logits
from skactive.nets._seeding import seeded_torch

# Rows differentiated at once: the activations and signals of a few layers fit a cache
# that is large, and products of matrices are long enough to be fast.
_BATCH_ROWS = 2048

# More outputs than these are replaced by as many random combinations of them.
_MOST_OUTPUTS = 8

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d)


def gradient_factors(estimator, X):
    """Differentiate what a net says of each sample by its trained weights.

    Of a regressor, each output; of a classifier, the cross-entropy loss at its own
    guess. The gradient by the weights and biases of a layer is the sum over positions
    of outer products of what enters the layer, with a 1 appended, and the signal that
    comes back to what leaves it. A linear layer on rows has one position, a convolution
    one for each pixel. Weights that are frozen, that the outputs do not depend on, or
    of layers of other kinds, such as normalization or grouped convolutions, are left
    out.

    Weights, train/eval flags, BatchNorm statistics and torch's generators stay as they
    are.

    Parameters
    ----------
    estimator : NetClassifier or NetRegressor
        Fitted.
    X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
        Samples as `fit` takes them.

    Yields
    ------
    pairs : list of (activation, signal)
        Factors of the next m samples, one pair for each layer, in the order in which
        they are executed: float32, of shapes (m, a) and (m, c), or (m, n_positions, a)
        and (m, n_positions, c).

    Raises
    ------
    ValueError
        If the module executes no trained linear or convolutional layer.
    """
    X, net = estimator._check_X(X), estimator.net_
    for rows in gen_batches(X.shape[0], _BATCH_ROWS):
        for batch in net.get_iterator(net.get_dataset(X[rows]), training=False):
            with kept_modes(net), seeded_torch(0, net.device), torch.enable_grad():
                net._set_training(False)
                pairs = _pairs(estimator, unpack_data(batch)[0])
            yield pairs


def has_trained_layers(estimator):
    """Whether the module of a fitted estimator has layers to differentiate by.

    Parameters
    ----------
    estimator : NetClassifier or NetRegressor
        Fitted.

    Returns
    -------
    has : bool
    """
    return any(_is_trained(part) for part in estimator.net_.module_.modules())


def _pairs(estimator, inputs):
    n_rows = len(inputs)
    if n_rows == 1:
        # As in `forward`: a row alone is rounded as it is among others.
        inputs = inputs[np.zeros(_COPIES, dtype=int)]
    with _record(estimator.net_.module_) as layers:
        output = first(estimator.net_.infer(inputs))
    targets = _targets(estimator, output) if layers else []
    outputs = [z for uses in layers.values() for _, z in uses]
    signals = [[] for _ in outputs]
    for number, target in enumerate(targets):
        gradients = torch.autograd.grad(
            target.sum(),
            outputs,
            retain_graph=number + 1 < len(targets),
            allow_unused=True,
        )
        for signal, gradient in zip(signals, gradients, strict=True):
            signal.append(gradient)
    signals = iter(signals)
    reached = {
        layer: [
            (x, _without_gaps(signal, z))
            for (x, z), signal in zip(uses, signals, strict=False)
            if any(gradient is not None for gradient in signal)
        ]
        for layer, uses in layers.items()
    }
    pairs = [_pair(layer, uses, n_rows) for layer, uses in reached.items() if uses]
    if not pairs:
        raise ValueError(
            "The module executes no torch.nn.Linear, Conv1d or Conv2d with weights "
            "that are trained, so there are no gradients by them; use features="
            "Embedding(layer=...)."
        )
    return pairs


def _without_gaps(gradients, z):
    """Zeros for the targets that do not depend on `z`."""
    return [torch.zeros_like(z) if each is None else each for each in gradients]


def _targets(estimator, output):
    """What is differentiated: a list of tensors with one number per sample."""
    if hasattr(estimator, "classes_"):
        logits = _logits(estimator.net_, output)[:, : len(estimator.classes_)]
        proba = logits.detach().softmax(1)
        guess = F.one_hot(proba.argmax(1), proba.shape[1])
        return [((proba - guess) * logits).sum(1)]
    output = output.reshape(len(output), -1)
    width = output.shape[1]
    if width > _MOST_OUTPUTS:
        # Always the same ones, for labeled samples and pool alike.
        mixing = np.random.default_rng(0).normal(
            scale=_MOST_OUTPUTS**-0.5, size=(width, _MOST_OUTPUTS)
        )
        output = output @ torch.as_tensor(mixing).to(output)
    return list(output.T)


def _pair(layer, uses, n_rows):
    """(activation, signal) of one layer, the positions of all its uses in a row."""
    activations, signals = [], []
    for x, gradients in uses:
        entering = _positions(layer, x.detach())
        if layer.bias is not None:
            ones = torch.ones_like(entering[..., :1])
            entering = torch.cat([entering, ones], -1)
        leaving = [
            g.flatten(2).transpose(1, 2)
            if isinstance(layer, _CONVOLUTIONS)
            else _in_rows(g)
            for g in gradients
        ]
        activations.append(entering)
        signals.append(torch.cat(leaving, -1))
    activation, signal = (
        (parts[0] if len(parts) == 1 else torch.cat(parts, 1))[:n_rows]
        for parts in (activations, signals)
    )
    if activation.shape[1] == 1:
        activation, signal = activation[:, 0], signal[:, 0]
    return activation.float().cpu().numpy(), signal.float().cpu().numpy()


def _positions(layer, x):
    """What enters a layer at each position: (n, n_positions, n_weights_per_output)."""
    if isinstance(layer, nn.Linear):
        return _in_rows(x)
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    # The padding in numbers, also where the user gave it as 'same'.
    x = F.pad(x, layer._reversed_padding_repeated_twice, mode=mode)
    sizes = layer.kernel_size, layer.dilation, layer.stride
    if isinstance(layer, nn.Conv1d):  # an image of height 1
        x, sizes = x.unsqueeze(2), [(1, *size) for size in sizes]
    kernel, dilation, stride = sizes
    return F.unfold(x, kernel, dilation, 0, stride).transpose(1, 2)


def _in_rows(x):
    """(n, n_positions, width): linear layers work on the last axis."""
    return x.reshape(len(x), -1, x.shape[-1])


@contextmanager
def _record(module):
    """Keep what enters and leaves each layer while the module runs."""
    layers = {}

    def keep(layer, args, output):
        # The next layer may work in place, on a copy.
        layers.setdefault(layer, []).append((args[0], output))
        return output.clone()

    handles = [
        part.register_forward_hook(keep)
        for part in module.modules()
        if _is_trained(part)
    ]
    try:
        yield layers
    finally:
        for handle in handles:
            handle.remove()


def _is_trained(layer):
    if isinstance(layer, _CONVOLUTIONS) and layer.groups > 1:
        return False
    return isinstance(layer, (nn.Linear, *_CONVOLUTIONS)) and layer.weight.requires_grad
