"""Folds of a few labeled rows, for what is judged on rows that were not trained on."""

from __future__ import annotations

import numpy as np


def make_folds(codes, n_folds, rng):
    """Pairs (rows to train on, rows left out), the classes spread over the folds.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Class numbers; equal ones for a regression.
    n_folds : int
    rng : numpy.random.Generator

    Returns
    -------
    folds : list of (ndarray, ndarray)
        Empty where a part to train on would be empty or lack all classes but one.
    """
    n = len(codes)
    order = rng.permutation(n)
    order = order[np.argsort(codes[order], kind="stable")]
    fold = np.empty(n, dtype=np.intp)
    fold[order] = np.arange(n) % n_folds
    pairs = [
        (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in range(min(n_folds, n))
    ]
    least = min(2, len(np.unique(codes)))
    if any(not len(rows) or len(set(codes[rows])) < least for rows, _ in pairs):
        return []
    return pairs
