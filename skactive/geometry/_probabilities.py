"""Pointwise measures of a matrix of probabilities, streamed through the cache."""

import numpy as np

from skactive.geometry._stream import stream

__all__ = ["mutual_information", "row_entropy", "top_two"]

# Rows of draws handled at once, so that float64 sums stay in the cache.
_N_ROWS = 4096


def row_entropy(P):
    """Shannon entropy of every row, in nats.

    Parameters
    ----------
    P : ndarray of shape (n_rows, n_classes), float32 or float64
        Non-negative numbers; 0 log 0 counts as 0. Not modified.

    Returns
    -------
    ndarray of shape (n_rows,), float64

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import row_entropy
    >>> row_entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4)
    array([0.6931, 0.    ])
    """
    tiny = np.finfo(P.dtype).tiny
    entropy = np.empty(P.shape[0])
    # In single precision NumPy is a third faster in bits than in nats.
    log, unit = (np.log, 1) if P.dtype == np.float64 else (np.log2, np.log(2))
    minus_units = np.full(P.shape[1], -unit, dtype=P.dtype)

    def measure(rows, logs):
        part = P[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            log(part, out=logs)
            logs *= part
            sums = logs @ minus_units
        if np.isnan(sums.sum()):
            # The smallest number makes 0 log 0 a plain 0 and changes no number above
            # 1e-22 (float32); masks and scipy.special.xlogy take twice the time.
            np.add(part, tiny, out=logs)
            log(logs, out=logs)
            logs *= part
            sums = logs @ minus_units
        np.add(sums, 0, out=entropy[rows])  # 0, not -0

    stream(measure, P)
    return entropy


def mutual_information(draws):
    """Entropy of the mean draw minus the mean entropy of the draws, in nats.

    Parameters
    ----------
    draws : ndarray of shape (n_rows, T, n_classes), float32 or float64
        Class probabilities drawn from a posterior.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        At least 0, and at most the logarithm of T and of n_classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import mutual_information
    >>> mutual_information(np.array([[[1.0, 0.0], [0.0, 1.0]]])).round(4)
    array([0.6931])
    """
    n, n_drawn, width = draws.shape
    information = np.empty(n)
    for start in range(0, n, _N_ROWS):
        part = draws[start : start + _N_ROWS]
        each = row_entropy(part.reshape(-1, width)).reshape(-1, n_drawn)
        total = row_entropy(part.mean(axis=1, dtype=np.float64))
        information[start : start + _N_ROWS] = total - each.mean(axis=1)
    # Rounding may leave a tiny negative number where the draws agree.
    return np.maximum(information, 0)


def top_two(P):
    """Return the largest and the second largest number of every row.

    Parameters
    ----------
    P : ndarray of shape (n_rows, n_classes)
        At least one column. With a single one the second largest counts as 0, the
        probability of a class that does not exist.

    Returns
    -------
    largest, second : ndarray of shape (n_rows,)
        In the precision of `P`.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import top_two
    >>> top_two(np.array([[0.2, 0.3, 0.5], [0.4, 0.4, 0.2]]))
    (array([0.5, 0.4]), array([0.3, 0.4]))
    """
    if P.shape[1] == 1:
        return P[:, 0].copy(), np.zeros(P.shape[0], dtype=P.dtype)
    largest = np.empty(P.shape[0], dtype=P.dtype)
    second = np.empty_like(largest)

    def measure(rows, scratch):
        columns = scratch.reshape(P.shape[1], -1)
        columns[:] = P[rows].T
        first, *others = columns
        best, next_best = largest[rows], second[rows]
        best[:] = first
        next_best[:] = -np.inf
        for column in others:
            np.maximum(next_best, np.minimum(best, column), out=next_best)
            np.maximum(best, column, out=best)

    stream(measure, P)
    return largest, second
