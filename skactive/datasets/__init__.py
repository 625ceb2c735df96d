"""Problems in closed form: labels that cost nothing, to compare strategies on."""

from skactive.datasets._closed_form import bessel, damped_oscillator, robot_arm, sine
from skactive.datasets._problem import Problem
from skactive.datasets._thin_film import thin_film_stack

__all__ = [
    "Problem",
    "bessel",
    "damped_oscillator",
    "robot_arm",
    "sine",
    "thin_film_stack",
]
