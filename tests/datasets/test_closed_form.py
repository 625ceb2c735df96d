"""Formulas against known values, other formulas and differential equations."""

import math

import numpy as np
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from skactive.datasets import bessel, damped_oscillator, robot_arm, sine


def test_sine_row_by_row():
    X = sine().sample(50, random_state=0)
    expected = [x * math.sin(3 * math.sin(30 * x)) for x in X[:, 0]]
    assert_allclose(sine()(X), expected, atol=1e-12)


def test_sine_has_the_known_spread():
    # A fine grid, in place of draws.
    y = sine()(np.linspace(-1, 1, 20001)[:, np.newaxis])
    assert_allclose(y.var(), 0.139, atol=5e-4)


def test_robot_arm_reaches_the_known_point():
    reached = robot_arm()([[0.1, 0.2, -0.3, 0.4]])
    assert_allclose(reached, [[1.73004851, 0.61529850]], atol=5e-9)


def test_robot_arm_segment_by_segment():
    X = robot_arm().sample(50, random_state=0)
    for x, hand in zip(X, robot_arm()(X), strict=True):
        point = complex(0, x[0])
        for length, angle in zip([0.5, 0.5, 1], x[1:], strict=True):
            point += length * 1j**angle
        assert_allclose(hand, [point.real, point.imag], atol=1e-12)


def test_robot_arm_has_the_known_spread():
    variances = robot_arm()(robot_arm().sample(100_000, random_state=0)).var(axis=0)
    assert_allclose(variances, [0.142, 1.086], rtol=0.02)


def test_bessel_of_half_an_order_is_a_sine():
    x = np.linspace(0.1, 10, 50)
    half = bessel()(np.column_stack([np.full(50, 0.5), x]))
    assert_allclose(half, np.sqrt(2 / (np.pi * x)) * np.sin(x), atol=1e-12)


def test_bessel_solves_its_equation():
    X = bessel().sample(50, random_state=0)
    order, x = X.T
    step = 1e-3
    x = np.maximum(x, 0.1)
    before, y, after = (
        bessel()(np.column_stack([order, x + shift])) for shift in (-step, 0, step)
    )
    slope, curvature = (after - before) / (2 * step), (after - 2 * y + before) / step**2
    residual = x**2 * curvature + x * slope + (x**2 - order**2) * y
    assert_allclose(residual, 0, atol=1e-3)


def test_oscillator_against_an_integrator():
    problem = damped_oscillator()
    times = [float(name.removesuffix(" s")) for name in problem.output_names]
    X = problem.sample(5, random_state=0)
    for (mass, damping, length), swing in zip(X, problem(X), strict=True):

        def motion(_, state, m=mass, b=damping, stiffness=mass * 9.81 / length):
            position, speed = state
            return speed, -(b * speed + stiffness * position) / m

        start = (1, -damping / (2 * mass))
        solved = solve_ivp(motion, (0, 10), start, t_eval=times, rtol=1e-9, atol=1e-9)
        assert_allclose(swing, solved.y[0], atol=1e-6)


def test_oscillator_without_damping_swings_for_ever():
    swing = damped_oscillator()([[1, 0, 1]])[0]
    times = np.linspace(0.1, 10, 100)
    assert_allclose(swing, np.cos(np.sqrt(9.81) * times), atol=1e-12)
