"""The best k of many scores."""

import numpy as np

from skactive.geometry._picks import check_given

__all__ = ["top_k"]

_N_GROUPS = 1024


def top_k(scores, k, *, rng, exclude=None):
    """Return the rows with the `k` largest scores, best first.

    Ties are broken at random, inside the order and at its end: pools are often sorted,
    so a rule like "lowest row first" would ask for one class only. Linear in the number
    of scores, and about as fast as reading them twice.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
        Finite numbers.
    k : int
        Number of rows to return, from 1 to the number of rows not excluded.
    rng : numpy.random.Generator
        Breaks ties.
    exclude : array-like of int or None, default=None
        Row numbers that are never returned.

    Returns
    -------
    ndarray of shape (k,), int64

    Raises
    ------
    ValueError
        If `k` is out of range, or `exclude` names rows that do not exist.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import top_k
    >>> top_k(np.array([0.1, 0.9, 0.5]), 2, rng=np.random.default_rng(0))
    array([1, 2])
    """
    rows = contenders(scores, k, exclude=exclude)
    values = scores[rows]
    threshold = np.partition(values, len(values) - k)[len(values) - k]
    better, tied = rows[values > threshold], rows[values == threshold]
    tied = rng.choice(tied, k - len(better), replace=False, shuffle=False)
    rows = rng.permutation(np.concatenate([better, tied]))
    return rows[np.argsort(-scores[rows], kind="stable")]


def contenders(scores, k, *, slack=0.0, exclude=None):
    """Rows among which the k best are, few of them if there are many.

    Split the scores into more than k groups: the k best groups have a score each that
    is as large as the k-th best group's maximum, so no score below that counts. None
    within twice the `slack` below counts for sure where scores are that inexact.
    """
    exclude = check_given(len(scores), k, exclude, names=("k", "exclude"))
    if len(exclude):
        scores = scores.astype(np.float64)
        scores[exclude] = -np.inf
    n_groups = max(_N_GROUPS, 4 * k)
    size = len(scores) // n_groups
    if size < 2:
        return np.setdiff1d(np.arange(len(scores)), exclude, assume_unique=True)
    grouped = scores[: size * n_groups].reshape(n_groups, size)
    maxima = grouped.max(axis=1)
    bound = np.partition(maxima, n_groups - k)[n_groups - k] - 2 * slack
    groups = np.flatnonzero(maxima >= bound)
    within, position = np.nonzero(grouped[groups] >= bound)
    rest = np.arange(size * n_groups, len(scores))
    rows = np.append(groups[within] * size + position, rest[scores[rest] >= bound])
    return rows if not len(exclude) else rows[scores[rows] > -np.inf]
