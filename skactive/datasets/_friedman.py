"""Friedman's three regression problems, without noise."""

from __future__ import annotations

import numpy as np

from skactive.datasets._problem import Problem

_CIRCUIT = ("resistance", "frequency", "inductance", "capacitance")
_CIRCUIT_BOUNDS = [(0, 100), (40 * np.pi, 560 * np.pi), (0, 1), (1, 11)]


def friedman1(n_inputs=10):
    """Friedman's first problem: five inputs that matter, the others do not.

    ``y = 10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5`` for x in [0, 1], as in
    :func:`sklearn.datasets.make_friedman1` with ``noise=0``.

    Parameters
    ----------
    n_inputs : int, default=10
        Number of inputs, at least five.

    Returns
    -------
    problem : Problem
        `n_inputs` inputs, 1 output.

    References
    ----------
    Friedman (1991), "Multivariate adaptive regression splines", Annals of Statistics
    19(1).

    Examples
    --------
    >>> from skactive.datasets import friedman1
    >>> friedman1(5)
    <Problem friedman1: x1, x2, x3, x4, x5 -> y>
    >>> friedman1()([[0.5] * 10, [1, 0.5, 0, 0, 0, 9, 9, 9, 9, 9]]).round(4)
    array([14.5711, 15.    ])
    """
    if n_inputs < 5:
        raise ValueError(f"n_inputs={n_inputs}; friedman1 needs at least five.")
    names = tuple(f"x{i + 1}" for i in range(n_inputs))
    return Problem("friedman1", _friedman1, [(0, 1)] * n_inputs, names, ("y",))


def _friedman1(X):
    curved = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2
    return curved + 10 * X[:, 3] + 5 * X[:, 4]


def friedman2():
    """Friedman's second problem: the impedance of a circuit.

    ``y = sqrt(x1^2 + (x2 x3 - 1 / (x2 x4))^2)``, as in
    :func:`sklearn.datasets.make_friedman2` with ``noise=0``. The inputs are the
    resistance x1 in [0, 100], the angular frequency x2 in [40 pi, 560 pi], the
    inductance x3 in [0, 1] and the capacitance x4 in [1, 11], all in the numbers of the
    formula: with x4 in farads, its term hardly counts.

    Returns
    -------
    problem : Problem
        4 inputs, 1 output.

    References
    ----------
    Friedman (1991), "Multivariate adaptive regression splines", Annals of Statistics
    19(1).

    Examples
    --------
    >>> from skactive.datasets import friedman2
    >>> friedman2()
    <Problem friedman2: resistance, frequency, inductance, capacitance -> impedance>
    >>> friedman2()([[30, 400, 0.1, 2], [0, 500, 1, 1]]).round(4)
    array([ 49.999, 499.998])
    """
    return Problem("friedman2", _impedance, _CIRCUIT_BOUNDS, _CIRCUIT, ("impedance",))


def _impedance(X):
    return np.hypot(X[:, 0], _reactance(X))


def friedman3():
    """Friedman's third problem: the phase angle of a circuit.

    ``y = arctan((x2 x3 - 1 / (x2 x4)) / x1)`` in radians, as in
    :func:`sklearn.datasets.make_friedman3` with ``noise=0``; inputs and ranges are
    those of :func:`friedman2`. Where x1 is zero, y is its limit.

    Returns
    -------
    problem : Problem
        4 inputs, 1 output.

    References
    ----------
    Friedman (1991), "Multivariate adaptive regression splines", Annals of Statistics
    19(1).

    Examples
    --------
    >>> from skactive.datasets import friedman3
    >>> friedman3()
    <Problem friedman3: resistance, frequency, inductance, capacitance -> phase>
    >>> friedman3()([[30, 400, 0.1, 2], [0, 500, 1, 1]]).round(4)
    array([0.9273, 1.5708])
    """
    return Problem("friedman3", _phase, _CIRCUIT_BOUNDS, _CIRCUIT, ("phase",))


def _phase(X):
    return np.arctan2(_reactance(X), X[:, 0])


def _reactance(X):
    _, frequency, inductance, capacitance = X.T
    return frequency * inductance - 1 / (frequency * capacitance)
