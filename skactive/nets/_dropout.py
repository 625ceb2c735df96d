"""Posterior draws of a fitted net: passes with its dropout layers switched on.

Gal & Ghahramani, "Dropout as a Bayesian Approximation", ICML 2016, section 4.
"""

from contextlib import contextmanager

import numpy as np
import torch
from torch.nn.modules.dropout import _DropoutNd

from skactive.nets._forward import first, kept_modes
from skactive.nets._outputs import check_finite
from skactive.nets._seeding import reseed_torch, seeded_torch
from skactive.utils import derive_seed


def has_dropout(estimator):
    """Whether the module of a fitted estimator has a dropout layer with p > 0.

    ``torch.nn.functional.dropout`` and the ``dropout=`` of recurrent or attention
    layers have no module of their own and are not seen.
    """
    return bool(_dropout_layers(estimator.net_))


def dropout_draws(estimator, X, n_draws, *, seed, consistent=False):
    """Predictions of `n_draws` passes over `X` with dropout on.

    Only dropout layers are switched on; BatchNorm keeps its statistics, and all flags
    and torch's generators are restored.

    Parameters
    ----------
    estimator : NetClassifier or NetRegressor
        Fitted.
    X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
        Samples as `fit` takes them.
    n_draws : int
        Number of passes.
    seed : int
        Same seed, same draws.
    consistent : bool, default=False
        Whether all samples of a draw share one mask, so that a draw is one function.
        What needs joint predictions needs this. Masks depend on the seed and the draw
        alone, not on the rows or batches of `X`.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)
        Probabilities (float32) of a classifier, predictions (float64, in units of y) of
        a regressor.

    Raises
    ------
    ValueError
        If the module has no dropout layer, or an output is not finite.
    """
    net = estimator.net_
    layers = _dropout_layers(net)
    if not layers:
        raise ValueError(
            "The module has no torch.nn.Dropout layer with p > 0 to draw from."
        )
    data = net.get_dataset(estimator._check_X(X))
    with kept_modes(net), seeded_torch(seed, net.device):
        for t in range(n_draws):
            switched = (
                _shared_masks(net, layers, seed, t) if consistent else _on(layers)
            )
            with switched:
                output = torch.cat([first(batch) for batch in net.forward_iter(data)])
            check_finite(output)
            values, proba = estimator._decode(output)
            if proba is not None:
                values = proba.astype(np.float32)
            if t == 0:
                n_rows, n_outputs = values.shape
                draws = np.empty((n_rows, n_draws, n_outputs), values.dtype)
            draws[:, t] = values
    return draws


def _dropout_layers(net):
    return [
        layer
        for layer in net.module_.modules()
        if isinstance(layer, _DropoutNd) and layer.p > 0
    ]


@contextmanager
def _hooked(handles):
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _on(layers):
    # skorch calls eval() before every batch, so each layer is flipped right before it
    # runs.
    return _hooked([layer.register_forward_pre_hook(_train) for layer in layers])


def _train(layer, args):
    layer.train()


def _shared_masks(net, layers, seed, t):
    """Let the layers draw one mask per layer and call for all rows of draw `t`."""
    calls = {}

    def forget_calls(module, args):
        calls.clear()

    def mask(number):
        def hook(layer, args, output):
            call = calls[number] = calls.get(number, -1) + 1
            mask_seed = derive_seed(seed, t, number, call)
            return _masked(layer, args[0], mask_seed, net.device)

        return hook

    return _hooked(
        [net.module_.register_forward_pre_hook(forget_calls)]
        + [layer.register_forward_hook(mask(i)) for i, layer in enumerate(layers)]
    )


def _masked(layer, x, seed, device):
    # Every kind of dropout is x * scale + shift with a random scale and shift; read
    # them off from what the layer makes of zeros and ones, for one row.
    row = x[:1]
    layer.train()
    reseed_torch(seed, device)
    shift = layer.forward(torch.zeros_like(row))
    reseed_torch(seed, device)
    scale = layer.forward(torch.ones_like(row)) - shift
    layer.eval()
    return x * scale + shift
