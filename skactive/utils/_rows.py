"""Rows of any container scikit-learn users hand over: take, stack, count, hash."""

from __future__ import annotations

import hashlib
from copy import deepcopy

import numpy as np
from scipy import sparse

from skactive.utils._sklearn import _num_samples, _safe_indexing


def count_rows(X):
    """Number of samples in X.

    Raises
    ------
    ValueError
        If X is a single text, whose letters are no samples.
    """
    _refuse_single_text(X, "X")
    return _num_samples(X)


def _refuse_single_text(X, name):
    if isinstance(X, str | bytes):
        raise ValueError(f"{name}={X[:20]!r} is a single text; pass a list of texts.")


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
    """Whether an array of text, or texts in a list, a tuple, a Series or objects."""
    kind = getattr(getattr(X, "dtype", None), "kind", "")
    # Among objects, the first may be missing.
    if isinstance(X, list | tuple) or (kind == "O" and X.ndim == 1):
        return any(isinstance(row, str) for row in X)
    return kind in ("U", "T")


def check_same_kind(X, labeled, name="X"):
    """Check that samples, called `name`, could stand beside the labeled ones.

    Raises
    ------
    ValueError
        If one is a DataFrame, or sparse, or text, and the other is not; if columns or
        shapes differ. Texts may be in any container that is no DataFrame.
    """
    _refuse_single_text(X, name)
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
    text = _is_text(X)
    if text != _is_text(labeled):
        holds = ("holds text", "hold none") if text else ("holds no text", "hold some")
        raise ValueError(
            f"{name}, a {type(X).__name__}, {holds[0]} and the labeled samples, a "
            f"{type(labeled).__name__}, {holds[1]}; pass the same features as to fit."
        )
    mine, theirs = _sample_shape(X), _sample_shape(labeled)
    if mine is not None and theirs is not None and mine != theirs:
        raise ValueError(
            f"{name} has samples of shape {mine}, but the labeled samples have shape "
            f"{theirs}; pass the same features as to fit."
        )


def stack_rows(first, second):
    """`first` on top of `second`, in the container of `first`.

    Both are containers of one kind, or hold texts.

    Raises
    ------
    ValueError
        If the kinds, the columns or the shapes differ.
    """
    check_same_kind(second, first)
    if is_dataframe(first):
        return _stack_frames(first, second)
    if sparse.issparse(first):
        return sparse.vstack([first, second], format="csr")
    # Texts may come in another container than the first.
    if hasattr(first, "iloc") and (hasattr(second, "iloc") or _is_text(second)):
        import pandas as pd

        if not hasattr(second, "iloc"):
            second = pd.Series(list(second))
        return pd.concat([first, second], ignore_index=True)
    if isinstance(first, list) and (isinstance(second, list) or _is_text(second)):
        return first + list(second)
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
        if array.dtype.kind in "OUST":
            # A str of NumPy is a str.
            rows = (str(r) if isinstance(r, str) else r for r in array.tolist())
            parts = (repr(row).encode() for row in rows)
        else:
            if array.dtype.kind in "biuf":  # equal numbers of different types are equal
                array = array.astype(np.float64)
            parts = (row.tobytes() for row in np.ascontiguousarray(array))
    return [hashlib.blake2b(part, digest_size=16).digest() for part in parts]
