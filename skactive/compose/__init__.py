"""Strategies made of strategies."""

from skactive.compose._combine import Product, WeightedSum
from skactive.compose._multi_start import MultiStart
from skactive.compose._narrow import Prefilter, Subsample
from skactive.compose._partition import Partition
from skactive.compose._temperature import Tempered

__all__ = [
    "MultiStart",
    "Partition",
    "Prefilter",
    "Product",
    "Subsample",
    "Tempered",
    "WeightedSum",
]
