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
        Those of use, as by `usable_folds`.
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
    return usable_folds(pairs, codes)


def usable_folds(pairs, codes):
    """The folds that can be trained on; none if they tell nothing.

    Parameters
    ----------
    pairs : list of (ndarray, ndarray)
        Rows to train on and rows left out.
    codes : ndarray of shape (n_samples,)
        Class numbers; equal ones for a regression.

    Returns
    -------
    folds : list of (ndarray, ndarray)
        Without those of which a part is empty, or the one to train on lacks all classes
        but one. Empty if no row left out is of a class that was trained on.
    """
    least = min(2, len(np.unique(codes)))
    pairs = [
        (rows, rest)
        for rows, rest in pairs
        if len(rows) and len(rest) and len(np.unique(codes[rows])) >= least
    ]
    tells = any(np.isin(codes[rest], codes[rows]).any() for rows, rest in pairs)
    return pairs if tells else []
