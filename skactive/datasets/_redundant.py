"""Pools full of copies, to see which strategies ask the same thing twice."""

from __future__ import annotations

from numbers import Real

import numpy as np
from pandas.api.types import is_numeric_dtype

from skactive.datasets._strata import apportion, shuffled_strata
from skactive.utils import check_count, is_dataframe, make_rng, stack_rows, take_rows


def make_redundant(
    X, y, n_unique=5000, factor=2, total=50000, jitter=None, random_state=None
):
    """Make a pool in which most samples are there several times.

    `n_unique` samples are there once. Of the others, only as many are kept as give the
    remaining ``total - n_unique`` rows when each is there `factor` times. The shares of
    the classes stay what they are in `y`, up to rounding. With the same `random_state`
    the unique samples are the same for every `factor`, and the samples that are
    repeated at a larger factor are among those of a smaller one.

    A strategy that looks at the samples one by one loses labels to the copies, as the
    most uncertain sample and its copies are equally uncertain; one that spreads its
    batch does not.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
        Samples.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their labels. Where they are no classes, samples are drawn regardless of them.
    n_unique : int, default=5000
        Number of samples that are there once.
    factor : int, default=2
        How often each of the others is there, at most: where it does not divide the
        rows of a class, some are there less often.
    total : int, default=50000
        Number of rows to make.
    jitter : float or callable, default=None
        What sets copies apart from the row they were made from. A number: normal noise
        of that many standard deviations of each column. A function ``jitter(rows,
        rng)`` gets the copies, in a container of the kind of `X`, and a NumPy
        Generator, and returns as many near copies: shifted images, say. None: nothing.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same pool every time.

    Returns
    -------
    X_redundant : container of `total` rows
        Of the kind of `X`, in random order.
    y_redundant : container of `total` labels
        Of the kind of `y`.
    sources : ndarray of shape (total,)
        Row number in `X` of each row; equal numbers are copies of each other.

    Raises
    ------
    ValueError
        If `X` has too few samples, or the numbers do not fit together.
    TypeError
        If `jitter` is a number and `X` not an array or DataFrame of numbers.

    References
    ----------
    Beck, Sivasubramanian, Dani, Ramakrishnan and Iyer (2021), "Effective evaluation of
    deep active learning on image classification tasks", arXiv:2106.15324, the
    experiment on redundancy; the near copies are after their program.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skactive.datasets import make_redundant
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y, sources = make_redundant(
    ...     X, y, n_unique=30, factor=5, total=150, random_state=0)
    >>> X.shape, np.bincount(y)
    ((150, 4), array([50, 50, 50]))
    >>> np.bincount(np.unique(sources, return_counts=True)[1])
    array([ 0, 30,  0,  0,  0, 24])
    """
    _check_sizes(n_unique, factor, total)
    rng = make_rng(random_state)
    classes, strata = shuffled_strata(X, y, rng)
    sizes = [len(rows) for rows in strata]
    first, copies = [], []
    for label, rows, n_rows, n_once in zip(
        classes,
        strata,
        apportion(total, sizes),
        apportion(n_unique, sizes),
        strict=True,
    ):
        n_filled = max(n_rows - n_once, 0)
        n_kept = n_once + -(-n_filled // factor)
        if n_kept > len(rows):
            of = "X" if label is None else f"class {label!r}"
            raise ValueError(
                f"n_unique={n_unique}, factor={factor} and total={total} need {n_kept} "
                f"different samples of {of}, which has {len(rows)}; lower total or "
                "raise factor."
            )
        first.append(rows[:n_kept])
        copies.append(np.resize(rows[n_once:n_kept], n_filled)[n_kept - n_once :])
    first, copies = np.concatenate(first), np.concatenate(copies)
    order = rng.permutation(total)
    sources = np.concatenate([first, copies])[order]
    if jitter is None or not len(copies):
        return take_rows(X, sources), take_rows(y, sources), sources
    near = set_apart(X, take_rows(X, copies), jitter, rng)
    stacked = stack_rows(take_rows(X, first), near)
    return take_rows(stacked, order), take_rows(y, sources), sources


def _check_sizes(n_unique, factor, total):
    check_count("n_unique", n_unique, least=0)
    check_count("factor", factor)
    check_count("total", total)
    if n_unique > total:
        raise ValueError(f"n_unique={n_unique} is more than total={total}.")


def set_apart(X, rows, jitter, rng):
    """Make near copies of copies of rows of X, as `make_redundant` does."""
    if callable(jitter):
        return jitter(rows, rng)
    if not isinstance(jitter, Real) or not 0 <= jitter < np.inf:
        raise ValueError(f"jitter={jitter!r}; pass a number >= 0, a function or None.")
    if is_dataframe(X):
        numbers = all(is_numeric_dtype(dtype) for dtype in X.dtypes)
    else:
        numbers = isinstance(X, np.ndarray) and X.dtype.kind in "iuf"
    if not numbers:
        raise TypeError(
            f"jitter={jitter!r} is for an array or a DataFrame of numbers, and X is "
            "something else; pass a function jitter(rows, rng) that returns near "
            "copies."
        )
    values = np.asarray(X)
    # Single precision stays single.
    kind = values.dtype if values.dtype.kind == "f" else np.float64
    scale = jitter * values.std(axis=0, dtype=np.float64)
    noise = (scale * rng.standard_normal(rows.shape)).astype(kind)
    return rows + noise
