"""Strategies made of strategies."""

from skactive.compose._narrow import Prefilter, Subsample
from skactive.compose._partition import Partition

__all__ = ["Partition", "Prefilter", "Subsample"]
