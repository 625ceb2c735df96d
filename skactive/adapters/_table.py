"""A numeric table out of whatever tabular samples a model accepts."""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from skactive.utils import as_array, is_dataframe

# Rarer categories share one column, so that an identifier does not become thousands.
_MAX_CATEGORIES = 50


def is_table(X):
    """Whether X has rows and columns (images count: their pixels are columns)."""
    return sparse.issparse(X) or is_dataframe(X) or as_array(X).ndim >= 2


def is_numeric(X):
    """Whether X can be used as it is: numbers only, all of them finite."""
    if sparse.issparse(X):
        return True
    if is_dataframe(X):
        return all(dtype.kind in "biuf" for dtype in X.dtypes) and is_numeric(
            X.to_numpy(dtype=np.float64, na_value=np.nan)
        )
    X = np.asarray(X)
    return X.dtype.kind in "biu" or (
        X.dtype.kind == "f" and bool(np.isfinite(X.sum(dtype=np.float64)))
    )


def as_matrix(X):
    """Numeric samples as a two-dimensional array or CSR."""
    if sparse.issparse(X):
        return X.tocsr()
    X = X.to_numpy() if is_dataframe(X) else np.asarray(X)
    if X.dtype.kind != "f":
        X = X.astype(np.float64)
    return X.reshape(len(X), math.prod(X.shape[1:]))


def refuse_missing(X, who):
    """Raise if a number is missing or infinite, for models that cannot take that.

    Encoded, such rows would be outliers that distances ask for first.
    """
    if is_numeric(X):
        return
    frame = _frame(X)
    missing = np.zeros(len(frame), dtype=bool)
    for name in frame:
        if _is_number(frame[name]):
            missing |= np.isnan(_finite(frame[name]))
    if missing.any():
        raise ValueError(
            f"{missing.sum()} rows of the samples have numbers that are missing or "
            f"infinite, first in row {missing.argmax()}, and {who} does not take them; "
            "impute them in a Pipeline, or leave the rows out."
        )


class TableEncoder:
    """Impute and flag, one-hot, standardise: the default encoding of mixed tables.

    Numbers are imputed with their mean and flagged where missing; everything else is
    one-hot encoded, missing values being a category of their own. The output is dense.
    """

    def fit(self, parts):
        """Learn columns and categories from several tables with the same columns."""
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import SimpleImputer
        from sklearn.preprocessing import OneHotEncoder

        frame = _stack(parts)
        self.numbers_ = [name for name in frame if _is_number(frame[name])]
        others = [name for name in frame if name not in self.numbers_]
        encoder = ColumnTransformer(
            [
                (
                    "numbers",
                    SimpleImputer(add_indicator=True, keep_empty_features=True),
                    self.numbers_,
                ),
                (
                    "categories",
                    OneHotEncoder(
                        handle_unknown="infrequent_if_exist",
                        max_categories=_MAX_CATEGORIES,
                        sparse_output=False,
                    ),
                    others,
                ),
            ],
            sparse_threshold=0,
        )
        # Arrays, whatever scikit-learn's global transform_output says.
        self.encoder_ = encoder.set_output(transform="default")
        self.encoder_.fit(self._clean(frame))
        return self

    def transform(self, X):
        """(n, p) float64 without missing values."""
        # Unknown categories and late gaps have no column: they become zeros.
        table = self.encoder_.transform(self._clean(_frame(X)))
        return np.asarray(table, dtype=np.float64)

    def _clean(self, frame):
        columns = {
            name: _finite(frame[name])
            if name in self.numbers_
            else frame[name].astype(object).map(str)
            for name in frame
        }
        return type(frame)(columns, index=frame.index)


def _frame(X):
    import pandas as pd

    if not is_dataframe(X):
        X = np.asarray(X)
        # infer_objects finds the number columns of an object array.
        X = pd.DataFrame(X.reshape(len(X), -1)).infer_objects()
    # Positions for names: a ColumnTransformer takes names that are numbers for them.
    return X.set_axis(range(X.shape[1]), axis=1)


def _stack(parts):
    import pandas as pd

    return pd.concat([_frame(part) for part in parts], ignore_index=True)


def _is_number(column):
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column) or is_bool_dtype(column)


def _finite(column):
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


class SharedTable:
    """One numeric encoding and one scale for the views of one query.

    Labeled samples and pool must land in the same coordinates, and a few labels say
    little about a column; so both are learned from all the views' rows, once, when the
    first view asks.
    """

    def __init__(self, *views):
        import weakref

        # Weak: a view refers to its table, and samples should go when their view goes.
        self._views = [weakref.ref(view) for view in views]
        self._encoder = None
        self._decided = False
        self._scaler = None

    def __getstate__(self):
        return {**self.__dict__, "_views": []}

    @property
    def fitted(self):
        """Whether a view has asked already."""
        return self._decided or self._scaler is not None

    @property
    def views(self):
        """The views it was made for, as far as they are still there."""
        return [view for ref in self._views if (view := ref()) is not None]

    def _raw_parts(self):
        return [view.output("raw_inputs") for view in self.views]

    def encode(self, raw):
        """Numeric samples, encoded only if some view's samples need it."""
        if not self._decided:
            parts = self._raw_parts()
            if not all(is_numeric(part) for part in parts):
                self._encoder = TableEncoder().fit(parts)
            self._decided = True
        return as_matrix(raw) if self._encoder is None else self._encoder.transform(raw)

    def scale(self, inputs):
        """Zero mean and unit variance, as float32.

        Sparse samples stay as they are: dividing by the standard deviation would make
        the rarest word the longest.
        """
        if sparse.issparse(inputs):
            return inputs.astype(np.float32)
        if self._scaler is None:
            from sklearn.preprocessing import StandardScaler

            # Arrays, whatever scikit-learn's global transform_output says.
            scaler = StandardScaler().set_output(transform="default")
            for raw in self._raw_parts():
                scaler.partial_fit(self.encode(raw))
            self._scaler = scaler
        return self._scaler.transform(inputs).astype(np.float32)

    def mean_and_scale(self):
        """What dense inputs have been shifted and divided by."""
        return self._scaler.mean_, self._scaler.scale_
