"""Information between labels of two sets of rows, from draws of the posterior."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._probabilities import row_entropy

__all__ = ["predictive_information"]

# Rounding differs between copies of a row; information does not.
_DECIMALS = 10


def predictive_information(draws, targets):
    """Mean information that the label of each row holds about those of targets.

    The mutual information ``H(y) + H(y') - H(y, y')`` under the mean of the draws, in
    nats, averaged over the targets.

    Parameters
    ----------
    draws : ndarray of shape (n_rows, T, n_classes)
        Class probabilities. Each draw must be one function for rows and targets alike.
    targets : ndarray of shape (n_targets, T, n_classes)
        Those of the targets, from the same T draws.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        At least 0, and at most `mutual_information` of the draws of that row.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import predictive_information
    >>> sure, torn = [[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]]
    >>> predictive_information(np.array([sure, torn]), np.array([sure])).round(4)
    array([0.6931, 0.    ])
    """
    n_rows, n_draws, _ = draws.shape
    others = np.asarray(targets, dtype=np.float64).transpose(1, 0, 2)
    apart = row_entropy(others.mean(axis=0)).mean()
    n_targets = others.shape[1]
    others = others.reshape(n_draws, -1) / n_draws
    information = np.empty(n_rows)
    # The joint probabilities of a few rows with all targets, and their logarithms.
    width = 2 * 8 * draws.shape[2] * others.shape[1]
    for rows in _blocks.row_chunks(n_rows, width):
        part = draws[rows].astype(np.float64)
        joint = part.transpose(0, 2, 1) @ others
        together = row_entropy(joint.reshape(len(part), -1)) / n_targets
        information[rows] = row_entropy(part.mean(axis=1)) + apart - together
    return np.maximum(np.round(information, _DECIMALS), 0)
