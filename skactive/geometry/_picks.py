"""Checks shared by the functions that pick rows."""

import numpy as np

_LARGEST = 1e300


def check_given(n_rows, n_picks, given, names=("n_picks", "given")):
    """Return `given` as distinct row numbers; raise if too few rows would be left."""
    given = np.asarray([] if given is None else given)
    if given.dtype == bool:
        if given.shape != (n_rows,):
            raise ValueError(
                f"{names[1]} is a mask of shape {given.shape}, but there are {n_rows} "
                "rows."
            )
        given = np.flatnonzero(given)
    given = np.unique(given.astype(np.int64))
    if len(given) and (given[0] < 0 or given[-1] >= n_rows):
        raise ValueError(
            f"{names[1]} must hold row numbers from 0 to {n_rows - 1}; got "
            f"{given[0]} to {given[-1]}."
        )
    n_left = n_rows - len(given)
    if not 1 <= n_picks <= n_left:
        raise ValueError(
            f"{names[0]}={n_picks} must be between 1 and the {n_left} rows left."
        )
    return given


def check_finite(values):
    """Raise if rows of features led to norms or distances that cannot be added up.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Squared norms or distances.

    Raises
    ------
    ValueError
        If one is not finite or nearly too large; the message tells how many, and the
        first row.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import check_finite
    >>> check_finite(np.array([4.0, 0.0]))
    """
    bad = ~(values < _LARGEST)  # so written, NaN is caught too
    if bad.any():
        raise ValueError(
            f"{bad.sum()} rows of features are not finite or too large to be squared, "
            f"first row {bad.argmax()}; impute missing values, drop or scale huge ones."
        )
