"""Fewer samples of some classes, or of all."""

from __future__ import annotations

import numpy as np

from skactive.datasets._strata import need_classes, shuffled_strata
from skactive.utils import check_count, check_ratio, make_rng, take_rows


def make_imbalanced(X, y, ratio, *, n_largest=None, classes=None, random_state=None):
    """Keep fewer and fewer samples from class to class: a long tail.

    Of k classes, the i-th (from zero) keeps ``n_largest * ratio ** (-i / (k - 1))``
    samples, rounded, and at least one.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
        Samples.
    y : array-like of shape (n_samples,)
        Their classes.
    ratio : float
        Size of the largest class by that of the smallest; 1 makes them equal.
    n_largest : int, default=None
        Samples of the largest class. None: as many as the classes allow.
    classes : array-like, default=None
        All classes, from the largest to the smallest. None: sorted.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same samples every time.

    Returns
    -------
    X_imbalanced : container
        Of the kind of `X`, in random order.
    y_imbalanced : container
        Of the kind of `y`.
    rows : ndarray of shape (n_kept,)
        Row number in `X` of each row.

    Raises
    ------
    ValueError
        If a class has too few samples, or `classes` are not those of `y`.

    References
    ----------
    Cui, Jia, Lin, Song and Belongie (2019), "Class-balanced loss based on effective
    number of samples", CVPR, section 5.1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skactive.datasets import make_imbalanced
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y, rows = make_imbalanced(X, y, ratio=10, random_state=0)
    >>> np.bincount(y)
    array([50, 16,  5])
    """
    check_ratio("ratio", ratio)
    if n_largest is not None:
        check_count("n_largest", n_largest)
    rng = make_rng(random_state)
    known, strata = shuffled_strata(X, y, rng)
    need_classes(known)
    if classes is not None:
        classes = np.asarray(classes).tolist()
        if len(classes) != len(known) or set(classes) != set(known):
            raise ValueError(f"classes={classes} are not those of y, {known}.")
        strata = [strata[known.index(label)] for label in classes]
        known = classes
    shares = float(ratio) ** -np.linspace(0, 1, len(strata))
    if n_largest is None:
        sizes = [len(rows) for rows in strata]
        n_largest = int(np.floor(np.min(sizes / shares) + 1e-9))
    counts = np.maximum(np.rint(n_largest * shares), 1).astype(np.int64)
    return _taken(X, y, known, strata, counts, rng)


def take_per_class(X, y, n_per_class, *, random_state=None):
    """Keep as many samples of one class as of any other.

    With the same `random_state`, the samples kept for a smaller number are among those
    kept for a larger one.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
        Samples.
    y : array-like of shape (n_samples,)
        Their classes.
    n_per_class : int
        Samples to keep of each class.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same samples every time.

    Returns
    -------
    X_kept : container
        Of the kind of `X`, in random order.
    y_kept : container
        Of the kind of `y`.
    rows : ndarray of shape (n_classes * n_per_class,)
        Row number in `X` of each row.

    Raises
    ------
    ValueError
        If a class has too few samples.

    References
    ----------
    Beck, Sivasubramanian, Dani, Ramakrishnan and Iyer (2021), "Effective evaluation of
    deep active learning on image classification tasks", arXiv:2106.15324, the
    experiment on examples per class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_wine
    >>> from skactive.datasets import take_per_class
    >>> X, y = load_wine(return_X_y=True)
    >>> X, y, rows = take_per_class(X, y, 40, random_state=0)
    >>> np.bincount(y)
    array([40, 40, 40])
    """
    check_count("n_per_class", n_per_class)
    rng = make_rng(random_state)
    classes, strata = shuffled_strata(X, y, rng)
    need_classes(classes)
    return _taken(X, y, classes, strata, [n_per_class] * len(strata), rng)


def _taken(X, y, classes, strata, counts, rng):
    """The first rows of each stratum, shuffled."""
    for label, rows, count in zip(classes, strata, counts, strict=True):
        if count > len(rows):
            raise ValueError(
                f"class {label!r} has {len(rows)} samples, not the {count} that are to "
                "be kept; ask for fewer."
            )
    rows = [rows[:count] for rows, count in zip(strata, counts, strict=True)]
    rows = rng.permutation(np.concatenate(rows))
    return take_rows(X, rows), take_rows(y, rows), rows
