"""Checks of what a net hands to its criterion while it is trained."""

from contextlib import contextmanager
from functools import partial

import torch
from skorch import NeuralNet, NeuralNetClassifier
from torch import nn


@contextmanager
def checked_outputs(net, n_outputs, *, task):
    """Check and align the outputs of `net` on their way to its criterion.

    A hook on the criterion sees every loss, whatever a subclass of the net overrides:

    - a classifier's head narrower than the number of classes raises ValueError instead
      of an index error deep in torch;
    - a regressor's output of shape (n,) meets a target of shape (n, 1) as a column;
      torch would broadcast both to (n, n) and train on nonsense.
    """
    if not isinstance(net.criterion_, nn.Module):
        yield
        return
    check = _check_head if task == "classification" else _align_columns
    hook = partial(_check_args, partial(check, n_outputs))
    handle = net.criterion_.register_forward_pre_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def check_reduction(net):
    """Refuse a criterion that leaves one loss per sample, where skorch wants one.

    A net that takes the losses or the steps in its own way may want them, and weights
    of samples turn them into one.

    Raises
    ------
    ValueError
        With the remedy.
    """
    takes_loss = type(net).get_loss in (
        NeuralNet.get_loss,
        NeuralNetClassifier.get_loss,
    )
    steps = type(net).train_step_single is NeuralNet.train_step_single
    if takes_loss and steps and getattr(net.criterion_, "reduction", None) == "none":
        raise ValueError(
            "criterion__reduction='none' leaves a loss per sample, and training needs "
            "one number per batch; use 'mean', the default, or 'sum'. Weights of "
            "samples are given to fit as sample_weight."
        )


def _check_args(check, criterion, args):
    output, target, *rest = args
    if isinstance(output, torch.Tensor):
        output = check(output, target)
    return (output, target, *rest)


def _check_head(n_outputs, output, target):
    if output.ndim == 2 and output.shape[1] < n_outputs:
        raise ValueError(
            f"The module has {output.shape[1]} outputs for {n_outputs} classes; widen "
            "its last layer, or let its constructor take `n_out`."
        )
    return output


def _align_columns(n_outputs, output, target):
    if output.ndim == 1:
        output = output[:, None]
    if output.shape != target.shape:
        raise ValueError(
            f"The module returns shape {tuple(output.shape)} for targets of shape "
            f"{tuple(target.shape)}; give its last layer {n_outputs} outputs, or let "
            "its constructor take `n_out`."
        )
    return output
