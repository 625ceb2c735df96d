"""Strategies made of strategies."""

from skactive.compose._bandit import Bandit
from skactive.compose._combine import Product, WeightedSum
from skactive.compose._narrow import Prefilter, Subsample
from skactive.compose._partition import Partition
from skactive.compose._temperature import Tempered

__all__ = [
    "Bandit",
    "Partition",
    "Prefilter",
    "Product",
    "Subsample",
    "Tempered",
    "WeightedSum",
]
