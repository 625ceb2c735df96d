"""Problems in closed form, oracles made of measured tables, tables and images.

And what makes known labels harder: copies, rare classes, wrong labels.
"""

from skactive.datasets._closed_form import bessel, damped_oscillator, robot_arm, sine
from skactive.datasets._friedman import friedman1, friedman2, friedman3
from skactive.datasets._images import (
    load_cifar10,
    load_cifar100,
    load_fashion_mnist,
    load_gtsrb,
    load_mnist,
    load_svhn,
)
from skactive.datasets._imbalanced import make_imbalanced, take_per_class
from skactive.datasets._noisy_labels import make_noisy_labels
from skactive.datasets._oracles import airfoil_oracle, yacht_oracle
from skactive.datasets._problem import Problem
from skactive.datasets._redundant import make_redundant
from skactive.datasets._tables import load_table
from skactive.datasets._thin_film import thin_film_stack

__all__ = [
    "Problem",
    "airfoil_oracle",
    "bessel",
    "damped_oscillator",
    "friedman1",
    "friedman2",
    "friedman3",
    "load_cifar10",
    "load_cifar100",
    "load_fashion_mnist",
    "load_gtsrb",
    "load_mnist",
    "load_svhn",
    "load_table",
    "make_imbalanced",
    "make_noisy_labels",
    "make_redundant",
    "robot_arm",
    "sine",
    "take_per_class",
    "thin_film_stack",
    "yacht_oracle",
]
