"""Labels that can be classes: none of them missing, and all of one type."""

import numpy as np


def as_labels(labels):
    """Labels as an array, in which what stands beside text is not made text.

    Parameters
    ----------
    labels : array-like

    Returns
    -------
    labels : ndarray
        Of objects, where a list has text and others.
    """
    array = np.asarray(labels)
    if array.dtype.kind in "US" and not hasattr(labels, "dtype"):
        passed = np.asarray(labels, dtype=object)
        if joins_types(passed.ravel()):
            return passed
    return array


def is_missing(labels):
    """Which labels are missing or infinite.

    Parameters
    ----------
    labels : ndarray

    Returns
    -------
    missing : ndarray of bool, of the same shape
    """
    if labels.dtype == object:
        from pandas import isna

        return isna(labels)
    if labels.dtype.kind == "f":
        return ~np.isfinite(labels)
    return np.zeros(labels.shape, dtype=bool)


def joins_types(labels):
    """Whether labels have text beside others, which have no order in common.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)

    Returns
    -------
    joins_types : bool
    """
    if labels.dtype != object:
        return False
    n_texts = sum(isinstance(label, str) for label in labels)
    return 0 < n_texts < len(labels)


def check_classes(classes):
    """The declared classes as an array.

    Parameters
    ----------
    classes : array-like of shape (n_classes,)

    Returns
    -------
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If they are not a list of labels, one of them is missing, or they are of several
        types.
    """
    if isinstance(classes, str | set | dict) or np.ndim(classes) != 1:
        raise ValueError(
            f"classes={classes!r}; pass a list of all labels that will turn up."
        )
    labels = as_labels(classes)
    if is_missing(labels).any():
        raise ValueError(
            f"classes={classes!r} holds a missing or infinite value, which is no "
            "label; leave it out."
        )
    if joins_types(labels):
        raise ValueError(
            f"classes={classes!r} holds text beside other labels; pass labels of one "
            "type."
        )
    return labels
