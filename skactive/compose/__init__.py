"""Strategies made of strategies."""

from skactive.compose._narrow import Prefilter, Subsample

__all__ = ["Prefilter", "Subsample"]
