"""From the output of a module to logits, probabilities or values in units of y."""

from typing import NamedTuple

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn


class Decoded(NamedTuple):
    """What an estimator makes of the output of its module.

    `output` holds logits (n, n_classes) in float32 or, for a regressor, predictions
    (n, n_targets) in float64 and in units of y; `proba` is None for a regressor.
    """

    output: np.ndarray
    proba: np.ndarray | None


def decode_classes(net, output, n_classes):
    """Logits and probabilities of the first `n_classes` classes of a head."""
    logits = _logits(net, output)[:, :n_classes]
    # Softmax in double precision: in single, confident samples all tie at 1.
    proba = torch.softmax(logits.double(), dim=1)
    return Decoded(logits.numpy(), proba.numpy())


def decode_values(output, mean, scale):
    """Undo the standardization of the targets."""
    values = output.numpy().reshape(len(output), -1).astype(np.float64)
    return Decoded(values * scale + mean, None)


def check_finite(output):
    """Raise ValueError if a row of the module's output is not finite."""
    bad = ~torch.isfinite(output.reshape(len(output), -1)).all(1)
    if bad.any():
        raise ValueError(
            f"The net's output is not finite for {int(bad.sum())} of {len(bad)} "
            f"samples (first: row {int(bad.nonzero()[0])}). The training diverged: "
            "lower the learning rate, or check the scale of the data."
        )


def _logits(net, output):
    if net.predict_nonlinearity == "auto":
        # torch.compile wraps the criterion
        criterion = getattr(net.criterion_, "_orig_mod", net.criterion_)
        if isinstance(criterion, nn.BCEWithLogitsLoss):
            output = output.reshape(-1)
            return torch.stack([torch.zeros_like(output), output], dim=1)
        # Logarithms of probabilities are logits too, and NLLLoss takes logarithms; but
        # in a NeuralNetClassifier it is given probabilities.
        takes_log = isinstance(criterion, nn.NLLLoss) and not isinstance(
            net, NeuralNetClassifier
        )
        if takes_log or isinstance(criterion, nn.CrossEntropyLoss):
            return output
    return _log_of_probabilities(net._get_predict_nonlinearity()(output))


def _log_of_probabilities(proba):
    sums = proba.sum(1) if proba.ndim == 2 else None
    if sums is None or (proba < 0).any() or ((sums - 1).abs() > 1e-3).any():
        raise ValueError(
            "The outputs of the net are no probabilities. With logits use "
            "criterion=torch.nn.CrossEntropyLoss; with anything else set the net's "
            "`predict_nonlinearity` to what makes them probabilities."
        )
    return proba.clamp_min(torch.finfo(proba.dtype).tiny).log()
