"""Problems whose answer is one formula."""

from __future__ import annotations

import numpy as np
from scipy.special import jv

from skactive.datasets._problem import Problem

_LENGTHS = np.array([0.5, 0.5, 1.0])

_GRAVITY = 9.81
# From the first step on: at time zero every oscillator is where it was let go.
_TIMES = np.arange(1, 101) / 10


def sine():
    """One input, one output, more wiggles in some places than in others.

    ``y = x sin(3 sin(30 x))`` for x in [-1, 1], without units.

    Returns
    -------
    problem : Problem
        1 input, 1 output.

    References
    ----------
    Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem SINE.

    Examples
    --------
    >>> from skactive.datasets import sine
    >>> sine()
    <Problem sine: x -> y>
    >>> sine()([[-0.5], [0.1], [1]]).round(4)
    array([ 0.4643,  0.0411, -0.1766])
    """
    return Problem("sine", _sine, [(-1, 1)], ("x",), ("y",))


def _sine(X):
    x = X[:, 0]
    return x * np.sin(3 * np.sin(30 * x))


def robot_arm():
    """Where the hand of a robot arm is.

    The arm has segments of length 1/2, 1/2 and 1. The inputs are scaled to [-1, 1]: the
    height of its base, in units of length, and the angle of each segment to the
    horizontal, in units of a right angle.

    Returns
    -------
    problem : Problem
        4 inputs, 2 outputs.

    References
    ----------
    Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem ROBO.

    Examples
    --------
    >>> from skactive.datasets import robot_arm
    >>> robot_arm()
    <Problem robot_arm: base, angle_1, angle_2, angle_3 -> reach, height>
    >>> robot_arm()([[0.1, 0.2, -0.3, 0.4]]).round(4)
    array([[1.73  , 0.6153]])
    """
    inputs = ("base", "angle_1", "angle_2", "angle_3")
    return Problem("robot_arm", _robot_arm, [(-1, 1)] * 4, inputs, ("reach", "height"))


def _robot_arm(X):
    angles = np.pi / 2 * X[:, 1:]
    reach = (_LENGTHS * np.cos(angles)).sum(axis=1)
    height = X[:, 0] + (_LENGTHS * np.sin(angles)).sum(axis=1)
    return np.column_stack([reach, height])


def bessel():
    """Bessel function of the first kind, of any order.

    ``y = J_order(x)``, the solution of ``x^2 y'' + x y' + (x^2 - order^2) y = 0`` that
    stays finite at zero. Both inputs are in [0, 10], without units: a choice of this
    library, the paper's ranges may be others.

    Returns
    -------
    problem : Problem
        2 inputs, 1 output.

    References
    ----------
    After Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem BESS.

    Examples
    --------
    >>> from skactive.datasets import bessel
    >>> bessel()
    <Problem bessel: order, x -> y>
    >>> bessel()([[0, 0], [0, 1], [1, 5]]).round(4)
    array([ 1.    ,  0.7652, -0.3276])
    """
    return Problem("bessel", _bessel, [(0, 10)] * 2, ("order", "x"), ("y",))


def _bessel(X):
    return jv(X[:, 0], X[:, 1])


def damped_oscillator():
    """The swing of a damped pendulum, at 100 times.

    ``m x'' + b x' + (m g / l) x = 0`` is solved by ``x = exp(-b t / 2 m) cos(w t)``
    with ``w^2 = g / l - (b / 2 m)^2`` and g = 9.81 m/s^2. The inputs are the mass m in
    [0.5, 2] kg, the damping b in [0, 1] kg/s and the length l in [0.5, 2] m. The
    outputs are the displacement x, as a share of the one at time zero, every 0.1 s up
    to 10 s. Mass and damping enter as b / m alone.

    Inputs, ranges and times are a choice of this library, the paper's may be others.

    Returns
    -------
    problem : Problem
        3 inputs, 100 outputs.

    References
    ----------
    After Ren et al. (2023), "Does Deep Active Learning Work in the Wild?",
    arXiv:2302.00098, problem DAMP.

    Examples
    --------
    >>> from skactive.datasets import damped_oscillator
    >>> pendulum = damped_oscillator()
    >>> pendulum.input_names, pendulum.output_names[-1]
    (('mass', 'damping', 'length'), '10.0 s')
    >>> pendulum([[1, 0.5, 1]])[0, [0, 9, 99]].round(4)
    array([ 0.9282, -0.7787,  0.0805])
    """
    return Problem(
        "damped_oscillator",
        _damped_oscillator,
        [(0.5, 2), (0, 1), (0.5, 2)],
        ("mass", "damping", "length"),
        tuple(f"{time:.1f} s" for time in _TIMES),
    )


def _damped_oscillator(X):
    mass, damping, length = X.T[:, :, np.newaxis]
    decay = damping / (2 * mass)
    frequency = np.sqrt(_GRAVITY / length - decay**2)
    return np.exp(-decay * _TIMES) * np.cos(frequency * _TIMES)
