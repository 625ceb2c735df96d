"""Rows by class, in random order, and how many of each to take."""

from __future__ import annotations

import numpy as np
from sklearn.utils.multiclass import type_of_target

from skactive.utils import count_rows

_CLASSES = ("binary", "multiclass")


def shuffled_strata(X, y, rng):
    """Row numbers of each class, shuffled; of all rows where y has no classes.

    Returns
    -------
    classes : list
        Sorted labels; a single None where y has no classes.
    strata : list of ndarray
        Row numbers of each.
    """
    labels = np.asarray(y)
    if count_rows(X) != len(labels):
        raise ValueError(f"X has {count_rows(X)} rows and y {len(labels)}.")
    if type_of_target(labels, input_name="y") not in _CLASSES:
        return [None], [rng.permutation(len(labels))]
    classes, codes = np.unique(labels, return_inverse=True)
    order = rng.permutation(len(labels))
    strata = [order[codes[order] == code] for code in range(len(classes))]
    return classes.tolist(), strata


def need_classes(classes):
    """Refuse labels that are none."""
    if classes == [None]:
        raise ValueError("y is continuous or has several outputs; pass class labels.")


def apportion(total, sizes):
    """Whole numbers that add up to `total`, in the proportions of `sizes`.

    By largest remainder.
    """
    shares = total * np.asarray(sizes) / np.sum(sizes)
    counts = np.floor(shares).astype(np.int64)
    n_left = total - counts.sum()
    counts[np.argsort(counts - shares, kind="stable")[:n_left]] += 1
    return counts
