"""Checks shared by the functions that pick rows."""

import numpy as np


def check_given(n_rows, n_picks, given, name="given"):
    """Return `given` as distinct row numbers; raise if too few rows would be left."""
    given = np.unique(np.asarray([] if given is None else given).astype(np.int64))
    if len(given) and (given[0] < 0 or given[-1] >= n_rows):
        raise ValueError(
            f"{name} must hold row numbers from 0 to {n_rows - 1}; got "
            f"{given[0]} to {given[-1]}."
        )
    if not 1 <= n_picks <= n_rows - len(given):
        raise ValueError(
            f"n_picks={n_picks} must be between 1 and the {n_rows - len(given)} rows "
            "that are left."
        )
    return given


def check_finite(values):
    """Raise if the features led to norms or distances that are not finite."""
    finite = np.isfinite(values)
    if not finite.all():
        raise ValueError(
            f"features must be finite, and small enough to be squared; "
            f"{np.count_nonzero(~finite)} rows are not, row {finite.argmin()} first."
        )
