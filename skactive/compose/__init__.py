"""Strategies made of strategies."""

from skactive.compose._bandit import Bandit
from skactive.compose._combine import Product, WeightedSum
from skactive.compose._mask import Mask
from skactive.compose._mix import Mix, monitored_mean
from skactive.compose._multi_start import MultiStart
from skactive.compose._narrow import Prefilter, Subsample
from skactive.compose._partition import Partition
from skactive.compose._proxy import Proxy
from skactive.compose._switch import Switch
from skactive.compose._temperature import Tempered

__all__ = [
    "Bandit",
    "Mask",
    "Mix",
    "MultiStart",
    "Partition",
    "Prefilter",
    "Product",
    "Proxy",
    "Subsample",
    "Switch",
    "Tempered",
    "WeightedSum",
    "monitored_mean",
]
