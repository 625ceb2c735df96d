"""Measured tables made into oracles: a forest answers anywhere in the box."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn.utils import check_X_y

from skactive.datasets._problem import Problem
from skactive.datasets._tables import load_table

_AIRFOIL = (
    "frequency",
    "angle_of_attack",
    "chord_length",
    "free_stream_velocity",
    "displacement_thickness",
)
_YACHT = (
    "buoyancy_position",
    "prismatic_coefficient",
    "length_displacement",
    "beam_draught",
    "length_beam",
    "froude_number",
)


def airfoil_oracle(X=None, y=None, *, folder=None, data_home=None):
    """Noise of an airfoil, as a forest has learned it from a wind tunnel.

    Inputs and output of the table are scaled to [-1, 1], each column by its smallest
    and largest value. A random forest of 50 trees, 15 deep, learns four fifths of the
    rows and answers for any point of the box.

    The forest is the one of the paper only for the rows in the order of the original
    file, ``airfoil_self_noise.dat``, since the split and the bootstrap go by row
    numbers. The answers are constant on small boxes, and most of the box is far from
    any row of the table.

    Parameters
    ----------
    X : array-like of shape (n_samples, 5), default=None
        The table; None loads it with :func:`load_table`.
    y : array-like of shape (n_samples,), default=None
        Sound pressure of each row, given together with `X`.
    folder, data_home : path-like, default=None
        Where :func:`load_table` finds the table.

    Returns
    -------
    problem : Problem
        5 inputs, 1 output, all in [-1, 1].

    References
    ----------
    Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem FOIL. Data: Brooks, Pope and Marcolini (1989), NASA
    Reference Publication 1218.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from skactive.datasets import airfoil_oracle
    >>> X, y = make_friedman1(200, 5, random_state=0)  # in place of the table
    >>> oracle = airfoil_oracle(X, y)
    >>> oracle.n_inputs, oracle([[-1] * 5, [1] * 5]).round(1)
    (5, array([-0.6,  0.7]))
    """
    X, y = _table("airfoil", X, y, folder, data_home)
    return _forest_oracle("airfoil_oracle", X, y, _AIRFOIL, "sound_pressure")


def yacht_oracle(X=None, y=None, *, folder=None, data_home=None):
    """Resistance of a yacht, as a forest has learned it from towing tests.

    The recipe, and its limits, are those of :func:`airfoil_oracle`; the original file
    is ``yacht_hydrodynamics.data``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 6), default=None
        The table; None loads it with :func:`load_table`.
    y : array-like of shape (n_samples,), default=None
        Residuary resistance of each row, given together with `X`.
    folder, data_home : path-like, default=None
        Where :func:`load_table` finds the table.

    Returns
    -------
    problem : Problem
        6 inputs, 1 output, all in [-1, 1].

    References
    ----------
    Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem HYDR. Data: Delft Ship Hydromechanics Laboratory, 1981.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from skactive.datasets import yacht_oracle
    >>> X, y = make_friedman1(200, 6, random_state=0)  # in place of the table
    >>> oracle = yacht_oracle(X, y)
    >>> oracle.n_inputs, oracle([[-1] * 6, [1] * 6]).round(1)
    (6, array([-0.6,  0.7]))
    """
    X, y = _table("yacht", X, y, folder, data_home)
    return _forest_oracle("yacht_oracle", X, y, _YACHT, "resistance")


def _table(name, X, y, folder, data_home):
    if (X is None) != (y is None):
        raise ValueError(
            "X and y go together; pass both, or neither to load the table."
        )
    if X is None:
        return load_table(name, folder=folder, data_home=data_home, return_X_y=True)
    return X, y


def _forest_oracle(name, X, y, input_names, output_name):
    """The recipe of the paper's authors, seeds included."""
    X, y = check_X_y(X, y, dtype=np.float64, y_numeric=True)
    if X.shape[1] != len(input_names):
        raise ValueError(
            f"{name} has {len(input_names)} inputs ({', '.join(input_names)}); X has "
            f"{X.shape[1]} columns."
        )
    X_train, _, y_train, _ = train_test_split(
        _scaled(X), _scaled(y), test_size=0.2, random_state=42
    )
    forest = RandomForestRegressor(n_estimators=50, max_depth=15, random_state=0)
    forest.fit(X_train, y_train)
    bounds = [(-1, 1)] * len(input_names)
    return Problem(name, forest.predict, bounds, input_names, (output_name,))


def _scaled(values):
    # In this order of operations, which is the authors': where two splits are as good
    # as each other, the last bit decides, and another forest grows.
    lowest, highest = values.min(axis=0), values.max(axis=0)
    if np.any(lowest == highest):
        raise ValueError("X or y has a constant column, which has no scale.")
    return 2 * (values - lowest) / (highest - lowest) - 1
