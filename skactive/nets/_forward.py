"""One pass over the data: the outputs of a fitted net and, if asked for, an embedding.

Everything a fitted `NetClassifier` or `NetRegressor` predicts goes through `forward`.
"""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from skactive.nets._outputs import check_finite

_COPIES = 16


class ForwardPass(NamedTuple):
    """Result of `forward`.

    Attributes
    ----------
    output : ndarray of shape (n_samples, n_classes) or (n_samples, n_targets)
        Logits (float32) of a classifier, predictions (float64, in units of y) of a
        regressor.
    proba : ndarray of shape (n_samples, n_classes) or None
        Softmax of the logits (float64); None for a regressor.
    embedding : ndarray of shape (n_samples, n_dimensions) or None
        The captured activations (float32), if they were asked for.
    predicted_loss : ndarray of shape (n_samples,) or None
        The second output of the module (float32), if it was asked for.
    """

    output: np.ndarray
    proba: np.ndarray | None
    embedding: np.ndarray | None
    predicted_loss: np.ndarray | None


def forward(estimator, X, *, embedding=False, layer=None, predicted_loss=False):
    """Run the module of a fitted estimator once over `X`.

    Weights, train/eval flags and BatchNorm statistics stay as they are.

    Parameters
    ----------
    estimator : NetClassifier or NetRegressor
        Fitted.
    X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
        Samples as `fit` takes them.
    embedding : bool, default=False
        Whether to capture the input of the last linear layer that is executed.
    layer : str, default=None
        Name of a submodule whose output is captured instead, as in
        ``estimator.net_.module_.named_modules()``.
    predicted_loss : bool, default=False
        Whether to keep the second output of the module.

    Returns
    -------
    result : ForwardPass
        A named tuple (output, proba, embedding, predicted_loss).

    Raises
    ------
    ValueError
        If an output is not finite, `layer` is unknown, or the module executes no linear
        layer.
    """
    X, net = estimator._check_X(X), estimator.net_
    n_rows = X.shape[0]
    if n_rows == 1:
        # BLAS rounds differently in a product with one row; among copies of itself the
        # row gets what it gets among others.
        X = X[np.zeros(_COPIES, dtype=int)]
    wanted = embedding or layer is not None
    outputs, captured, losses = [], [], []
    with kept_modes(net), _capture(net.module_, layer, wanted) as last:
        for output in net.forward_iter(X):
            outputs.append(first(output))
            if wanted:
                captured.append(last.flat(len(outputs[-1])))
            if predicted_loss:
                losses.append(output[1].float())
    output = torch.cat(outputs)[:n_rows]
    check_finite(output)
    embedded = torch.cat(captured)[:n_rows].numpy() if wanted else None
    loss = torch.cat(losses)[:n_rows].numpy() if predicted_loss else None
    return ForwardPass(*estimator._decode(output), embedded, loss)


@contextmanager
def kept_modes(net):
    """Restore the train/eval flags of every module of `net` after the block."""
    tops = [part for part in vars(net).values() if isinstance(part, nn.Module)]
    flags = [(module, module.training) for top in tops for module in top.modules()]
    try:
        yield
    finally:
        for module, training in flags:
            module.training = training


def first(output):
    """Give what counts in the output of a module: of several, the first one.

    Half precision, which NumPy has not got in all its kinds, becomes single precision.
    """
    output = output[0] if isinstance(output, tuple) else output
    return output.float() if is_half(output) else output


def is_half(output):
    """Whether a tensor is of half precision."""
    return getattr(output, "dtype", None) in (torch.bfloat16, torch.float16)


class _Last:
    """The activation seen last by a hook."""

    value = None

    def keep_input(self, module, args):
        self.value = args[0]

    def keep_output(self, module, args, output):
        # a copy: the next layer may work in place
        self.value = first(output).clone()

    def flat(self, n_rows):
        if self.value is None:
            raise ValueError(
                "The module executes no torch.nn.Linear whose input could be the "
                "embedding; name the module to read with `layer=`."
            )
        if len(self.value) != n_rows:
            raise ValueError(
                f"The embedding has {len(self.value)} rows for {n_rows} samples; name "
                "a module with one row per sample with `layer=`."
            )
        return self.value.reshape(n_rows, -1).float().cpu()


@contextmanager
def _capture(module, layer, wanted):
    last = _Last()
    if not wanted:
        handles = []
    elif layer is None:
        linear = [part for part in module.modules() if isinstance(part, nn.Linear)]
        handles = [part.register_forward_pre_hook(last.keep_input) for part in linear]
    else:
        handles = [_named(module, layer).register_forward_hook(last.keep_output)]
    try:
        yield last
    finally:
        for handle in handles:
            handle.remove()


def _named(module, layer):
    modules = dict(module.named_modules())
    if layer not in modules:
        raise ValueError(
            f"layer={layer!r} is not a module of the net; there are "
            f"{[name for name in modules if name]}."
        )
    return modules[layer]
