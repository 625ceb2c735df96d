"""Pointwise measures of a matrix of probabilities, streamed through the cache."""

import numpy as np
from scipy.special import entr

from skactive.geometry._stream import stream, sum_is_finite
from skactive.geometry._top_k import contenders, top_k

__all__ = ["largest_entropies", "mutual_information", "row_entropy", "top_two"]

# Rows of draws handled at once, so that float64 sums stay in the cache.
_N_ROWS = 4096

# Columns of the matrices whose rows are summed at once.
_GROUP_COLUMNS = 40


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
    entropy = np.empty(P.shape[0])
    weights = _weights(P)

    def row_sums(terms, out):
        np.add(terms @ weights, 0, out=out)  # 0, not -0

    _sum_terms(P, row_sums, entropy)
    return entropy


def largest_entropies(P, k, *, rng, exclude=None):
    """Rows with the k largest entropies, best first.

    As `top_k` of `row_entropy`, and faster. Products of matrices sum several rows at
    once, and round equal rows differently, so they only tell which few rows may be
    among the best; these are measured again, in double precision.

    Parameters
    ----------
    P : ndarray of shape (n_rows, n_classes), float32 or float64
        Non-negative numbers.
    k : int
        Number of rows to return, from 1 to the number of rows not excluded.
    rng : numpy.random.Generator
        Breaks ties.
    exclude : array-like of int or None, default=None
        Row numbers that are never returned.

    Returns
    -------
    rows : ndarray of shape (k,), int64
    entropies : ndarray of shape (k,), float64

    Raises
    ------
    ValueError
        If `k` is out of range, `exclude` names rows that do not exist, or an entropy is
        not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import largest_entropies
    >>> P = np.array([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3]])
    >>> largest_entropies(P, 2, rng=np.random.default_rng(0))
    (array([1, 2]), array([0.69314718, 0.6108643 ]))
    """
    rough = np.empty(P.shape[0], dtype=P.dtype)
    _sum_terms(P, _sums_in_groups(_weights(P)), rough)
    if not sum_is_finite(rough):
        bad = np.flatnonzero(~np.isfinite(row_entropy(P)))
        raise ValueError(
            f"The entropies of {len(bad)} rows are not finite, first in row {bad[0]}; "
            "check the model's probabilities for these samples."
        )
    slack = 8 * (P.shape[1] + 16) * np.finfo(P.dtype).eps
    rows = contenders(rough, k, slack=slack, exclude=exclude)
    entropies = entr(P[rows].astype(np.float64)).sum(axis=1)
    best = top_k(entropies, k, rng=rng)
    return rows[best], entropies[best]


def _sum_terms(P, sums, out):
    """Hand ``p log p`` of a chunk of rows after the other to `sums`, to write to `out`.

    In single precision the logarithm is that in bits: NumPy is a third faster there.
    """
    tiny = np.finfo(P.dtype).tiny
    log = np.log if P.dtype == np.float64 else np.log2

    def measure(rows, terms):
        part = P[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            log(part, out=terms)
            terms *= part
            sums(terms, out[rows])
        if np.isnan(out[rows].sum()):
            # The smallest number makes 0 log 0 a plain 0 and changes no number above
            # 1e-22 (float32); masks and scipy.special.xlogy take twice the time.
            np.add(part, tiny, out=terms)
            log(terms, out=terms)
            terms *= part
            sums(terms, out[rows])

    stream(measure, P)


def _weights(P):
    """What the terms of `_sum_terms` are multiplied by to be summed up in nats."""
    unit = 1 if P.dtype == np.float64 else np.log(2)
    return np.full(P.shape[1], -unit, dtype=P.dtype)


def _sums_in_groups(weights):
    """Sum some rows at once: a product with a single column is slow for narrow rows."""
    width = len(weights)
    size = max(1, _GROUP_COLUMNS // width)
    blocks = np.kron(np.eye(size, dtype=weights.dtype), weights[:, np.newaxis])

    def sums(terms, out):
        n_grouped = len(terms) - len(terms) % size
        grouped = terms[:n_grouped].reshape(-1, size * width)
        np.matmul(grouped, blocks, out=out[:n_grouped].reshape(-1, size))
        np.matmul(terms[n_grouped:], weights, out=out[n_grouped:])

    return sums


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
