"""The column to learn: what it is, and whether it can be learned."""

from __future__ import annotations

import numpy as np

from skactive.cli._columns import is_nested
from skactive.cli._errors import UserError, listed, say

# Whole numbers with more values than this are quantities, not names of classes.
_MOST_CODES = 20


def split_target(frame, name, task):
    """Take the target out of a table.

    Parameters
    ----------
    frame : DataFrame
    name : str
        A column.
    task : {'auto', 'classification', 'regression'}

    Returns
    -------
    frame : DataFrame
        The other columns of the rows that have a target; the index stays.
    y : ndarray
        Strings or whole numbers for classes, else float64.
    task : {'classification', 'regression'}
    """
    column = frame[name]
    if is_nested(column):
        raise UserError(
            f"target {name!r} holds lists or structs; choose another --target, or give "
            "each entry its own column"
        )
    missing, infinite = column.isna(), column.isin([np.inf, -np.inf])
    there = ~(missing | infinite)
    if not there.any():
        raise UserError(f"target {name!r} has no values")
    for why, left_out in {
        f"which have no {name!r}": missing,
        f"where {name!r} is infinite": infinite,
    }.items():
        if left_out.any():
            say(f"Left out {left_out.sum()} of {len(frame)} rows, {why}.")
    frame, column = frame[there].drop(columns=name), column[there]
    n_values = column.nunique()
    if n_values == 1:
        raise UserError(
            f"target {name!r} is {column.iloc[0]} in all rows; there is nothing to "
            "learn"
        )
    guess = task == "auto"
    if guess:
        task = _guess_task(name, column, n_values)
    if task == "classification":
        y = _as_classes(name, column, n_values)
    else:
        y = _as_numbers(name, column)
    say(
        f"Task: {task} of {name!r}, which has {n_values} distinct values"
        f"{'; --task says otherwise' if guess else ''}."
    )
    return frame, y, task


def _guess_task(name, column, n_values):
    from pandas.api.types import (
        is_bool_dtype,
        is_datetime64_any_dtype,
        is_numeric_dtype,
    )

    if is_datetime64_any_dtype(column):
        raise UserError(f"target {name!r} holds dates; turn them into numbers")
    if is_bool_dtype(column) or not is_numeric_dtype(column):
        return "classification"
    few = n_values == 2 or n_values <= min(_MOST_CODES, len(column) / 5)
    return "classification" if few and _is_whole(column) else "regression"


def _as_classes(name, column, n_values):
    if n_values > len(column) / 2:
        raise UserError(
            f"target {name!r} has {n_values} classes in {len(column)} rows, less than "
            "two rows for each; choose another --target, or --task regression if it is "
            "a quantity"
        )
    whole = column.dtype.kind in "iuf" and _is_whole(column)
    return (
        column.to_numpy(dtype=np.int64) if whole else np.array(list(map(str, column)))
    )


def _as_numbers(name, column):
    try:
        return column.to_numpy(dtype=np.float64)
    except ValueError as error:
        raise UserError(
            f"target {name!r} holds text, such as {listed(column.unique(), 2)}, and "
            "regression needs numbers; use --task classification"
        ) from error


def _is_whole(column):
    values = column.to_numpy(dtype=np.float64)
    return bool((values == np.round(values)).all())
