"""Logits of a fitted net as a function of what its module gets, with gradients."""

import numpy as np
import torch
from skorch.dataset import unpack_data

from skactive.nets._forward import _COPIES, first, kept_modes
from skactive.nets._outputs import _logits
from skactive.nets._seeding import seeded_torch


def map_inputs(estimator, X, function):
    """Apply a function to batches of inputs that it may move.

    Weights, their gradients, train/eval flags, BatchNorm statistics and torch's
    generators stay as they are. One batch of the net's inference is differentiated at a
    time.

    Parameters
    ----------
    estimator : NetClassifier
        Fitted.
    X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
        Samples as `fit` takes them.
    function : callable
        ``function(inputs, logits_at) -> array``, as for
        `skactive.adapters.InputGradient.map`.

    Returns
    -------
    values : ndarray of shape (n_samples, ...)
        What the function returned, one row per sample.

    Raises
    ------
    TypeError
        If the module gets anything but one tensor of floats.
    """
    X, net = estimator._check_X(X), estimator.net_
    values = []
    with kept_modes(net), seeded_torch(0, net.device), torch.enable_grad():
        for batch in net.get_iterator(net.get_dataset(X), training=False):
            net._set_training(False)
            inputs = unpack_data(batch)[0]
            if not (torch.is_tensor(inputs) and inputs.is_floating_point()):
                raise TypeError(
                    "There are no gradients with respect to the inputs of a module "
                    "that gets anything but one tensor of floats; use 'margin'."
                )
            logits_at = _logits_function(estimator, inputs)
            flat = inputs.reshape(len(inputs), -1).cpu().numpy()
            values.append(function(flat, logits_at))
    return np.concatenate(values)


def _logits_function(estimator, like):
    net, n_classes = estimator.net_, len(estimator.classes_)

    def logits_at(inputs):
        n_rows = len(inputs)
        if n_rows == 1:
            # As in `forward`: a row alone is rounded as it is among others.
            inputs = inputs[np.zeros(_COPIES, dtype=int)]
        leaf = torch.as_tensor(inputs, dtype=like.dtype, device=net.device)
        leaf = leaf.reshape(-1, *like.shape[1:]).requires_grad_()
        # A clone, because the module may work in place.
        logits = _logits(net, first(net.infer(leaf.clone())))[:n_rows, :n_classes]

        def pull_back(weights):
            (gradient,) = torch.autograd.grad(
                logits,
                leaf,
                torch.as_tensor(weights).to(logits),
                retain_graph=True,
                allow_unused=True,  # a module may ignore its inputs
                materialize_grads=True,
            )
            return gradient[:n_rows].reshape(n_rows, -1).double().cpu().numpy()

        return logits.detach().double().cpu().numpy(), pull_back

    return logits_at
