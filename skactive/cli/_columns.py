"""The other columns: what can be used, as numbers or as categories."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from skactive.cli._errors import UserError, listed, say

# 2024-03-01, 1.3.2024 or 3/1/24, alone or with a time of day.
_DATE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./])\d{1,2}\2\d{2,4})([T ]\d.*)?")


class Columns(NamedTuple):
    """Names of the columns by their kind."""

    numbers: list
    categories: list


def clean(frame):
    """Leave out what tells nothing, and bring the others into two kinds.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    frame : DataFrame
        Numbers are float64, categories are text in columns of objects; NaN is missing.
    columns : Columns
    """
    kinds = {name: _kind(frame[name]) for name in frame}
    for kind, why in {
        "nested": "lists or structs; to use them, give each entry its own column",
        "constant": "the same in all rows, or missing",
        "identifiers": "text that is another in every row",
        "dates": "dates; to use them, write them as numbers, such as a count of days",
    }.items():
        names = [name for name in frame if kinds[name] == kind]
        if names:
            say(f"Left out {listed(names)}: {why}.")
    columns = Columns(
        *([name for name in frame if kinds[name] == k] for k in Columns._fields)
    )
    if not any(columns):
        raise UserError("no column is left to learn from")
    cleaned = {
        **{name: _as_floats(frame[name]) for name in columns.numbers},
        **{name: _as_text(frame[name]) for name in columns.categories},
    }
    used = [name for name in frame if name in cleaned]
    return type(frame)(cleaned, index=frame.index)[used], columns


def is_nested(column):
    """Whether values have parts, as lists, arrays and structs of Parquet do."""
    return column.dtype == object and not all(
        isinstance(value, Hashable) for value in column
    )


def _kind(column):
    from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

    if is_nested(column):
        return "nested"
    if column.nunique(dropna=False) <= 1:
        return "constant"
    if is_datetime64_any_dtype(column):
        return "dates"
    if is_numeric_dtype(column):
        return "numbers"
    values = column.dropna().map(str)
    if all(map(_DATE.fullmatch, values.iloc[:100])):
        return "dates"
    return "identifiers" if values.is_unique else "categories"


def _as_floats(column):
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = np.isinf(values)
    if infinite.any():
        rows = "1 row" if infinite.sum() == 1 else f"{infinite.sum()} rows"
        say(f"{column.name!r} is infinite in {rows}: taken as missing.")
    return np.where(infinite, np.nan, values)


def _as_text(column):
    text = column.astype(object).map(str)
    return text.where(column.notna(), np.nan).astype(object)
