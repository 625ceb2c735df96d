"""Rows of any container scikit-learn users hand over: take, stack, count, hash."""

from __future__ import annotations

import hashlib
from copy import deepcopy

import numpy as np
from scipy import sparse

from skactive.utils._sklearn import _num_samples, _safe_indexing


def count_rows(X):
    """Number of samples in X."""
    return _num_samples(X)


def is_dataframe(X):
    """Whether X has named columns and positional rows (a pandas DataFrame)."""
    return hasattr(X, "iloc") and hasattr(X, "columns")


def take_rows(X, rows):
    """Rows of X by number, in the container they came in."""
    rows = np.asarray(rows)
    if sparse.issparse(X):
        # COO and DIA cannot be indexed.
        return X.tocsr()[rows]
    if not hasattr(X, "__getitem__"):
        X = np.asarray(X)
    return _safe_indexing(X, rows)


def copy_rows(X):
    """All rows of X, safe from what the caller does to X later."""
    if isinstance(X, list):
        return deepcopy(X)
    return take_rows(X, np.arange(count_rows(X)))


def as_array(X):
    """X as an array; one of objects where rows differ in length, as tokens do."""
    try:
        return np.asarray(X)
    except ValueError:
        rows = np.empty(count_rows(X), dtype=object)
        rows[:] = X
        return rows


def _sample_shape(X):
    """Shape of one sample, or None where X is a plain list."""
    return X.shape[1:] if hasattr(X, "shape") else None


def _is_text(X):
    """Whether an array of text, or a plain list of texts."""
    if isinstance(X, list):
        return len(X) > 0 and isinstance(X[0], str)
    return getattr(getattr(X, "dtype", None), "kind", "") == "U"


def check_same_kind(X, labeled, name="X"):
    """Check that samples, called `name`, could stand beside the labeled ones.

    Raises
    ------
    ValueError
        If one is a DataFrame, or sparse, and the other is not; if columns or shapes
        differ.
    """
    if is_dataframe(X) != is_dataframe(labeled) or (
        sparse.issparse(X) != sparse.issparse(labeled)
    ):
        raise ValueError(
            f"{name} is a {type(X).__name__}, but the labeled samples are a "
            f"{type(labeled).__name__}; pass the same kind of container."
        )
    if is_dataframe(X) and list(X.columns) != list(labeled.columns):
        raise ValueError(
            f"{name} has columns {list(X.columns)}, but the labeled samples have "
            f"{list(labeled.columns)}; pass the same columns in the same order."
        )
    if _is_text(X) != _is_text(labeled):
        raise ValueError(
            f"{name} holds text and the labeled samples hold none, or the other way "
            "round; "
            "pass the same features as to fit."
        )
    mine, theirs = _sample_shape(X), _sample_shape(labeled)
    if mine is not None and theirs is not None and mine != theirs:
        raise ValueError(
            f"{name} has samples of shape {mine}, but the labeled samples have shape "
            f"{theirs}; pass the same features as to fit."
        )


def stack_rows(first, second):
    """`first` on top of `second`; both are containers of one kind.

    Raises
    ------
    ValueError
        If the kinds, the columns or the shapes differ.
    """
    check_same_kind(second, first)
    if is_dataframe(first):
        return _stack_frames(first, second)
    if hasattr(first, "iloc") and hasattr(second, "iloc"):
        import pandas as pd

        return pd.concat([first, second], ignore_index=True)
    if sparse.issparse(first):
        return sparse.vstack([first, second], format="csr")
    if isinstance(first, list) and isinstance(second, list):
        return first + second
    return np.concatenate([np.asarray(first), np.asarray(second)])


def _stack_frames(first, second):
    import pandas as pd

    stacked = pd.concat([first, second], ignore_index=True)
    for name in stacked.columns:
        # concat turns categoricals with different categories into plain objects.
        kinds = first[name].dtype, second[name].dtype
        if kinds[0] != kinds[1] and all(
            isinstance(kind, pd.CategoricalDtype) for kind in kinds
        ):
            stacked[name] = pd.api.types.union_categoricals(
                [first[name], second[name]], ignore_order=True
            )
    return stacked


def hash_rows(X):
    """A short digest of the content of each row, whatever the container.

    Equal rows have equal digests; the row's number and the index play no part.

    Returns
    -------
    digests : list of bytes, of length n_samples
    """
    if sparse.issparse(X):
        X = X.tocsr().copy()
        X.sum_duplicates()
        bounds = zip(X.indptr[:-1], X.indptr[1:], strict=True)
        parts = (
            X.indices[a:b].astype(np.int64).tobytes()
            + X.data[a:b].astype(np.float64).tobytes()
            for a, b in bounds
        )
    elif is_dataframe(X):
        # repr, not pickle: pickles of equal rows differ where objects are shared.
        parts = (repr(row).encode() for row in X.itertuples(index=False, name=None))
    else:
        array = as_array(X)
        if array.dtype.kind in "OUS":
            parts = (repr(row).encode() for row in array.tolist())
        else:
            if array.dtype.kind in "biuf":  # equal numbers of different types are equal
                array = array.astype(np.float64)
            parts = (row.tobytes() for row in np.ascontiguousarray(array))
    return [hashlib.blake2b(part, digest_size=16).digest() for part in parts]
