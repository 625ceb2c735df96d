"""Labels that no classifier can learn, told before one is trained."""

from __future__ import annotations


def check_class_labels(name, y):
    """Refuse several labels per sample, and numbers that are no classes.

    Parameters
    ----------
    name : str
        What to call the labels.
    y : ndarray of shape (n_samples, ...)

    Raises
    ------
    ValueError
        If a classifier cannot learn them.
    """
    if y.ndim > 1:
        raise ValueError(
            f"{name} has shape {y.shape}, and a classifier learns one label per "
            "sample; pass one column of it, or a regressor."
        )
    broken = y[y % 1 != 0] if y.dtype.kind == "f" else y[:0]
    if len(broken):
        raise ValueError(
            f"{name} of shape {y.shape} holds numbers such as {broken[0]:.4g}, and a "
            "classifier learns classes; pass classes, or a regressor."
        )


def check_two_classes(name, y):
    """Refuse labels that are all the same.

    Parameters
    ----------
    name : str
        What to call the labels.
    y : ndarray of shape (n_samples,)

    Raises
    ------
    ValueError
        If there is one class only.
    """
    if len(y) and (y == y[0]).all():
        raise ValueError(
            f"{name} has one class only, {y[:1].tolist()[0]!r}, and a classifier needs "
            "two; pass samples of another class too."
        )
