"""Wrong labels, where one knows which."""

from __future__ import annotations

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from skactive.utils import check_share, make_rng


def make_noisy_labels(y, share, *, confusion=None, random_state=None):
    """Replace a share of the labels by wrong ones.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes, at least two.
    share : float
        Share of the labels to replace, in [0, 1]; exactly ``round(share * n_samples)``
        are.
    confusion : array-like of shape (n_classes, n_classes), default=None
        How likely each class (row) is taken for another (column), in the order of the
        sorted classes, up to a factor; the diagonal does not count. A class with
        nothing beside the diagonal keeps its labels. None: all mistakes are alike.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same labels every time.

    Returns
    -------
    y_noisy : ndarray of shape (n_samples,)
        The labels, `share` of them wrong.
    is_wrong : ndarray of bool of shape (n_samples,)
        Which ones.

    Raises
    ------
    ValueError
        If `share` is no share, `y` has one class, or `confusion` does not fit.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive.datasets import make_noisy_labels
    >>> y = load_iris().target
    >>> y_noisy, is_wrong = make_noisy_labels(y, 0.1, random_state=0)
    >>> int(is_wrong.sum()), ((y_noisy != y) == is_wrong).all()
    (15, np.True_)
    """
    check_share("share", share)
    y = column_or_1d(y)
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y has the one class {classes.tolist()}; it needs two.")
    chances = _chances(confusion, len(classes))
    rng = make_rng(random_state)
    movable = np.flatnonzero(chances[codes].any(axis=1))
    n_wrong = round(share * len(y))
    if n_wrong > len(movable):
        raise ValueError(
            f"share={share} asks for {n_wrong} wrong labels, and confusion lets "
            f"{len(movable)} be wrong."
        )
    wrong = rng.permutation(movable)[:n_wrong]
    cumulated = chances[codes[wrong]].cumsum(axis=1)
    # Below 1, so that the class found is one with a chance.
    drawn = rng.random(n_wrong) * cumulated[:, -1]
    noisy = y.copy()
    noisy[wrong] = classes[(cumulated <= drawn[:, None]).sum(axis=1)]
    is_wrong = np.zeros(len(y), dtype=bool)
    is_wrong[wrong] = True
    return noisy, is_wrong


def _chances(confusion, n_classes):
    if confusion is None:
        return 1.0 - np.eye(n_classes)
    chances = np.array(confusion, dtype=np.float64)
    if chances.shape != (n_classes, n_classes):
        raise ValueError(
            f"confusion has shape {chances.shape}; of {n_classes} classes it must be "
            f"{(n_classes, n_classes)}."
        )
    np.fill_diagonal(chances, 0.0)
    if not np.isfinite(chances).all() or (chances < 0).any():
        raise ValueError("confusion has entries that are negative or not finite.")
    return chances
