"""The linear layer that turns the embedding into logits."""

import numpy as np
from torch import nn

# Rows that tell whether a layer is the one, and the error in single precision.
_N_ROWS = 32
_TOLERANCE = 1e-3


def output_layer(estimator, embedding, logits):
    """Weights and bias of the layer that maps an embedding to logits.

    Parameters
    ----------
    estimator : NetClassifier
        Fitted.
    embedding : ndarray of shape (n_samples, n_dimensions)
        What enters the last linear layer.
    logits : ndarray of shape (n_samples, n_classes)
        What the net makes of it, up to a number for each row.

    Returns
    -------
    layer : tuple of ndarray, or None
        Arrays of shape (n_outputs, n_dimensions) and (n_outputs,); None if the logits
        are no linear function of the embedding by any layer of the net.
    """
    embedding, logits = embedding[:_N_ROWS], logits[:_N_ROWS]
    for layer in reversed(list(estimator.net_.module_.modules())):
        if not isinstance(layer, nn.Linear):
            continue
        if (layer.in_features, layer.out_features) != (
            embedding.shape[1],
            logits.shape[1],
        ):
            continue
        weight = layer.weight.detach().cpu().numpy()
        bias = np.zeros(len(weight), dtype=weight.dtype)
        if layer.bias is not None:
            bias = layer.bias.detach().cpu().numpy()
        gaps = embedding @ weight.T + bias - logits
        gaps -= gaps.mean(axis=1, keepdims=True)  # which a softmax takes away
        if np.abs(gaps).max() <= _TOLERANCE * (1 + np.abs(logits).max()):
            return weight, bias
    return None
